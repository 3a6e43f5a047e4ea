/** What happened in one termination, moment by moment: its passes, and what was done about its machine besides. Pure. */
import type { ActionHistory } from '../journal/history.ts'

export interface Moment {
  readonly at: number
  readonly what: string
  /** Of a pass; what is done besides is told before it is begun. */
  readonly durationMs: number | undefined
  readonly reason: string
}

/** In the order of time. */
export function momentsOf({ passes, deeds }: Pick<ActionHistory, 'passes' | 'deeds'>): Moment[] {
  const passed = passes.map(({ decided, ...pass }): Moment => ({ ...pass, what: decided }))
  const done = deeds.map(({ at, did, failed, reason }): Moment => {
    return { at, what: failed ? `${did} failed` : did, durationMs: undefined, reason }
  })
  return [...passed, ...done].sort((a, b) => a.at - b.at)
}
