/** One thing done to many, one after the other: whom AWS refuses does not hold the others back. */
import { isAnswer, reasonOf } from '../aws/failures.ts'
import { Interrupted } from './interruption.ts'
import { nextStepAfter } from './next-step.ts'
import type { Surroundings } from './surroundings.ts'

/** Answers why, of each to whom it was not done; who that is, and what to type, is said as soon as it is known. */
export async function toEach<One>(
  many: Iterable<One>,
  deed: (one: One) => Promise<unknown>,
  name: (one: One) => string,
  { terminal, interruption }: Pick<Surroundings, 'terminal' | 'interruption'>,
): Promise<Map<One, string>> {
  const undone = new Map<One, string>()
  const said = new Set<string>()
  let silence: string | undefined
  for (const one of many) {
    if (interruption.aborted || silence !== undefined) {
      undone.set(one, silence ?? 'interrupted')
      continue
    }
    try {
      await deed(one)
    } catch (error) {
      if (error instanceof Interrupted) throw error
      const why = reasonOf(error)
      undone.set(one, why)
      terminal.complain(`${name(one)}  ${why}`)
      const next = nextStepAfter(error)
      if (next !== undefined && !said.has(next)) terminal.complain(next)
      said.add(next ?? '')
      // Of whom AWS says nothing about one, it says nothing about the next: twenty seconds for each would be many minutes.
      if (!isAnswer(error)) silence = `not tried, after ${why}`
    }
  }
  return undone
}
