/** The words of the command line, from the table that parses it: what a shell can complete. Pure. */
import type { Command, Option } from 'commander'

export interface Words {
  readonly command: string
  readonly about: string
  readonly options: readonly Flag[]
  /** What its first argument may be; empty: nobody knows before it is typed. */
  readonly choices: readonly string[]
}

export interface Flag {
  readonly flag: string
  readonly about: string
  readonly takes: 'nothing' | 'a file' | 'something' | readonly string[]
}

export function wordsOf(program: Command): Words[] {
  const commands = program.commands.map((command): Words => {
    const [argument] = command.registeredArguments
    const options = [...command.options.flatMap(flagOf), HELP]
    const about = { command: command.name(), about: command.description() }
    return { ...about, options, choices: argument?.argChoices ?? [] }
  })
  const choices = commands.map(({ command }) => command)
  return [...commands, { command: 'help', about: 'what can be typed', options: [], choices }]
}

const HELP: Flag = { flag: '--help', about: 'what can be typed', takes: 'nothing' }

function flagOf(option: Option): Flag[] {
  if (option.long === undefined || option.long === null) return []
  return [{ flag: option.long, about: option.description, takes: taken(option) }]
}

/** A value that may be left out is followed by whatever comes next. */
function taken({ argChoices, required, flags }: Option): Flag['takes'] {
  if (argChoices) return argChoices
  if (!required) return 'nothing'
  return flags.endsWith('<file>') ? 'a file' : 'something'
}
