/** What EBS has: volumes, snapshots, and the rules of the Recycle Bin. */
import type { VolumeType } from '@aws-sdk/client-ec2'

/** One EBS volume. */
export interface Volume {
  readonly id: string
  readonly availabilityZone: string
  readonly createdAt: number
  /** Whoever asks earlier is told that there is no such volume. */
  readonly seenFrom: number
  /** Empty where it was made of none. */
  readonly snapshotId: string
  readonly type: VolumeType
  readonly isEncrypted: boolean
  sizeGiB: number
  readonly tags: Map<string, string>
  state: 'creating' | 'available' | 'in-use' | 'deleting'
  attachment: Attachment | undefined
  modification: Modification | undefined
  /** In the Recycle Bin, where nothing but the bin shows it. */
  inBin: { readonly since: number; readonly until: number } | undefined
  /** When the newest snapshot of it was begun. */
  snapshotAt: number
}

export interface Attachment {
  readonly instanceId: string
  readonly device: string
  readonly since: number
  readonly isRoot: boolean
  deleteOnTermination: boolean
  state: 'attaching' | 'attached' | 'detaching'
}

/** The newest change of a volume's size. */
export interface Modification {
  readonly startedAt: number
  endedAt: number | undefined
  readonly originalSizeGiB: number
  readonly targetSizeGiB: number
  state: 'modifying' | 'optimizing' | 'completed'
}

export interface Snapshot {
  readonly id: string
  readonly volumeId: string
  readonly startedAt: number
  readonly seenFrom: number
  readonly isEncrypted: boolean
  readonly sizeGiB: number
  readonly description: string
  readonly tags: Map<string, string>
  state: 'pending' | 'completed'
  completedAt: number | undefined
  /** Shown for a while yet, and of no use. */
  isDeleted: boolean
}

/** A retention rule of the Recycle Bin for volumes, in the service's own shape. */
export interface RetentionRule {
  readonly Identifier: string
  readonly Description: string
  /** None: every volume of the Region. */
  readonly ResourceTags: readonly ResourceTag[]
  readonly RetentionPeriod: { readonly RetentionPeriodValue: number; readonly RetentionPeriodUnit: 'DAYS' }
  readonly activeFrom: number
}

export interface ResourceTag {
  readonly ResourceTagKey: string
  /** `undefined`: any value. */
  readonly ResourceTagValue?: string | undefined
}

/** What a volume or a snapshot does next by itself, and when. */
export type StorageStep =
  | {
      readonly at: number
      readonly what:
        | 'created'
        | 'attached'
        | 'detached'
        | 'volume-gone'
        | 'grown'
        | 'optimized'
        | 'bin-expired'
      readonly volume: Volume
    }
  | {
      readonly at: number
      readonly what: 'completed' | 'snapshot-gone'
      readonly snapshot: Snapshot
    }
