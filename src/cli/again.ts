/** What is looked at again and again until somebody ends it. */
import { isPassing, reasonOf } from '../aws/failures.ts'
import { NewerJournal } from '../journal/journal-line.ts'
import { isOfWhoAsks } from './next-step.ts'
import { CannotReach, type Surroundings } from './surroundings.ts'

/** Once it has been seen, AWS not answering for a while is told, and is no end of it. */
export async function again(
  look: () => Promise<void>,
  everyMs: number,
  { terminal, pause, interruption }: Pick<Surroundings, 'terminal' | 'pause' | 'interruption'>,
): Promise<void> {
  await look()
  for (;;) {
    await pause(everyMs)
    if (interruption.aborted) return
    await look().catch((error) => {
      if (!passes(error)) throw error
      terminal.complain(reasonOf(error))
    })
  }
}

/** What the next look may find mended. A session that has run out, without a word of AWS about it too, is mended by whoever logs in. */
function passes(error: unknown): boolean {
  if (error instanceof CannotReach) return error.cause !== undefined && passes(error.cause)
  return isPassing(error) && !isOfWhoAsks(error) && !(error instanceof NewerJournal)
}
