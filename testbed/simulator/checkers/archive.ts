/** What of a disk is really in S3, read from the objects themselves. */
import type { Disk } from '../simulated-disk.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'

/**
 * How many lines of this disk no object holds. Wherever an object was moved to counts, and so does what somebody else took away
 * after `since`: what was proven may be changed later, and nobody can guard against that.
 */
export function missingLines({ bucket }: World, disk: Disk, since: number): number {
  let missing = 0
  for (let line = 0; line < disk.lines; line++) if (!bucket.holds(disk.number, line, since)) missing++
  return missing
}

/** When S3 was last looked at for an action that is over: what was there then was archived. */
export function lookedAt({ end }: TrackedAction, now: number): number {
  if (!end) return now
  return end.cause.by === 'guard' ? end.cause.run.startedAt : end.at
}
