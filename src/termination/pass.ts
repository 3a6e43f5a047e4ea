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

/** `superseded`: somebody else ended the action between our look and our word. */
export type Did = 'done' | 'unreachable' | 'unplaced' | 'refused' | 'superseded'
