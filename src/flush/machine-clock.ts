/**
 * When a script ended, which Systems Manager tells by the clock of the machine on which it ran. Pure: the request and now, which are told
 * by AWS's clock and ours, say whether that clock is right. All times are epoch milliseconds.
 */

/** A clock that is further off tells nothing: nobody's turn to flush may wait for one that is a day ahead. */
export const CLOCK_SKEW_MS = 60_000

/** `undefined`: it has not ended, or the clock is off. */
export function withinReason(
  told: { readonly beganAt: number | undefined; readonly endedAt: number | undefined },
  requestedAt: number,
  now: number,
): number | undefined {
  const { beganAt = requestedAt, endedAt } = told
  // No script begins before it is asked for: a clock that is behind by less than the script took is seen by that alone.
  if (endedAt === undefined || beganAt < requestedAt - CLOCK_SKEW_MS) return undefined
  const bounded = Math.min(Math.max(endedAt, requestedAt), now)
  return Math.abs(bounded - endedAt) <= CLOCK_SKEW_MS ? bounded : undefined
}
