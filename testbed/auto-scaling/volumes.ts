/** EBS volumes: made, described and deleted. */
import type {
  CreateVolumeCommandInput,
  DeleteVolumeCommandInput,
  Volume as Described,
  DescribeVolumesCommandInput,
  DescribeVolumesCommandOutput,
  VolumeAttachment,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { type Attributes, ec2Page, filtered } from './ec2-listing.ts'
import { listedTags, tagsAtBirth } from './ec2-tags.ts'
import { discard } from './recycle-bin.ts'
import type { World } from './state.ts'
import { isVolumeShown, missing, shownVolume, snapshotNamed, volumeNamed } from './storage-names.ts'
import type { Attachment, Volume } from './storage-state.ts'
import { plan } from './storage-steps.ts'

const attributes: Attributes<Volume> = {
  'volume-id': ({ id }) => id,
  status: ({ state }) => state,
  'availability-zone': ({ availabilityZone }) => availabilityZone,
  'snapshot-id': ({ snapshotId }) => snapshotId,
  'volume-type': ({ type }) => type,
  size: ({ sizeGiB }) => String(sizeGiB),
  'attachment.instance-id': ({ attachment }) => attachment?.instanceId ?? [],
  'attachment.status': ({ attachment }) => attachment?.state ?? [],
  'attachment.device': ({ attachment }) => attachment?.device ?? [],
  'attachment.delete-on-termination': ({ attachment }) => String(attachment?.deleteOnTermination ?? ''),
}

/** What is in the Recycle Bin is not among them, and an id that is not shown is refused. */
export function describeVolumes(
  world: World,
  now: number,
  input: DescribeVolumesCommandInput,
): Omit<DescribeVolumesCommandOutput, '$metadata'> {
  const ids = input.VolumeIds
  const all = ids?.length
    ? ids.map((id) => shownVolume(world, now, id))
    : [...world.volumes.values()].filter((volume) => isVolumeShown(now, volume))
  const found = filtered(all, input.Filters, attributes)
  const { items, nextToken } = ec2Page(found, input, { named: ids, largest: 500 })
  return { Volumes: items.map(describeVolume), NextToken: nextToken }
}

function describeVolume(volume: Volume): Described {
  const { attachment, tags } = volume
  return {
    VolumeId: volume.id,
    VolumeType: volume.type,
    Size: volume.sizeGiB,
    SnapshotId: volume.snapshotId,
    AvailabilityZone: volume.availabilityZone,
    State: volume.state,
    CreateTime: new Date(volume.createdAt),
    Encrypted: volume.isEncrypted,
    MultiAttachEnabled: false,
    Attachments: attachment === undefined ? [] : [describeAttachment(volume.id, attachment)],
    ...(tags.size > 0 ? { Tags: listedTags(tags) } : {}),
  }
}

export function describeAttachment(VolumeId: string, attachment: Attachment): VolumeAttachment {
  return {
    VolumeId,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    State: attachment.state,
    AttachTime: new Date(attachment.since),
    DeleteOnTermination: attachment.deleteOnTermination,
  }
}

/** With the token of an earlier request, that request's volume. */
export function createVolume(world: World, now: number, input: CreateVolumeCommandInput): Described {
  const { ClientToken: token } = input
  const asked = JSON.stringify(Object.entries(input).sort())
  const before = token === undefined ? undefined : world.volumesByToken.get(token)
  if (before !== undefined) {
    if (before.asked === asked) return describeVolume(before.volume)
    throw new AwsError(
      'IdempotentParameterMismatch',
      `The client token ${token} was used before, with other parameters.`,
    )
  }
  const volume = newVolume(world, now, input)
  world.volumes.set(volume.id, volume)
  if (token !== undefined) world.volumesByToken.set(token, { asked, volume })
  plan(world, { at: now + world.timings.createVolumeMs, what: 'created', volume })
  world.effects.push({
    do: 'make-volume',
    volumeId: volume.id,
    snapshotId: volume.snapshotId || undefined,
  })
  return describeVolume(volume)
}

function newVolume(world: World, now: number, input: CreateVolumeCommandInput): Volume {
  const { AvailabilityZone: zone, Size: size, SnapshotId: snapshotId } = input
  if (!zone) throw missing('availabilityZone')
  if (!/^[a-f]$/.test(zone.slice(world.options.region.length)) || !zone.startsWith(world.options.region))
    throw new AwsError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`)
  const tags = tagsAtBirth(input.TagSpecifications, 'volume')
  const snapshot = snapshotId ? snapshotNamed(world, now, snapshotId) : undefined
  if (snapshot?.state === 'pending')
    throw new AwsError('IncorrectState', 'Snapshot is in invalid state - pending')
  const sizeGiB = size ?? snapshot?.sizeGiB
  if (sizeGiB === undefined) throw missing('size/snapshot')
  if (!Number.isInteger(sizeGiB) || sizeGiB < (snapshot?.sizeGiB ?? 1))
    throw new AwsError('InvalidParameterValue', `A volume of ${sizeGiB} GiB is too small`)
  return {
    id: world.options.newId('volume'),
    availabilityZone: zone,
    createdAt: now,
    seenFrom: now + world.timings.unseenMs,
    snapshotId: snapshot?.id ?? '',
    type: input.VolumeType ?? 'gp2',
    isEncrypted: snapshot?.isEncrypted || input.Encrypted === true,
    sizeGiB,
    tags,
    state: 'creating',
    attachment: undefined,
    modification: undefined,
    inBin: undefined,
    snapshotAt: Number.NEGATIVE_INFINITY,
  }
}

/** Shown as deleting for a while. A rule of the Recycle Bin keeps it, and nothing in the answer tells. */
export function deleteVolume(world: World, now: number, input: DeleteVolumeCommandInput): object {
  const volume = volumeNamed(world, now, input.VolumeId)
  if (volume.attachment !== undefined)
    throw new AwsError(
      'VolumeInUse',
      `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`,
    )
  if (volume.state !== 'available') throw isNotAvailable(volume)
  discard(world, now, volume)
  return {}
}

export function isNotAvailable({ id }: Volume): AwsError {
  return new AwsError('IncorrectState', `${id} is not 'available'`)
}
