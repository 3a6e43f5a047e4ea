/** A file that somebody takes for a journal, and of which no history can be told, or half of one: what to type instead. */
import type { OutOfOrder } from '../journal/history-stream.ts'
import { shellWord } from '../shell-word.ts'
import type { Reading } from './reading.ts'
import { Refusal, type Surroundings } from './surroundings.ts'

/** Of the wrong file nobody must be told that there was no termination. `from`: the file that was named. */
export function refuseForeign(
  { isForeign, wrapping, isEmpty }: Reading,
  from: string | undefined,
  { terminal, typed }: Surroundings,
): void {
  if (from === undefined) return
  const { name, word } = sourceOf(from)
  if (wrapping)
    throw new Refusal(`${name} ${wrapping.is}:  ${wrapping.unwrap(word)} | ${typed('history --from -')}`)
  if (isForeign)
    throw new Refusal(
      `No line of ${name} is of the guard’s journal: that is what its functions log, as aws logs tail prints it.`,
    )
  if (isEmpty) terminal.complain(`${name} is empty.`)
}

export function refusedOrder({ message }: OutOfOrder, from: string, typed: Surroundings['typed']): Refusal {
  const { name, word } = sourceOf(from)
  return new Refusal(
    `${name} is not in the order of time, as two logs one after the other are not: ${message}. What is printed may be half of it. In order:  ${sorted(word)} | ${typed('history --from -')}`,
  )
}

/** Each line after its own moment, in the order of these. */
function sorted(file: string): string {
  return String.raw`sed -n 's/^[^{]*\({.*"timestamp":"\([^"]*\)".*\)/\2 \1/p' ${file} | sort`
}

/** As a person calls it, and as a shell does. */
function sourceOf(from: string): { readonly name: string; readonly word: string } {
  return from === '-' ? { name: 'standard input', word: 'FILE' } : { name: from, word: shellWord(from) }
}
