/** One timer for everything that becomes due by itself. */
export interface Wake {
  /** Looks again at what is due next. */
  plan(): void
  stop(): void
}

// setTimeout takes no more than 24.8 days.
const longestMs = 86_400_000

export function createWake(now: () => number, nextDue: () => number | undefined, wake: () => void): Wake {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  return {
    plan() {
      clearTimeout(timer)
      const due = stopped ? undefined : nextDue()
      if (due !== undefined) timer = setTimeout(wake, Math.min(Math.max(0, due - now()), longestMs))
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
