/** Asks AWS, so that a failure that lasts is an answer like any other. */
import { isPassing, reasonOf } from './failures.ts'

export type Asked<Answer> =
  | { readonly is: 'answered'; readonly answer: Answer }
  | { readonly is: 'refused'; readonly why: string }

/** What will pass by itself is thrown; `isLate`: patience is over, so that it is an answer as well. */
export async function ask<Answer>(question: () => Promise<Answer>, isLate = false): Promise<Asked<Answer>> {
  try {
    return { is: 'answered', answer: await question() }
  } catch (error) {
    if (isPassing(error) && !isLate) throw error
    return { is: 'refused', why: reasonOf(error) }
  }
}
