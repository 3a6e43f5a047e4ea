/**
 * One action is not another: a root volume is replaced between two passages of an instance through its hook, and what is proven of the
 * new disk, or kept with it, says nothing of the old one.
 */
import type { AwsApi } from '../aws/api.ts'
import { ask } from '../aws/ask.ts'
import { LATEST_ATTEMPT_MS } from '../aws/time-limit.ts'
import { CLOCK_SKEW_MS } from '../flush/machine-clock.ts'
import { LONGEST_PASS_SECONDS } from '../guard.ts'
import type { Observation } from '../model.ts'
import { flushThatCounts, manifestOf } from './evidence.ts'
import { knownInstance } from './machine-state.ts'
import { rootOf } from './root-volume.ts'

/** EC2 attaches a machine's first root volume in the moment in which it launches it, to the second. */
const LAUNCHED_WITH_MS = 10_000

/** When a machine booted, as it does for a new root volume: epoch milliseconds. */
export interface Boot {
  readonly earliest: number
  readonly latest: number
  /** When the flush was asked for that tells of it. */
  readonly askedAt: number
}

const NEVER = Number.POSITIVE_INFINITY
export const AT_ANY_TIME: Boot = { earliest: NEVER, latest: NEVER, askedAt: NEVER }

/** The last boot before the report of the newest flush, which tells how long the machine had been up; when that was tells its own clock. */
export function bootOf({ flushes, now }: Observation): Boot {
  const newest = flushThatCounts(flushes)
  const uptime = manifestOf(newest)?.uptimeSeconds
  // Nor does a salvage tell, which ran on another machine.
  if (uptime === undefined || newest === undefined) return AT_ANY_TIME
  const { endedAt = newest.requestedAt } = newest
  const reportedBy = newest.endedAt === undefined ? now : Math.min(now, newest.endedAt + CLOCK_SKEW_MS)
  const { requestedAt: askedAt } = newest
  return { earliest: endedAt - 1000 * uptime, latest: reportedBy - 1000 * uptime, askedAt }
}

/**
 * Asked of EC2, which does not tell of a machine that is gone, nor of the volume before the last. One that was attached after the only
 * boot that may have been since then is none of the flush's: the action's own end may have replaced it. Where EC2 refuses to say, that
 * boot may be a new disk's (S1); where it does not tell any more, one that came after the flush was asked for may be.
 */
export async function replacedDisk(
  aws: AwsApi,
  seen: Observation,
  boot: Boot,
): Promise<Pick<Observation, 'rootReplacedAt'>> {
  const began = beganBy(seen)
  if (boot.latest <= began) return {}
  const asked = await ask(() => rootAttachedAt(aws, seen.action.instanceId))
  if (asked.is === 'refused') return { rootReplacedAt: 'untold' }
  const attachedAt = asked.answer
  if (attachedAt === undefined) return boot.earliest > boot.askedAt ? { rootReplacedAt: 'untold' } : {}
  if (attachedAt <= began) return {}
  return boot.earliest > began || attachedAt <= boot.latest ? { rootReplacedAt: attachedAt } : {}
}

/** Of the root volume that the machine has now, 0 where it was launched with that; `undefined` when EC2 no longer shows it. */
async function rootAttachedAt(aws: AwsApi, instanceId: string): Promise<number | undefined> {
  const machine = await knownInstance(aws, instanceId)
  const [attachedAt, launchedAt = 0] = [
    rootOf(machine)?.AttachTime?.getTime(),
    machine?.LaunchTime?.getTime(),
  ]
  if (attachedAt === undefined) return undefined
  return attachedAt - launchedAt > LAUNCHED_WITH_MS ? attachedAt : 0
}

/**
 * A status event dates an action by its first flush, which is asked for in a pass that has found the action held; and what is asked for is
 * sent that much later, at most.
 */
function beganBy({ action, wokenBy }: Observation): number {
  return wokenBy === 'command-status'
    ? action.startedAt - 1000 * LONGEST_PASS_SECONDS - LATEST_ATTEMPT_MS
    : action.startedAt
}
