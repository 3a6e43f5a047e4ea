/** What AWS tells of a dead machine, and of the copy of its disk that is attached to a healthy one. */
import type { Instance, Snapshot } from '@aws-sdk/client-ec2'
import type { OperatorApi } from '../aws/operator-api.ts'
import { describedVolume } from '../recovery/described-volume.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { otherVolumesOf } from '../termination/root-volume.ts'
import { activityBegan, LONGEST_HOLD_MS } from '../termination/scaling-activities.ts'
import { Refusal } from './surroundings.ts'
import type { Typed } from './typed.ts'

export interface DeadMachine {
  readonly instanceId: string
  readonly groupName: string
  /** `undefined`: no group has it any more. */
  readonly lifecycleState: string | undefined
  /** EC2's word; `undefined`: it has forgotten the machine. */
  readonly state: string | undefined
  /** When it stopped or was terminated, epoch milliseconds, where EC2 tells. */
  readonly endedAt: number | undefined
  readonly volumes: readonly string[]
  /** How many of them are not its root; `undefined`: EC2 does not tell. */
  readonly otherVolumes: number | undefined
  /** No later than this: when the action that holds or keeps it began. `undefined`: there is none. */
  readonly actionBegan: number | undefined
}

export interface CopiedDisk {
  readonly volumeId: string
  /** The name under which it is attached. */
  readonly device: string
  /** The snapshot between the two, where there is one still. */
  readonly snapshotId: string | undefined
  /** The volume that it is a copy of, where AWS tells. */
  readonly of: string | undefined
  /** The moment that it is a copy of, epoch milliseconds. */
  readonly madeAt: number | undefined
}

/** `named`: the group that a person names, for a machine that AWS has forgotten. */
export async function deadMachine(
  aws: OperatorApi,
  instanceId: string,
  now: number,
  named: string | undefined,
): Promise<DeadMachine> {
  const where = await whereabouts(aws, instanceId)
  const machine = await ec2Instance(aws, instanceId)
  const tagged = machine?.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value
  const groupName = where?.groupName ?? tagged ?? named
  if (groupName === undefined)
    throw new Refusal(`AWS does not tell which group ${instanceId} was of. Name it: --group …`)
  const began = where && (await activityBegan(aws, groupName, instanceId, { by: now, now }))
  return {
    ...{ instanceId, groupName, lifecycleState: where?.lifecycleState },
    state: machine?.State?.Name,
    endedAt: momentIn(machine?.StateTransitionReason),
    volumes: volumesOf(machine).map(({ volumeId }) => volumeId),
    otherVolumes: otherVolumesOf(machine),
    actionBegan: where && (began ?? now - LONGEST_HOLD_MS),
  }
}

/** The copy as it is attached to the healthy machine. */
export async function copiedDisk(
  aws: OperatorApi,
  volumeId: string,
  on: string,
  { typedAws }: Pick<Typed, 'typedAws'>,
): Promise<CopiedDisk> {
  const machine = await ec2Instance(aws, on)
  const device = volumesOf(machine).find((one) => one.volumeId === volumeId)?.device
  if (device === undefined)
    throw new Refusal(
      `${volumeId} is not attached to ${on}:  ` +
        typedAws(`ec2 attach-volume --volume-id ${volumeId} --instance-id ${on} --device /dev/sdf`),
    )
  if (device === machine?.RootDeviceName) throw new Refusal(`${volumeId} is the disk that ${on} runs from.`)
  const volume = await describedVolume(aws, volumeId)
  if (volume?.SourceVolumeId !== undefined)
    return {
      ...{ volumeId, device, snapshotId: undefined, of: volume.SourceVolumeId },
      madeAt: volume.CreateTime?.getTime(),
    }
  const snapshot = volume?.SnapshotId ? await snapshotNamed(aws, volume.SnapshotId) : undefined
  const { VolumeId: of, StartTime } = snapshot && !isOfSnapshot(snapshot) ? snapshot : {}
  return { volumeId, device, snapshotId: snapshot?.SnapshotId, of, madeAt: StartTime?.getTime() }
}

/** A snapshot that was copied, as one is for another key or Region, is of no volume that AWS tells, and of an earlier moment than its own. */
function isOfSnapshot({ VolumeId = '' }: Snapshot): boolean {
  return /^vol-f+$/.test(VolumeId)
}

/** `undefined`: it was deleted already, or may not be looked at. By a filter, since an id that is gone would be an error. */
async function snapshotNamed(aws: OperatorApi, snapshotId: string) {
  const Filters = [{ Name: 'snapshot-id', Values: [snapshotId] }]
  return (await aws.describeSnapshots({ Filters })).Snapshots?.[0]
}

async function ec2Instance(aws: OperatorApi, instanceId: string): Promise<Instance | undefined> {
  const Filters = [{ Name: 'instance-id', Values: [instanceId] }]
  const answer = await aws.describeInstances({ Filters })
  return answer.Reservations?.flatMap(({ Instances }) => Instances ?? [])[0]
}

function volumesOf(machine: Instance | undefined) {
  return (machine?.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
    DeviceName && Ebs?.VolumeId ? [{ device: DeviceName, volumeId: Ebs.VolumeId }] : [],
  )
}

/** `User initiated (2026-01-02 03:04:05 GMT)` */
function momentIn(reason: string | undefined): number | undefined {
  const at = Date.parse(/\(([^)]* GMT)\)/.exec(reason ?? '')?.[1] ?? '')
  return Number.isNaN(at) ? undefined : at
}
