/** What is looked at again and again until somebody ends it. */
import { isPassing, reasonOf } from '../aws/failures.ts'
import type { Surroundings } from './surroundings.ts'

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
      if (!isPassing(error)) throw error
      terminal.complain(reasonOf(error))
    })
  }
}
