/**
 * The command line as one table: what parses it also prints the help, the shell's completion and the manual page. Exit codes: 0 it is so
 * or it is done, 1 it is not or it failed, 2 the command line is wrong.
 */
import { Command, CommanderError, Help } from 'commander'
import packageOfTheCommand from '../../package.json' with { type: 'json' }
import { failure } from './answer.ts'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { flushCommand } from './flush.ts'
import { historyCommand } from './history.ts'
import { Interrupted } from './interruption.ts'
import { manualCommand } from './manual.ts'
import { nextStepAfter, wordsOf } from './next-step.ts'
import { receiptCommand } from './receipt.ts'
import { redriveCommand } from './redrive.ts'
import { releaseCommand } from './release.ts'
import { replaceCommand } from './replace.ts'
import { retryCommand } from './retry.ts'
import { salvageCommand } from './salvage.ts'
import { statusCommand } from './status.ts'
import { CannotReach, NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { type Typed, typedAsIn } from './typed.ts'

export const PROGRAM = 'termination-guard'

const commands: readonly ((surroundings: Surroundings) => Command)[] = [
  statusCommand,
  doctorCommand,
  explainCommand,
  flushCommand,
  historyCommand,
  receiptCommand,
  replaceCommand,
  retryCommand,
  salvageCommand,
  releaseCommand,
  redriveCommand,
]

export function programFor(outer: Surroundings): Command {
  const { terminal } = outer
  let next: Typed = outer
  const surroundings: Surroundings = {
    ...outer,
    typed: (words) => next.typed(words),
    typedAws: (words) => next.typedAws(words),
  }
  const program = new Command(PROGRAM)
    .description('What the guard knows, and what to do about it.')
    .version(packageOfTheCommand.version, '--version', 'which one this is')
    .showHelpAfterError('(add --help for what can be typed)')
    .helpCommand('help [command]', 'what can be typed')
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd()),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    })
    .configureHelp({
      // That a switch is off where nobody says so needs no words, nor that nothing was named.
      optionDescription: (option) =>
        typeof option.defaultValue === 'boolean' || typeof option.defaultValue === 'object'
          ? option.description
          : new Help().optionDescription(option),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      next = typedAsIn(command, outer)
    })
  for (const command of commands) program.addCommand(command(surroundings).copyInheritedSettings(program))
  program.addCommand(completionCommand(surroundings, program).copyInheritedSettings(program))
  program.addCommand(manualCommand(surroundings, program).copyInheritedSettings(program))
  return program
}

/** Runs one command line. Answers the exit code; what went wrong has been said. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<0 | 1 | 2> {
  let hasAnswered = false
  const print = (line: string) => {
    hasAnswered = true
    surroundings.terminal.print(line)
  }
  const terminal = { ...surroundings.terminal, print }
  try {
    await programFor({ ...surroundings, terminal }).parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    // Help that was asked for is no error, and what is not so has been said.
    if (error instanceof NotSo) return 1
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const said = wordsOn(error)
    // Commander has said it already, and who interrupts knows it.
    const isSaid = error instanceof CommanderError || error instanceof Interrupted
    if (!isSaid) for (const line of said) terminal.complain(line)
    if (words.includes('--json') && !hasAnswered) terminal.print(failure(words, error, said))
    return error instanceof CommanderError || error instanceof WrongWords ? 2 : 1
  }
}

/** Our own errors say what to type next; AWS's do not. */
function wordsOn(error: unknown): string[] {
  if (error instanceof CannotReach || error instanceof Refusal) return [error.message]
  return [wordsOf(error), nextStepAfter(error) ?? []].flat()
}
