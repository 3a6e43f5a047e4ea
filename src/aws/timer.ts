/** Calls back later, by the clock's own time where it has one. */
import type { Clock } from './api.ts'

/** What is longer, a timer takes for nothing at all. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Answers what takes it back. */
export function after(clock: Clock, ms: number, callBack: () => void): () => void {
  if (clock.after) return clock.after(ms, callBack)
  const timer = setTimeout(callBack, Math.min(ms, MAX_TIMER_MS))
  // What is waited for has a connection that keeps the process alive; its limit alone must not.
  timer.unref()
  return () => clearTimeout(timer)
}
