/** Snapshots: what a volume holds at the moment of the call, of use once they are completed. */
import type {
  CreateSnapshotCommandInput,
  CreateSnapshotsCommandInput,
  CreateSnapshotsCommandOutput,
  DeleteSnapshotCommandInput,
  Snapshot as Described,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { type Attributes, ec2Page, filtered } from './ec2-listing.ts'
import { listedTags, tagsAtBirth } from './ec2-tags.ts'
import { machineNamed } from './power.ts'
import type { World } from './state.ts'
import { missing, shownSnapshot, snapshotNamed, volumeNamed } from './storage-names.ts'
import type { Snapshot, Volume } from './storage-state.ts'
import { plan } from './storage-steps.ts'
import { isNotAvailable } from './volumes.ts'

/** Of a gp2 or gp3 volume, those that were deleted while pending among them. */
const MOST_PENDING = 5

/** There is no client token: asked twice, it makes two. */
export function createSnapshot(world: World, now: number, input: CreateSnapshotCommandInput): Described {
  const volume = volumeNamed(world, now, input.VolumeId)
  const tags = tagsAtBirth(input.TagSpecifications, 'snapshot')
  checkMayBeTaken(world, now, volume)
  return describe(world, take(world, now, volume, { description: input.Description ?? '', tags }))
}

/** Of a machine's volumes, all at one moment. */
export function createSnapshots(
  world: World,
  now: number,
  input: CreateSnapshotsCommandInput,
): Omit<CreateSnapshotsCommandOutput, '$metadata'> {
  const { InstanceId, ExcludeBootVolume, ExcludeDataVolumeIds = [] } = input.InstanceSpecification ?? {}
  if (!InstanceId) throw missing('instanceSpecification.instanceId')
  const volumes = machineNamed(world, InstanceId).volumes.filter(({ id, attachment }) =>
    attachment?.isRoot ? !ExcludeBootVolume : !ExcludeDataVolumeIds.includes(id),
  )
  const given = tagsAtBirth(input.TagSpecifications, 'snapshot')
  for (const volume of volumes) checkMayBeTaken(world, now, volume)
  const copies = input.CopyTagsFromSource === 'volume'
  return {
    Snapshots: volumes.map((volume) => {
      const tags = new Map([...(copies ? volume.tags : []), ...given])
      return describe(world, take(world, now, volume, { description: input.Description ?? '', tags }))
    }),
  }
}

function checkMayBeTaken(world: World, now: number, volume: Volume): void {
  if (volume.state === 'creating') throw isNotAvailable(volume)
  if (now - volume.snapshotAt < world.timings.snapshotPauseMs)
    throw new AwsError(
      'SnapshotCreationPerVolumeRateExceeded',
      'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
    )
  const pending = [...world.snapshots.values()].filter(
    ({ volumeId, state }) => volumeId === volume.id && state === 'pending',
  )
  if (pending.length >= MOST_PENDING)
    throw new AwsError(
      'ConcurrentSnapshotLimitExceeded',
      `Maximum allowed in-progress snapshots for a single volume exceeded: ${volume.id}`,
    )
}

function take(
  world: World,
  now: number,
  volume: Volume,
  more: Pick<Snapshot, 'description' | 'tags'>,
): Snapshot {
  const snapshot: Snapshot = {
    id: world.options.newId('snapshot'),
    volumeId: volume.id,
    startedAt: now,
    seenFrom: now + world.timings.unseenMs,
    isEncrypted: volume.isEncrypted,
    sizeGiB: volume.sizeGiB,
    ...more,
    state: 'pending',
    completedAt: undefined,
    isDeleted: false,
  }
  volume.snapshotAt = now
  world.snapshots.set(snapshot.id, snapshot)
  const instanceId = volume.attachment?.isRoot ? volume.attachment.instanceId : undefined
  world.effects.push({ do: 'snapshot', snapshotId: snapshot.id, volumeId: volume.id, instanceId })
  plan(world, { at: now + world.timings.snapshotMs, what: 'completed', snapshot })
  return snapshot
}

const attributes: Attributes<Snapshot> = {
  'snapshot-id': ({ id }) => id,
  status: ({ state }) => state,
  'volume-id': ({ volumeId }) => volumeId,
  'volume-size': ({ sizeGiB }) => String(sizeGiB),
  description: ({ description }) => description,
}

/** Of this account only: what others made public is not here. */
export function describeSnapshots(
  world: World,
  now: number,
  input: DescribeSnapshotsCommandInput,
): Omit<DescribeSnapshotsCommandOutput, '$metadata'> {
  const { SnapshotIds: ids, OwnerIds: owners } = input
  const isOurs = !owners?.length || owners.some((one) => one === 'self' || one === world.options.accountId)
  const all = ids?.length
    ? ids.map((id) => shownSnapshot(world, now, id))
    : [...world.snapshots.values()].filter(({ seenFrom }) => seenFrom <= now)
  const found = filtered(isOurs ? all : [], input.Filters, attributes)
  const { items, nextToken } = ec2Page(found, input, { named: ids, largest: 1000 })
  return { Snapshots: items.map((snapshot) => describe(world, snapshot)), NextToken: nextToken }
}

function describe({ options }: World, snapshot: Snapshot): Described {
  const { tags, completedAt } = snapshot
  return {
    SnapshotId: snapshot.id,
    VolumeId: snapshot.volumeId,
    VolumeSize: snapshot.sizeGiB,
    State: snapshot.state,
    Progress: completedAt === undefined ? '0%' : '100%',
    StartTime: new Date(snapshot.startedAt),
    ...(completedAt === undefined ? {} : { CompletionTime: new Date(completedAt) }),
    OwnerId: options.accountId,
    Description: snapshot.description,
    Encrypted: snapshot.isEncrypted,
    ...(tags.size > 0 ? { Tags: listedTags(tags) } : {}),
  }
}

/** Volumes that were made of it do not need it. A pending one is completed first, and one that is completed is still shown for a moment. */
export function deleteSnapshot(world: World, now: number, input: DeleteSnapshotCommandInput): object {
  const snapshot = snapshotNamed(world, now, input.SnapshotId)
  snapshot.isDeleted = true
  world.effects.push({ do: 'delete-snapshot', snapshotId: snapshot.id })
  if (snapshot.state === 'completed')
    plan(world, { at: now + world.timings.unseenMs, what: 'snapshot-gone', snapshot })
  return {}
}
