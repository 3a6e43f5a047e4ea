import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

/** What to show. */
export interface DemoOptions {
  readonly seed: number
  readonly instances: number
  /** One scenario instead of all. */
  readonly only: string | undefined
  readonly guarded: boolean
  readonly json: boolean
}

/** Either what to do, or what to print instead, and the exit code to end with. */
export type ParsedOptions = DemoOptions | { readonly print: string; readonly exitCode: number }

const MOST_INSTANCES = 10

/** Reads the command line. Wrong options are answered with what to type; nothing is printed here. */
export function parseOptions(words: readonly string[], scenarios: readonly string[]): ParsedOptions {
  let printed = ''
  const keep = (text: string) => {
    printed += text
  }
  const command = new Command('demo')
    .description(
      'A day of a guarded group, on this machine: what happens to its instances, and to every event.',
    )
    .usage('[options]    (npm run demo -- [options])')
    .option('--seed <number>', 'the visitors, and who is hit', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--instances <number>', 'how many instances serve', wholeNumber(1, MOST_INSTANCES), 3)
    .addOption(
      new Option('--only <scenario>', `one scenario: ${scenarios.join(', ')}`).argParser(oneOf(scenarios)),
    )
    .option('--without-guard', 'the same day without the hook: shows what is lost')
    .option('--json', 'one JSON object on standard output, and nothing else')
    .allowExcessArguments(false)
    .showHelpAfterError('Write `npm run demo -- --help` for all options.')
    .exitOverride()
    .configureOutput({ writeOut: keep, writeErr: keep })
  try {
    command.parse([...words], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return { print: printed, exitCode: error.exitCode === 0 ? 0 : 2 }
    throw error
  }
  const { seed, instances, only, withoutGuard, json } = command.opts()
  return { seed, instances, only, guarded: withoutGuard !== true, json: json === true }
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`)
  }
}

function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text
    throw new InvalidArgumentError(`Write one of: ${names.join(', ')}.`)
  }
}
