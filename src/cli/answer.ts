/** What a command found, for a person and for a program: one value, two ways to say it. */
import type { Command } from 'commander'
import { oneLine } from '../visible.ts'
import { nameOf } from './next-step.ts'
import type { Terminal } from './terminal.ts'

/** Bump when a field of any command's answer changes its meaning. */
export const ANSWER_VERSION = 1

/** Adds `--json` to a command. */
export function withJson(command: Command, what = 'one JSON document'): Command {
  return command.option('--json', `for programs: ${what} instead of text`, false)
}

export function answer<Value>(
  terminal: Terminal,
  { json, command }: { readonly json: boolean; readonly command: string },
  value: Value,
  lines: (value: Value) => readonly string[],
): void {
  if (json) terminal.print(JSON.stringify({ version: ANSWER_VERSION, command, ...value }, undefined, 2))
  else for (const line of lines(value)) terminal.print(oneLine(line))
}

/** What a program is told where there is no answer: one line, since it may stand where a document for each of many would. */
export function failure(words: readonly string[], error: unknown, said: readonly string[]): string {
  const [command] = words
  const told = { name: nameOf(error), message: said.join('\n') }
  return JSON.stringify({ version: ANSWER_VERSION, command, error: told })
}
