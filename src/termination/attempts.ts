/**
 * When the next flush may start. Patience is the promise, attempts bound the harm: so the first retry is soon, the later ones come ever
 * more rarely, and the last one late in the patience. And of those who may be looking at the same time, one starts it. Pure.
 */
import type { Flush, Observation } from '../model.ts'
import type { Policy } from '../policy.ts'
import { deadlineSeconds, lookCap } from './deadline.ts'

/** The last attempt comes when so much of the patience is over, and has the rest to run. */
const LAST_ATTEMPT = 0.8
/** A retry belongs to the status event's pass for so long, as it comes seconds after the flush ended. */
export const PROMPT_SECONDS = 60
/**
 * From a pass's decision to a flush that everybody sees listed: a pass is over by then. What a frozen call sends later still is seen by
 * nobody's turn: there the flushes' lock on the machine keeps one waiting for the other.
 */
export const UNSEEN_SECONDS = 60

/** Until the next attempt; 0 when it may start now, by whoever asks. */
export function secondsUntilAttempt(seen: Observation, newest: Flush, policy: Policy): number {
  const dueAt = attemptDueAt(seen, newest, policy)
  return Math.max(0, (dueAt + 1000 * turnSeconds(seen, newest, dueAt, policy) - seen.now) / 1000)
}

/** The attempts after the first lie on a geometric scale, from the first back-off to `LAST_ATTEMPT` of the patience that was left. */
function attemptDueAt(seen: Observation, newest: Flush, policy: Policy): number {
  const firstAt = seen.flushes.at(-1)?.requestedAt ?? newest.requestedAt
  const left = deadlineSeconds(seen, policy) - (firstAt - seen.action.startedAt) / 1000
  const soonest = Math.max(policy.retrySeconds, 1)
  const steps = policy.maxAttempts - 2
  const factor = steps > 0 ? Math.max(1, (LAST_ATTEMPT * left) / soonest) ** (1 / steps) : 1
  const offset = soonest * factor ** (seen.flushes.length - 1)
  return Math.max(firstAt + 1000 * offset, newest.requestedAt + 1000 * soonest)
}

/**
 * Passes know nothing of each other, and the status event and the notification's own message come at the same time again and again. So
 * time tells whose turn it is: first the status event's, then, when nothing it started can be unseen any more, the notification's; and
 * the sweep's only when the notification had its chance and did not take it.
 */
function turnSeconds(seen: Observation, newest: Flush, dueAt: number, policy: Policy): number {
  switch (seen.wokenBy) {
    case undefined:
      return 0
    case 'command-status': {
      const turnBeganAt = Math.max(dueAt, newest.endedAt ?? newest.requestedAt)
      const isOver = seen.now >= turnBeganAt + 1000 * PROMPT_SECONDS
      return isOver ? Number.POSITIVE_INFINITY : 0
    }
    case 'notification':
    case 'event':
      return untilAllIsListed(newest, dueAt)
    case 'sweep':
      return untilAllIsListed(newest, dueAt) + lookCap(seen, policy)
  }
}

/** From the due time until all is listed that the status event's pass may have started. */
function untilAllIsListed({ endedAt, requestedAt }: Flush, dueAt: number): number {
  const lag = Math.max(0, (endedAt ?? requestedAt) - dueAt) / 1000
  return lag + PROMPT_SECONDS + UNSEEN_SECONDS
}
