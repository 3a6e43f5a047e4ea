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

/** When a machine booted, as it does for a new root volume: epoch milliseconds. */
export interface Boot {
  readonly earliest: number
  readonly latest: number
}

export const AT_ANY_TIME: Boot = { earliest: Number.POSITIVE_INFINITY, latest: Number.POSITIVE_INFINITY }

/** The last boot before the report of the newest flush, which tells how long the machine had been up; when that was tells its own clock. */
export function bootOf({ flushes, now }: Observation): Boot {
  const newest = newestOf(flushes)
  const uptime = manifestOf(newest)?.uptimeSeconds
  // Nor does a salvage tell, which ran on another machine.
  if (uptime === undefined || newest === undefined) return AT_ANY_TIME
  const { endedAt = newest.requestedAt } = newest
  const reportedBy = newest.endedAt === undefined ? now : Math.min(now, newest.endedAt + CLOCK_SKEW_MS)
  return { earliest: endedAt - 1000 * uptime, latest: reportedBy - 1000 * uptime }
}

/**
 * Asked of EC2, which does not tell of a machine that is gone, nor of the volume before the last. One that was attached after the only
 * boot that may have been since then is none of the flush's: the action's own end may have replaced it.
 */
export async function replacedDisk(
  aws: AwsApi,
  seen: Observation,
  policy: Policy,
  boot: Boot,
): Promise<Pick<Observation, 'rootReplacedAt'>> {
  const began = beganBy(seen, policy)
  if (boot.latest <= began) return {}
  const asked = await ask(() => rootAttachedAt(aws, seen.action.instanceId))
  const attachedAt = asked.is === 'answered' ? asked.answer : undefined
  if (attachedAt === undefined || attachedAt <= began) return {}
  return boot.earliest > began || attachedAt <= boot.latest ? { rootReplacedAt: attachedAt } : {}
}

/** A status event dates an action by its first flush, which a pass starts when it has found the action held. */
function beganBy({ action, wokenBy }: Observation, { passSeconds }: Policy): number {
  return wokenBy === 'command-status' ? action.startedAt - 1000 * passSeconds : action.startedAt
}
