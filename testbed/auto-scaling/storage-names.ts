/** Volumes and snapshots by their ids, or EC2's complaint. */
import { AwsError } from '../aws-error.ts'
import type { World } from './state.ts'
import type { Snapshot, Volume } from './storage-state.ts'

/** One that can be used: neither deleted nor in the Recycle Bin. What was just made is not known for a moment. */
export function volumeNamed(world: World, now: number, id: string | undefined): Volume {
  const volume = shownVolume(world, now, id)
  if (volume.state !== 'deleting') return volume
  throw noVolume(volume.id)
}

/** One that is described, which one that is being deleted is, too. */
export function shownVolume(world: World, now: number, id: string | undefined): Volume {
  const volume = world.volumes.get(wellFormed('volumeId', 'vol', 'InvalidVolumeID.Malformed', id))
  if (volume !== undefined && isVolumeShown(now, volume)) return volume
  throw noVolume(id)
}

export function isVolumeShown(now: number, { seenFrom, inBin }: Volume): boolean {
  return seenFrom <= now && inBin === undefined
}

/** One that is in the Recycle Bin, where only the bin and its tags can be asked for. */
export function binnedVolume(world: World, id: string | undefined): Volume {
  const volume = world.volumes.get(wellFormed('volumeId', 'vol', 'InvalidVolumeID.Malformed', id))
  if (volume?.inBin !== undefined) return volume
  throw noVolume(id)
}

/** One that can be used: not deleted. */
export function snapshotNamed(world: World, now: number, id: string | undefined): Snapshot {
  const snapshot = shownSnapshot(world, now, id)
  if (!snapshot.isDeleted) return snapshot
  throw noSnapshot(id)
}

export function shownSnapshot(world: World, now: number, id: string | undefined): Snapshot {
  const snapshot = world.snapshots.get(wellFormed('snapshotId', 'snap', 'InvalidSnapshotID.Malformed', id))
  if (snapshot !== undefined && snapshot.seenFrom <= now) return snapshot
  throw noSnapshot(id)
}

export function missing(parameter: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`)
}

function wellFormed(parameter: string, prefix: string, malformed: string, id: string | undefined): string {
  if (!id) throw missing(parameter)
  if (!id.startsWith(`${prefix}-`))
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${id}) for parameter ${parameter} is invalid. Expected: '${prefix}-...'.`,
    )
  if (!/-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id)) throw new AwsError(malformed, `Invalid id: "${id}"`)
  return id
}

function noVolume(id: string | undefined): AwsError {
  return new AwsError('InvalidVolume.NotFound', `The volume '${id ?? ''}' does not exist.`)
}

function noSnapshot(id: string | undefined): AwsError {
  return new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id ?? ''}' does not exist.`)
}
