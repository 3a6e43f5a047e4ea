/** What a text tells to type next: about the same deployment, reached the same way. Pure. */
import type { Command } from 'commander'
import { shellWord } from '../shell-word.ts'

export interface Typed {
  /** A command of this program, as a person types it here. */
  typed(words: string): string
  /** One of the AWS CLI's. */
  typedAws(words: string): string
}

/** The next command is about the same deployment, so it names it as this one did. */
export function typedAsIn(command: Command, { typed, typedAws }: Typed): Typed {
  const named = (...names: readonly string[]) =>
    names.flatMap((name) => {
      const isTyped = command.getOptionValueSource(name) === 'cli'
      return isTyped ? [` --${name} ${word(command.getOptionValue(name))}`] : []
    })
  const reached = named('region', 'profile').join('')
  const meant = named('stage', 'service').join('')
  return {
    typed: (words) => typed(`${words}${reached}${meant}`),
    typedAws: (words) => typedAws(`${words}${reached}`),
  }
}

function word(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : shellWord(text)
}
