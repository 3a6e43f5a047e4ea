import { Command, Option } from 'commander'
import { oneOf, type Refused, readWords, wholeNumber } from '../../command-words.ts'

/** What to show. */
export interface DemoOptions {
  readonly seed: number
  readonly instances: number
  /** One scenario instead of all. */
  readonly only: string | undefined
  readonly guarded: boolean
  readonly json: boolean
}

/** Either what to do, or what to print instead. */
export type ParsedOptions = DemoOptions | Refused

const MOST_INSTANCES = 10

/** Reads the command line. Wrong options are answered with what to type; nothing is printed here. */
export function parseOptions(words: readonly string[], scenarios: readonly string[]): ParsedOptions {
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
  const refused = readWords(command, words)
  if (refused !== undefined) return refused
  const { seed, instances, only, withoutGuard, json } = command.opts()
  return { seed, instances, only, guarded: withoutGuard !== true, json: json === true }
}
