/** Volumes on their way to a machine, at it, and off it; and whether they go with it. */
import type {
  AttachVolumeCommandInput,
  DetachVolumeCommandInput,
  InstanceBlockDeviceMappingSpecification,
  VolumeAttachment,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { machineNamed } from './power.ts'
import type { Instance, World } from './state.ts'
import { missing, volumeNamed } from './storage-names.ts'
import type { Attachment, Volume } from './storage-state.ts'
import { plan } from './storage-steps.ts'
import { describeAttachment, isNotAvailable } from './volumes.ts'

/** The machine finds the device when the attachment is `attached`, and not before. */
export function attachVolume(world: World, now: number, input: AttachVolumeCommandInput): VolumeAttachment {
  const volume = volumeNamed(world, now, input.VolumeId)
  if (!input.InstanceId) throw missing('instanceId')
  const instance = machineNamed(world, input.InstanceId)
  const device = freeDevice(instance, input.Device)
  checkAttachable(volume, instance)
  const attachment: Attachment = {
    instanceId: instance.id,
    device,
    since: now,
    isRoot: false,
    deleteOnTermination: false,
    state: 'attaching',
  }
  volume.attachment = attachment
  volume.state = 'in-use'
  instance.volumes.push(volume)
  plan(world, { at: now + world.timings.attachMs, what: 'attached', volume })
  return describeAttachment(volume.id, attachment)
}

function checkAttachable(volume: Volume, { id, machine, availabilityZone }: Instance): void {
  if (volume.attachment !== undefined)
    throw new AwsError('VolumeInUse', `${volume.id} is already attached to an instance`)
  if (volume.state !== 'available') throw isNotAvailable(volume)
  if (volume.modification?.state === 'modifying')
    throw new AwsError(
      'OperationNotPermitted',
      `Cannot attach volume ${volume.id} when it is in modification state: MODIFYING`,
    )
  if (machine !== 'running' && machine !== 'stopped')
    throw new AwsError('IncorrectState', `Instance '${id}' is not 'running'.`)
  if (availabilityZone !== volume.availabilityZone)
    throw new AwsError(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.id}' is not in the same availability zone as instance '${id}'`,
    )
}

/** `/dev/sdf` and `/dev/xvdf` are one place. */
function freeDevice(instance: Instance, device: string | undefined): string {
  if (!device) throw missing('device')
  if (!/^\/dev\/(sd|xvd)[a-z]{1,2}\d{0,2}$/.test(device))
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
    )
  const placeOf = (name: string) => name.replace(/^\/dev\/(sd|xvd)|\d+$/g, '')
  const taken = instance.volumes.some(
    ({ attachment }) => placeOf(attachment?.device ?? '') === placeOf(device),
  )
  if (!taken) return device
  throw new AwsError(
    'InvalidParameterValue',
    `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
  )
}

/** The device is gone at once, and the volume is free a while later. A root volume is never detached here: AWS does it on a stopped machine. */
export function detachVolume(world: World, now: number, input: DetachVolumeCommandInput): VolumeAttachment {
  const volume = volumeNamed(world, now, input.VolumeId)
  const { attachment } = volume
  if (attachment === undefined)
    throw new AwsError('IncorrectState', `Volume '${volume.id}' is in the '${volume.state}' state.`)
  const { instanceId, device, isRoot, state } = attachment
  if ((input.InstanceId ?? instanceId) !== instanceId || (input.Device ?? device) !== device)
    throw new AwsError(
      'InvalidAttachment.NotFound',
      `The volume '${volume.id}' is not attached to instance '${input.InstanceId ?? instanceId}' as device '${input.Device ?? device}'.`,
    )
  if (isRoot)
    throw new AwsError(
      'IncorrectState',
      `Unable to detach root volume '${volume.id}' from instance '${instanceId}'`,
    )
  if (state !== 'attached')
    throw new AwsError('IncorrectState', `Volume '${volume.id}' is in the '${state}' state.`)
  attachment.state = 'detaching'
  world.effects.push({ do: 'detach-volume', volumeId: volume.id, instanceId, device })
  plan(world, { at: now + world.timings.detachMs, what: 'detached', volume })
  return describeAttachment(volume.id, attachment)
}

/** Whether volumes go with the machine. Where nothing is said, they do. */
export function changeMappings(
  instance: Instance,
  mappings: readonly InstanceBlockDeviceMappingSpecification[],
): void {
  if (instance.machine === 'shutting-down' || instance.machine === 'terminated')
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${instance.id}' is not in a state in which its block devices can be changed.`,
    )
  const changes = mappings.map(({ DeviceName: device = '', Ebs }) => {
    const attachment = instance.volumes.map((one) => one.attachment).find((one) => one?.device === device)
    if (attachment === undefined)
      throw new AwsError('InvalidInstanceAttributeValue', `No device is currently mapped at ${device}`)
    return { attachment, isDeleted: Ebs?.DeleteOnTermination ?? true }
  })
  for (const { attachment, isDeleted } of changes) attachment.deleteOnTermination = isDeleted
}
