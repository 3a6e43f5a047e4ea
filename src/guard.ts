/** What production code is given: AWS, time, chance, limits, and somewhere to tell what happened. */
import type { AwsApi, Clock } from './aws/api.ts'
import { LATEST_ATTEMPT_MS, until } from './aws/time-limit.ts'
import type { Journal } from './journal/journal.ts'
import type { Policy } from './policy.ts'

export interface Guard {
  readonly aws: AwsApi
  readonly clock: Clock
  /** From 0 up to 1, for jitter. */
  readonly random: () => number
  readonly policy: Policy
  readonly journal: Journal
  /** When the work at hand must be over (epoch milliseconds); `undefined`: nobody waits for it. */
  readonly endsAt?: number | undefined
}

/** A pass that takes longer than this has met calls that hang: it fails, and what it is about is looked at again. */
export const LONGEST_PASS_SECONDS = LATEST_ATTEMPT_MS / 1000
/** What a pass needs after its last read, to say when it looks again and what it saw. */
const CLOSING_SECONDS = 5

/** The same guard until a point in time (epoch milliseconds): what AWS has not answered by then has failed. */
export function guardUntil(guard: Guard, time: number): Guard {
  const endsAt = Math.min(time, guard.endsAt ?? Number.POSITIVE_INFINITY)
  return { ...guard, endsAt, aws: until(endsAt, guard.clock, guard.aws) }
}

/** Until when a pass may look, and until when it may say what becomes of its message. */
export interface PassTimes {
  readonly endsAt: number
  readonly closesAt: number
}

/**
 * The time of a pass that starts now, in a function that has `remainingMs` left. Where little is left, at most a quarter of it is kept for
 * closing. A fifth of what is kept is for handing the function's answer back.
 */
export function passTimes(now: number, remainingMs: number): PassTimes {
  const closingMs = Math.min(CLOSING_SECONDS * 1000, remainingMs / 4)
  const endsAt = now + Math.min(LONGEST_PASS_SECONDS * 1000, remainingMs - closingMs)
  return { endsAt, closesAt: endsAt + 0.8 * closingMs }
}
