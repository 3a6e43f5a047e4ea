/**
 * How often one message may be received before SQS takes it for poison. Every look at an action costs a receive, so the budget
 * must outlast the longest action looked at as often as the guard ever does, with room for Lambda's own failures.
 */
import { globalTimeoutOf } from '../src/global-timeout.ts'

export interface Pace {
  readonly heartbeatSeconds: number
  readonly lookAgainSeconds: number
  readonly maxAttempts: number
}

/** The steady looks are spread by ±10 %, so up to a ninth more of them fit in. */
const JITTER = 0.9
/** Looks of 20 s while a notification runs ahead of the instance's visible state, for up to 15 minutes. */
const SETTLING_LOOKS = 50
/** Looks that come sooner than the steady pace: doubling back-offs after failures, and a dead agent asked ever more rarely. */
const BACK_OFF_LOOKS = 40
/** One look to send, one by its event's fallback, one to prove, one until the retry is due. */
const LOOKS_PER_ATTEMPT = 4
/** Receives that never became a look: invocations that were throttled, killed or out of time. */
const WASTED_RECEIVES = 50

/** The queue's maxReceiveCount. */
export function receiveBudget({ heartbeatSeconds, lookAgainSeconds, maxAttempts }: Pace): number {
  const longestHold = globalTimeoutOf(heartbeatSeconds)
  const slowestLook = Math.min(lookAgainSeconds, heartbeatSeconds / 3) * JITTER
  return (
    Math.ceil(longestHold / slowestLook) +
    SETTLING_LOOKS +
    BACK_OFF_LOOKS +
    LOOKS_PER_ATTEMPT * maxAttempts +
    WASTED_RECEIVES
  )
}
