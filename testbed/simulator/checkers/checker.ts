/** A checker watches the world, not what the guard says of it, and names the invariant that it found broken. */
import type { JournalEvent } from '../../../src/journal/journal.ts'
import type { Command } from '../flush-command.ts'
import type { Message } from '../queue-message.ts'
import type { Run } from '../run.ts'
import type { Operation } from '../seam-operations.ts'
import type { Cause, TrackedAction } from '../tracked-action.ts'

export interface Checker {
  /** An action of our hook is over. The machine is still as it was at that moment. */
  actionEnded?(action: TrackedAction, cause: Cause): void
  /** A message was deleted because the guard did not ask to keep it. */
  messageDeleted?(message: Message): void
  /** A message used up its receives. */
  redriven?(message: Message): void
  /** SSM was asked to run a flush; it is not yet among the instance's commands. */
  flushSent?(command: Command, run: Run): void
  /** A call of the guard reached AWS, or was turned away. */
  called?(run: Run, operation: Operation, input: object, tookEffect: boolean): void
  told?(event: JournalEvent, run: Run): void
  /** Nothing is going to happen any more. */
  atRest?(): void
}
