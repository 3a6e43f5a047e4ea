/** Volumes that are made larger while they are in use. */
import type {
  DescribeVolumesModificationsCommandInput,
  DescribeVolumesModificationsCommandOutput,
  ModifyVolumeCommandInput,
  ModifyVolumeCommandOutput,
  VolumeModification,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { type Attributes, ec2Page, filtered } from './ec2-listing.ts'
import type { World } from './state.ts'
import { isVolumeShown, shownVolume, volumeNamed } from './storage-names.ts'
import type { Modification, Volume } from './storage-state.ts'
import { plan } from './storage-steps.ts'
import { isNotAvailable } from './volumes.ts'

/** So it was for years; since 2026 AWS counts four changes in 24 hours. */
const BETWEEN_MS = 6 * 3_600_000

/** Only the size can be changed here. */
export function modifyVolume(
  world: World,
  now: number,
  input: ModifyVolumeCommandInput,
): Omit<ModifyVolumeCommandOutput, '$metadata'> {
  const volume = volumeNamed(world, now, input.VolumeId)
  if (volume.state === 'creating') throw isNotAvailable(volume)
  const { modification: last, sizeGiB } = volume
  const target = input.Size ?? Number.NaN
  if (!(target > sizeGiB))
    throw new AwsError(
      'InvalidParameterValue',
      target < sizeGiB
        ? 'New size cannot be smaller than existing size'
        : 'Only a larger Size can be asked for here',
    )
  if (last !== undefined && last.state !== 'completed')
    throw new AwsError(
      'IncorrectModificationState',
      `Volume ${volume.id} cannot be modified in modification state ${last.state.toUpperCase()}`,
    )
  if (last !== undefined && now - last.startedAt < BETWEEN_MS)
    throw new AwsError(
      'VolumeModificationRateExceeded',
      "You've reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.",
    )
  const modification: Modification = {
    startedAt: now,
    endedAt: undefined,
    originalSizeGiB: sizeGiB,
    targetSizeGiB: target,
    state: 'modifying',
  }
  volume.modification = modification
  plan(world, { at: now + world.timings.modifyVolumeMs, what: 'grown', volume })
  return { VolumeModification: describe(volume, modification) }
}

const attributes: Attributes<Volume> = {
  'volume-id': ({ id }) => id,
  'modification-state': ({ modification }) => modification?.state ?? [],
  'target-size': ({ modification }) => String(modification?.targetSizeGiB ?? ''),
  'original-size': ({ modification }) => String(modification?.originalSizeGiB ?? ''),
}

/** The newest change of each volume; one that was never changed is refused where it is named. */
export function describeVolumesModifications(
  world: World,
  now: number,
  input: DescribeVolumesModificationsCommandInput,
): Omit<DescribeVolumesModificationsCommandOutput, '$metadata'> {
  const ids = input.VolumeIds
  const all = ids?.length
    ? ids.map((id) => shownVolume(world, now, id))
    : [...world.volumes.values()].filter((volume) => isVolumeShown(now, volume))
  const unchanged = ids?.length ? all.find(({ modification }) => modification === undefined) : undefined
  if (unchanged !== undefined)
    throw new AwsError(
      'InvalidVolumeModification.NotFound',
      `Modification for volume '${unchanged.id}' does not exist.`,
    )
  const found = filtered(all, input.Filters, attributes).flatMap((volume) =>
    volume.modification === undefined ? [] : describe(volume, volume.modification),
  )
  const { items, nextToken } = ec2Page(found, input, { named: ids, largest: 500 })
  return { VolumesModifications: items, NextToken: nextToken }
}

function describe({ id, type }: Volume, modification: Modification): VolumeModification {
  const { state, startedAt, endedAt, originalSizeGiB, targetSizeGiB } = modification
  const progress = { modifying: 0, optimizing: 50, completed: 100 } as const
  return {
    VolumeId: id,
    ModificationState: state,
    OriginalSize: originalSizeGiB,
    TargetSize: targetSizeGiB,
    OriginalVolumeType: type,
    TargetVolumeType: type,
    Progress: progress[state],
    StartTime: new Date(startedAt),
    ...(endedAt === undefined ? {} : { EndTime: new Date(endedAt) }),
  }
}
