/**
 * One action is not another: a root volume is replaced between two passages of an instance through its hook, and what is proven of the
 * new disk, or kept with it, says nothing of the old one.
 */
import type { AwsApi } from '../aws/api.ts'
import { ask } from '../aws/ask.ts'
import { CLOCK_SKEW_MS } from '../flush/machine-clock.ts'
import type { Observation } from '../model.ts'
import type { Policy } from '../policy.ts'
import { manifestOf, newestOf } from './evidence.ts'
import { rootAttachedAt } from './machine-state.ts'

/**
 * Whether the machine may have booted between the action's start and the report of its newest flush, as it does for a new root volume.
 * What tells is how long it had been up; when it reported its own clock tells, unless that is off.
 */
export function bootedSince(seen: Observation, policy: Policy): boolean {
  const newest = newestOf(seen.flushes)
  const uptime = manifestOf(newest)?.uptimeSeconds
  // A salvage tells of the machine on which it ran.
  if (uptime === undefined || newest?.copiedAt !== undefined) return true
  const reportedAt = newest?.endedAt === undefined ? seen.now : newest.endedAt + REPORTED_LATER_MS
  return Math.min(reportedAt, seen.now) - uptime * 1000 > beganBy(seen, policy)
}

/** At most so much later than its clock tells: that may be behind, and have seemed right because the agent was slow to begin. */
const REPORTED_LATER_MS = 2 * CLOCK_SKEW_MS

/** Asked of EC2, which does not tell of a machine that is gone. */
export async function replacedDisk(
  aws: AwsApi,
  seen: Observation,
  policy: Policy,
): Promise<Pick<Observation, 'rootReplacedAt'>> {
  const asked = await ask(() => rootAttachedAt(aws, seen.action.instanceId))
  const attachedAt = asked.is === 'answered' ? asked.answer : undefined
  return attachedAt !== undefined && attachedAt > beganBy(seen, policy) ? { rootReplacedAt: attachedAt } : {}
}

/** A status event dates an action by its first flush, which a pass starts when it has found the action held. */
function beganBy({ action, wokenBy }: Observation, { passSeconds }: Policy): number {
  return wokenBy === 'command-status' ? action.startedAt - 1000 * passSeconds : action.startedAt
}
