/** Everything that a command is given: a terminal, time, and a way to the deployment that it is about. */
import type { Clock } from '../aws/api.ts'
import type { Deployment } from './deployment.ts'
import type { Terminal } from './terminal.ts'
import type { Typed } from './typed.ts'
import type { Where } from './where.ts'

export interface Surroundings extends Typed {
  readonly terminal: Terminal
  readonly clock: Clock
  /** Waits; an interruption ends the wait early. */
  pause(ms: number): Promise<void>
  /** Ctrl-C. A command that changes things looks at it between its steps. */
  readonly interruption: AbortSignal
  /** Throws a `CannotReach` that says what to type. */
  reach(where: Where): Promise<Deployment>
}

/** The deployment cannot be reached: no credentials, no permission, another Region, or it is not deployed there. */
export class CannotReach extends Error {
  override name = 'CannotReach'
}

/** What was asked for cannot be done; the message says what to type instead. */
export class Refusal extends Error {
  override name = 'Refusal'
}

/** Words that do not go together, which what parses them cannot see: exit code 2. */
export class WrongWords extends Refusal {
  override name = 'WrongWords'
}

/** What was asked is not so, and that has been said: exit code 1 without another word. */
export class NotSo extends Error {
  override name = 'NotSo'
}
