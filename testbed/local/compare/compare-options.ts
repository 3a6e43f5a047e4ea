import { Command, InvalidArgumentError, Option } from 'commander'
import { oneOf, type Refused, readWords, wholeNumber } from '../../command-words.ts'
import { BUCKET } from '../demo/deployment.ts'
import type { NamedFile } from './given-document.ts'
import { TRIALS } from './trials.ts'

export const TRIGGERS = ['eventbridge', 'sns', 'sqs'] as const
/** What hands a termination to the Lambda. */
export type Trigger = (typeof TRIGGERS)[number]

/** Which Lambda to compare, and how. */
export interface CompareOptions {
  readonly folder: string
  /** `file.function`; without it, the only one there. */
  readonly handler: string | undefined
  readonly documents: readonly NamedFile[]
  readonly variables: Readonly<Record<string, string>>
  readonly trigger: Trigger
  readonly timeoutSeconds: number
  /** How long events come before the termination. */
  readonly seconds: number
  /** The name of one trial instead of all. */
  readonly only: string | undefined
  readonly group: string
  readonly hook: string
  readonly bucket: string
  readonly json: boolean
}

/** Either what to compare, or what to print instead. */
export type ParsedOptions = CompareOptions | Refused

/** Reads the command line. Wrong options are answered with what to type; nothing is printed here. */
export function parseOptions(words: readonly string[]): ParsedOptions {
  const trials = TRIALS.map(({ name }) => name)
  const command = new Command('compare')
    .description(
      'Somebody’s Lambda that handles terminations beside the guard, on the same local AWS: what each of them loses.',
    )
    .usage('<folder> [options]    (npm run compare -- <folder> [options])')
    .argument('<folder>', 'where the Lambda is; nothing is written there')
    .option('--handler <file.function>', 'its handler, where the folder has several or another')
    .option('--document <name=file>', 'a document of Systems Manager, JSON or YAML; repeatable', named)
    .option(
      '--env <KEY=VALUE>',
      'a variable of its environment; repeatable. {bucket}, {prefix}, {group}, {hook}, {region} and {topic} are filled in, in documents too',
      variable,
    )
    .addOption(
      new Option('--trigger <how>', `what invokes it: ${TRIGGERS.join(', ')}`)
        .argParser(oneOf(TRIGGERS))
        .default('eventbridge'),
    )
    .option('--timeout <seconds>', 'the time-out of the function', wholeNumber(1, 900), 60)
    .option(
      '--seconds <number>',
      'how long events come, eleven a second, before the termination',
      wholeNumber(1, 3600),
      20,
    )
    .addOption(new Option('--only <case>', `one case: ${trials.join(', ')}`).argParser(oneOf(trials)))
    .option('--group <name>', 'what its group is called, where that is written in its code', 'web')
    .option('--hook <name>', 'what its hook is called', 'their-hook')
    .option('--bucket <name>', 'what its bucket is called', BUCKET)
    .option('--json', 'one JSON object on standard output, and nothing else')
    .allowExcessArguments(false)
    .showHelpAfterError('Write `npm run compare -- --help` for all options.')
  const refused = readWords(command, words)
  if (refused !== undefined) return refused
  const { handler, document, env, timeout, json, only, ...rest } = command.opts()
  const { trigger, seconds, group, hook, bucket } = rest
  return {
    folder: command.args[0] ?? '',
    handler,
    documents: document ?? [],
    variables: env ?? {},
    trigger,
    timeoutSeconds: timeout,
    seconds,
    only,
    group,
    hook,
    bucket,
    json: json === true,
  }
}

function named(text: string, before: readonly NamedFile[] = []): readonly NamedFile[] {
  const [name, file] = halves(text, 'the document’s name and its file, such as backup=document.json')
  return [...before, { name, file }]
}

function variable(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [name, value] = halves(text, 'a name and its value, such as S3BUCKET={bucket}')
  return { ...before, [name]: value }
}

function halves(text: string, what: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new InvalidArgumentError(`Write ${what}.`)
}
