/** Reading command lines so that wrong words are answered with what to type, and nothing is printed on the way. */
import { type Command, CommanderError, InvalidArgumentError } from 'commander'

/** What to print instead of doing anything, and the exit code to end with. */
export interface Refused {
  readonly print: string
  readonly exitCode: number
}

/**
 * Reads the words into the command; answers what to print instead, where they are wrong or ask for help. `unfit`: why words that are right
 * each by itself do not go together.
 */
export function readWords(
  command: Command,
  words: readonly string[],
  unfit: () => string | undefined = () => undefined,
): Refused | undefined {
  let printed = ''
  const keep = (text: string) => {
    printed += text
  }
  for (const one of [command, ...command.commands])
    one.exitOverride().configureOutput({ writeOut: keep, writeErr: keep })
  try {
    command.parse([...words], { from: 'user' })
    const why = unfit()
    if (why !== undefined) command.error(`error: ${why}`)
    return undefined
  } catch (error) {
    if (error instanceof CommanderError) return { print: printed, exitCode: error.exitCode === 0 ? 0 : 2 }
    throw error
  }
}

/** For a program that is nothing without its options: where they are wrong, or ask for help, it ends with what to type. */
export function readOrEnd(
  command: Command,
  words: readonly string[],
  unfit?: () => string | undefined,
): void {
  const refused = readWords(command, words, unfit)
  if (refused === undefined) return
  const stream = refused.exitCode === 0 ? process.stdout : process.stderr
  stream.write(refused.print)
  process.exit(refused.exitCode)
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`)
  }
}

export function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`Write one of: ${names.join(', ')}.`)
  }
}
