/**
 * The copies of dead machines' disks that the guard made, as AWS shows them: snapshots, and volumes of these. They are found again by their
 * tag, which says what each was made of: what bears it and was made of something else is a copy that somebody made of ours. An answer that
 * was lost has left one more of them.
 */
import type { Snapshot, Volume } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'
import { pages } from '../aws/every-page.ts'
import { type CopyMark, type CopyOwner, copyKey, copyValue, readCopyValue } from './copy-mark.ts'

/** Of one disk, for one action of its machine. */
export interface Copy extends CopyOwner {
  /** Oldest first, as the volumes. */
  readonly snapshots: readonly CopySnapshot[]
  readonly volumes: readonly CopyVolume[]
}

export interface CopySnapshot {
  readonly snapshotId: string
  readonly state: 'pending' | 'completed' | 'error'
  /** The moment that it is a copy of. */
  readonly startedAt: number
  /** What EC2 says of one that failed. */
  readonly why: string | undefined
}

export interface CopyVolume {
  readonly volumeId: string
  readonly snapshotId: string
  /** EC2's word, such as `creating`, `available` or `in-use`. */
  readonly state: string
  readonly zone: string
  readonly keyId: string | undefined
  readonly createdAt: number
  readonly attachment: CopyAttachment | undefined
}

export interface CopyAttachment {
  readonly instanceId: string
  readonly device: string
  readonly isComplete: boolean
  readonly since: number
}

/** Those of every action. */
export async function copiesOf(aws: AwsApi, hookName: string): Promise<Copy[]> {
  const key = copyKey(hookName)
  const Filters = [{ Name: 'tag-key', Values: [key] }]
  const copies = new Map<string, { owner: CopyOwner; snapshots: CopySnapshot[]; volumes: CopyVolume[] }>()
  const of = ({ Tags }: Snapshot | Volume, isMadeOf: (mark: CopyMark) => boolean) => {
    const mark = readCopyValue(Tags?.find(({ Key }) => Key === key)?.Value ?? '')
    if (!mark || !isMadeOf(mark)) return undefined
    const { snapshotId: _, ...owner } = mark
    const found = copies.get(copyValue(owner)) ?? { owner, snapshots: [], volumes: [] }
    copies.set(copyValue(owner), found)
    return found
  }
  const snapshots = pages(async (more) => {
    const { Snapshots, NextToken } = await aws.describeSnapshots({ OwnerIds: ['self'], Filters, ...more })
    return { items: Snapshots ?? [], NextToken }
  })
  for await (const one of snapshots)
    of(one, ({ diskId, snapshotId }) => snapshotId === undefined && one.VolumeId === diskId)?.snapshots.push(
      snapshotOf(one),
    )
  const volumes = pages(async (more) => {
    const { Volumes, NextToken } = await aws.describeVolumes({ Filters, ...more })
    return { items: Volumes ?? [], NextToken }
  })
  for await (const one of volumes)
    of(one, ({ snapshotId }) => snapshotId !== undefined && one.SnapshotId === snapshotId)?.volumes.push(
      volumeOf(one),
    )
  return [...copies.values()].map(({ owner, snapshots, volumes }) => ({
    ...owner,
    snapshots: snapshots.sort((a, b) => a.startedAt - b.startedAt),
    volumes: volumes.sort((a, b) => a.createdAt - b.createdAt),
  }))
}

function snapshotOf({ SnapshotId = '', State, StartTime, StateMessage }: Snapshot): CopySnapshot {
  const state = State === 'completed' || State === 'error' ? State : 'pending'
  return { snapshotId: SnapshotId, state, startedAt: StartTime?.getTime() ?? 0, why: StateMessage }
}

function volumeOf(volume: Volume): CopyVolume {
  const {
    VolumeId = '',
    SnapshotId = '',
    State = '',
    AvailabilityZone = '',
    KmsKeyId,
    CreateTime,
    Attachments,
  } = volume
  const attached = Attachments?.find((one) => one.State !== 'detached')
  return {
    ...{ volumeId: VolumeId, snapshotId: SnapshotId, state: State, zone: AvailabilityZone },
    keyId: KmsKeyId,
    createdAt: CreateTime?.getTime() ?? 0,
    attachment: attached && {
      instanceId: attached.InstanceId ?? '',
      device: attached.Device ?? '',
      isComplete: attached.State === 'attached',
      since: attached.AttachTime?.getTime() ?? 0,
    },
  }
}
