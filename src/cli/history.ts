/** `history [instance]`: what became of terminations, from the journal: passes added up, ends merged. */
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ActionHistory, standingOf } from '../journal/history.ts'
import { histories, OutOfOrder } from '../journal/history-stream.ts'
import type { Told } from '../journal/told.ts'
import { oneLine } from '../visible.ts'
import { again } from './again.ts'
import { ANSWER_VERSION, withJson } from './answer.ts'
import { counted } from './counted.ts'
import { type JournalSource, journalOf, type Parse } from './deployment.ts'
import { historyLines } from './history-lines.ts'
import { historyPage } from './history-page.ts'
import { DAY_MS, inThisTime, since } from './how-far-back.ts'
import { unlessInterrupted, untilInterrupted } from './interruption.ts'
import { journalFile } from './journal-file.ts'
import { Reading } from './reading.ts'
import { refusedOrder, refuseForeign } from './refused-journal.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { notEmpty, type Where, withWhere } from './where.ts'
import { writeWhole } from './whole-file.ts'

const OUTCOMES = ['archived', 'empty', 'retained', 'lost', 'expired', 'held'] as const
const FOLLOW_MS = 5000

interface HistoryOptions extends Where {
  readonly since: number | undefined
  readonly from: string | undefined
  readonly group: string | undefined
  readonly outcome: (typeof OUTCOMES)[number] | undefined
  readonly passes: boolean
  readonly follow: boolean
  readonly html: string | undefined
  readonly json: boolean
}

export function historyCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('history')), 'a JSON document for each termination, one a line,')
    .description('what became of terminations, from the journal')
    .argument('[instance or token]', 'only this one', subject)
    .option('--since <time>', 'how far back to read: 90m, 24h, 7d (default: 24h; of a file all)', since)
    .option(
      '--from <file>',
      'read the journal from a file, or - for standard input, not from CloudWatch Logs',
      notEmpty,
    )
    .option('--group <name>', 'only this Auto Scaling group', notEmpty)
    .addOption(new Option('--outcome <outcome>', 'only these ends').choices(OUTCOMES))
    .option('--passes', 'every pass, not only the end', false)
    .addOption(new Option('--follow', 'go on, and tell what ends').default(false).conflicts(['html', 'from']))
    .option(
      '--html <file>',
      'write one page that opens anywhere (- to standard output) instead of text',
      notEmpty,
    )
    .action(async (wanted: string | undefined, options: HistoryOptions) => {
      if (isWrittenOver(options))
        throw new WrongWords('--html would be written over the journal that --from names: name another file.')
      const source = options.from ? journalAt(options.from) : (await surroundings.reach(options)).journal
      const now = surroundings.clock.now()
      const question = { source, wanted, from: now - (howFarBack(options) ?? now), options }
      const told = (options.html ? writePage : print)(question, surroundings)
      await (options.follow ? untilInterrupted : unlessInterrupted)(told, surroundings.interruption)
    })
}

function isWrittenOver({ from, html }: HistoryOptions): boolean {
  return from !== undefined && html !== undefined && html !== '-' && resolve(from) === resolve(html)
}

/** An instance id or a token, from the command line. */
export function subject(text: string): string {
  if (/^i-[0-9a-f]{8,32}$|^[0-9a-f-]{36}$/.test(text)) return text
  throw new InvalidArgumentError('An instance id looks like i-0123456789abcdef0, a token like a UUID.')
}

function journalAt(file: string): JournalSource {
  return file === '-' ? journalOf(() => process.stdin) : journalFile(file)
}

function instanceIn(wanted: string | undefined): string | undefined {
  return wanted?.startsWith('i-') ? wanted : undefined
}

/** What one command line asks for, and where it looks. */
interface Question {
  readonly source: JournalSource
  /** An instance id or a token. */
  readonly wanted: string | undefined
  /** Epoch milliseconds. */
  readonly from: number
  readonly options: HistoryOptions
}

/** The wanted histories. A file is in the order of time; CloudWatch has a log for each function. */
async function* wantedHistories(
  { source, wanted, from, options }: Question,
  parse: Parse<Told>,
  typed: Surroundings['typed'],
): AsyncGenerator<readonly ActionHistory[]> {
  const inOrder = options.from !== undefined
  try {
    for await (const actions of histories(source.read(parse, from, instanceIn(wanted)), { inOrder }))
      yield actions.filter(
        (action) =>
          (wanted === undefined || action.instanceId === wanted || action.token === wanted) &&
          (options.group === undefined || action.groupName === options.group) &&
          (options.outcome === undefined || standingOf(action) === options.outcome),
      )
  } catch (error) {
    if (error instanceof OutOfOrder && options.from !== undefined)
      throw refusedOrder(error, options.from, typed)
    throw error
  }
}

/** Milliseconds; `undefined`: all of it, as of a file. */
function howFarBack({ since, from }: HistoryOptions): number | undefined {
  return since ?? (from === undefined ? DAY_MS : undefined)
}

async function print(question: Question, surroundings: Surroundings): Promise<void> {
  const { wanted, options } = question
  const { terminal, typed } = surroundings
  // What was told already, for somebody who follows: the same is not told again; another end, or what was done meanwhile, is.
  const told = options.follow ? new Set<string>() : undefined
  const within = inThisTime(howFarBack(options))
  const text = (action: ActionHistory) =>
    options.json
      ? JSON.stringify({ version: ANSWER_VERSION, command: 'history', action })
      : historyLines(action, options.passes, typed, within).map(oneLine).join('\n')
  const reading = new Reading(instanceIn(wanted))
  let count = 0
  const tell = async () => {
    for await (const actions of wantedHistories(question, reading.parse, typed)) {
      const untold = told ? actions.filter((action) => isNew(told, action)) : actions
      count += untold.length
      if (untold.length > 0) terminal.print(untold.map(text).join('\n'))
    }
    return reading.tellDamage(terminal)
  }
  if (options.follow) return await again(async () => void (await tell()), FOLLOW_MS, surroundings)
  const isDamaged = await tell()
  if (isDamaged) throw new NotSo()
  if (count > 0) return
  refuseForeign(reading, options.from, surroundings)
  if (!options.json) terminal.print(`The journal names no such termination${within}.`)
  if (wanted !== undefined) throw new NotSo()
}

function isNew(told: Set<string>, { instanceId, token, outcome, deeds }: ActionHistory): boolean {
  const name = `${instanceId} ${token} ${outcome} ${deeds.length}`
  if (told.has(name)) return false
  told.add(name)
  return true
}

async function writePage(question: Question, surroundings: Surroundings): Promise<void> {
  const { wanted, options } = question
  const { terminal, clock, typed } = surroundings
  const reading = new Reading(instanceIn(wanted))
  const file = options.html ?? ''
  const actions: ActionHistory[] = []
  // Copied, since each word of a line keeps all of the piece in which the line was read.
  for await (const some of wantedHistories(question, reading.parse, typed))
    for (const action of structuredClone(some)) actions.push(action)
  refuseForeign(reading, options.from, surroundings)
  const page = historyPage(actions, clock.now(), inThisTime(howFarBack(options)))
  if (file === '-') terminal.print(page)
  else {
    try {
      await writeWhole(file, page)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : cause
      throw new Refusal(`Cannot write ${file}: ${why}\nName another file with --html.`, { cause })
    }
    terminal.print(`${file} has ${counted(actions.length, 'termination')}.`)
  }
  if (reading.tellDamage(terminal)) throw new NotSo()
}
