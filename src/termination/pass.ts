import type { PassEvent } from '../journal/journal.ts'
import type { Decision, Observation } from '../model.ts'

/** What one pass saw, decided and did, and what becomes of the obligation. */
export interface Pass {
  readonly seen: Observation
  readonly decision: Decision
  readonly did: Did
  readonly over: boolean
  /** When to look again; `undefined` while not over: when the queue's own visibility timeout says. */
  readonly lookAgainSeconds: number | undefined
}

/** What came of the decision, in the journal's words. */
export type Did = PassEvent['did']
