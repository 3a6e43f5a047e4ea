/** One line of the journal, as the functions' logger wrote it. */
import { JOURNAL_VERSION, type JournalEvent } from './journal.ts'

/** One line of the journal and when it was written. */
export interface JournalLine {
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: JournalEvent
}

/** A line without it is none of the journal's: cheaper to see than to read the line. */
export const MARK = '"journal":'

/** What is told by a guard that is newer than this one may mean something else, and to leave it out would be to say that nothing was. */
export class NewerJournal extends Error {
  override name = 'NewerJournal'
}

/**
 * One line of the Lambda's log, or `undefined` when it is another one: metrics, the platform's own lines, an older journal. The event
 * still has what the logger adds (level, timestamp): a copy without it would cost more than all the rest of reading a line. Throws
 * NewerJournal.
 */
export function parseJournalLine(text: string): JournalLine | undefined {
  if (!text.includes(MARK)) return undefined
  const event = parsed(text)
  if (typeof event?.journal === 'number' && event.journal > JOURNAL_VERSION)
    throw new NewerJournal(
      `The journal is of version ${event.journal}, and this command reads ${JOURNAL_VERSION}: take the command of the version that is deployed`,
    )
  const at = Date.parse(event?.timestamp)
  return event?.journal === JOURNAL_VERSION && Number.isFinite(at) ? { at, event } : undefined
}

function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
