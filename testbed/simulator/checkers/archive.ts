/** What of a disk is really in S3, read from the objects themselves. */
import type { Disk } from '../simulated-disk.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'

/** How many lines of this disk no object holds. Wherever an object was moved to counts. */
export function missingLines({ bucket, time }: World, disk: Disk): number {
  let missing = 0
  for (let line = 0; line < disk.lines; line++) if (!bucket.holds(disk.number, line, time.now)) missing++
  return missing
}

/**
 * How many lines are missing of those that an action owes (S6): not what was deleted before its first flush took a census or
 * without a trace, not what
 * somebody took away from S3 after `since`, and not what no flush could have seen.
 */
export function owedLines(world: World, action: TrackedAction, since: number): number {
  const { bucket } = world
  const writtenBy = Math.min(lastOwed(world, action), salvagedAt(world, action) ?? Number.POSITIVE_INFINITY)
  const { disk, end, censusAt = Number.POSITIVE_INFINITY } = action
  const never = Number.POSITIVE_INFINITY
  const unseenSince = Math.min(end?.unseenSince ?? never, disk.unseenSince ?? never)
  let missing = 0
  for (let line = 0; line < disk.lines; line++) {
    const writtenAt = disk.writtenAt[line] ?? 0
    if (writtenAt > writtenBy || writtenAt > unseenSince || bucket.holds(disk.number, line, since)) continue
    const wasDeletedBefore = (disk.lostAt.get(line) ?? Number.POSITIVE_INFINITY) < censusAt
    if (!wasDeletedBefore && !disk.untraceable.has(line)) missing++
  }
  return missing
}

/**
 * The moment of the newest copy of the disk that was salvaged for this action, where the machine did not flush itself since: what it wrote
 * later is not in it, and the guard says so. A machine that is kept goes on, and is told as kept; what it writes then is the next action's.
 */
export function salvagedAt(world: World, action: TrackedAction): number | undefined {
  const { instance, disk, startedAt, end } = action
  const { ssm } = world
  const isLetGo = end?.cause.by === 'guard' && end.cause.result === 'CONTINUE'
  const goes = disk.isGone || /^(Warmed:)?Terminat(ing:Proceed|ed)$/.test(instance.lifecycleState)
  if (end && !isLetGo && !goes && !isFollowed(world, action)) return undefined
  const copied = ssm.salvagesOf(instance.id).flatMap(({ status, salvages }) => {
    const isOfThis = salvages?.disk.number === disk.number && salvages.copiedAt >= startedAt
    return salvages && isOfThis && status === 'Success' ? salvages.copiedAt : []
  })
  const newest = Math.max(...copied)
  const isFlushed = ssm.commandsOf(instance.id).some(({ status, isByHand, parameters, requestedAt }) => {
    return !isByHand && status === 'Success' && parameters.purpose === 'termination' && requestedAt >= newest
  })
  return copied.length > 0 && !isFlushed ? newest : undefined
}

/** Of copies of the disk, too. */
export function lastActionOf({ region }: World, { number }: Pick<Disk, 'number'>): TrackedAction | undefined {
  return [...region.actions.values()].findLast(({ disk }) => disk.number === number)
}

/** What is written to a disk that comes back from the hook is the next action's, where there will be one. */
function lastOwed(world: World, action: TrackedAction): number {
  const { end, machine } = action
  const isBack = end !== undefined && machine.inServiceSince > end.at
  return end && (isBack || isFollowed(world, action)) ? end.at : Number.POSITIVE_INFINITY
}

function isFollowed({ region }: World, action: TrackedAction): boolean {
  return [...region.actions.values()].some(
    ({ disk, startedAt }) => disk === action.disk && startedAt > action.startedAt,
  )
}

/** When S3 was last looked at for an action that is over: what was there then was archived. */
export function lookedAt({ end }: TrackedAction, now: number): number {
  if (!end) return now
  return end.cause.by === 'guard' ? end.cause.run.startedAt : end.at
}
