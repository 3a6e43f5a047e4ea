/**
 * What is told in a line of the journal. Nearly all are passes and ends as the functions' logger writes them, and to parse each of them
 * would be most of what reading a long journal takes. So these are matched by patterns that are so much narrower than JSON that whatever
 * matches is valid, and what is captured is what JSON.parse would find. Every other line is parsed. Pure.
 */
import type { Outcome } from '../model.ts'
import { refuseCut, refuseDamaged } from './damaged-line.ts'
import { type ActionEndedEvent, JOURNAL_VERSION, type PassEvent } from './journal.ts'
import { parseJournalLine } from './journal-line.ts'
import { type Cost, costOf, type Told, type ToldEnd, type ToldPass, toldBy } from './told.ts'

/** Without escapes, so that its characters are what it means. */
const characters = String.raw`[^"\\\x00-\x1f]*`
const text = `"${characters}"`
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`
const flag = '(?:true|false)'
/** As the logger dates its lines, and `toISOString`. */
const moment = String.raw`\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z`
const pair = `${text}:(?:${text}|${number}|${flag}|null)`
const flat = String.raw`\{(?:${pair}(?:,${pair})*)?\}`
const count = `${text}:${number}`
const counts = String.raw`\{(?:${count}(?:,${count})*)?\}`
const texts = String.raw`\[(?:${text}(?:,${text})*)?\]`
const capturedText = `"(${characters})"`
const capturedNumber = `(${number})`

const field = (key: string, value: string) => `"${key}":${value},`
const optional = (key: string, value: string) => `(?:${field(key, value)})?`

/** Each key once, and at its place: of a key that comes again, JSON.parse has the last value. */
function lineOf(event: (PassEvent | ActionEndedEvent)['event'], fields: readonly string[]): RegExp {
  const all = [
    field('level', text),
    optional('message', text),
    field('timestamp', `"(${moment})"`),
    optional('service', text),
    optional('sampling_rate', number),
    optional('xray_trace_id', text),
    field('journal', String(JOURNAL_VERSION)),
    field('event', `"${event}"`),
    field('instanceId', capturedText),
    field('groupName', capturedText),
    optional('token', capturedText),
    optional('startedAt', capturedNumber),
    ...fields,
  ].join('')
  // Windows ends a line with one more character, which JSON takes for a space.
  return new RegExp(String.raw`^\{${all.slice(0, -1)}\}\r?$`)
}

const PASS = lineOf('pass', [
  field('trigger', text),
  field('saw', flat),
  field('decided', capturedText),
  field('reason', capturedText),
  field('did', text),
  field('overdue', flag),
  field('over', flag),
  optional('lookAgainSeconds', number),
  field('durationMs', capturedNumber),
  field('calls', `(${counts})`),
])

const END = lineOf('action-ended', [
  field('outcome', capturedText),
  field('reason', text),
  field('by', capturedText),
  ...['heldMs', 'flushMs', 'attempts', 'files', 'bytes'].map((key) => field(key, number)),
  field('unproven', texts),
  field('notes', texts),
])

/** `undefined`: it is no line of the journal. Throws NewerJournal and DamagedLine. */
export function toldIn(line: string): Told | undefined {
  const told = matched(line)
  if (told && Number.isFinite(told.at)) return told
  const own = withoutPrefix(line)
  if (own !== line) return toldIn(own)
  const parsed = parseJournalLine(line)
  if (!parsed) return refuseCut(line)
  refuseDamaged(parsed.event, line)
  return toldBy(parsed)
}

/** CloudWatch Logs writes the moment before each line that it exports, and `aws logs tail` the stream's name, too. */
const PREFIX = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?(?: \S+)? (?=\{")/

function withoutPrefix(line: string): string {
  return line.startsWith('{') ? line : line.replace(PREFIX, '')
}

function matched(line: string): ToldPass | ToldEnd | undefined {
  const pass = PASS.exec(line)
  if (pass) return new PassInLine(pass)
  const end = END.exec(line)
  return end ? new EndInLine(end) : undefined
}

/**
 * Made by constructors: of what is kept for two days of a journal, V8 takes a literal for one whose objects live for ever, and makes more
 * of them where only its great rounds look. There the dead keep what is alive, and reading takes a third longer.
 */
class NamedInLine {
  readonly at: number
  readonly instanceId: string
  readonly groupName: string
  readonly token: string | undefined
  readonly beginning: number | undefined

  constructor([, writtenAt, instanceId, groupName, token, startedAt]: RegExpExecArray) {
    this.at = momentIn(writtenAt ?? '')
    this.instanceId = instanceId ?? ''
    this.groupName = groupName ?? ''
    this.token = token
    this.beginning = startedAt === undefined ? undefined : Number(startedAt)
  }
}

class PassInLine extends NamedInLine implements ToldPass {
  readonly is = 'pass'
  readonly decided: PassEvent['decided']
  readonly reason: string
  readonly durationMs: number
  readonly cost: Cost

  constructor(found: RegExpExecArray) {
    super(found)
    const [, , , , , , decided, reason, durationMs, calls] = found
    this.decided = decided as PassEvent['decided']
    this.reason = reason ?? ''
    this.durationMs = Number(durationMs)
    this.cost = costIn(calls ?? '')
  }
}

class EndInLine extends NamedInLine implements ToldEnd {
  readonly is = 'end'
  readonly outcome: Outcome
  readonly by: ActionEndedEvent['by']
  readonly #line: string

  constructor(found: RegExpExecArray) {
    super(found)
    const [, , , , , , outcome, by] = found
    this.outcome = outcome as Outcome
    this.by = by as ActionEndedEvent['by']
    this.#line = found.input
  }

  event(): ActionEndedEvent {
    return JSON.parse(this.#line)
  }
}

let hour = ' '
let hourAt = 0

/** Many lines are of the same hour, and `Date.parse` is most of what a line costs otherwise. */
function momentIn(text: string): number {
  if (!text.startsWith(hour)) {
    hour = text.slice(0, 14)
    hourAt = Date.parse(`${hour}00:00.000Z`)
  }
  const digits = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
  return hourAt + digits(14) * 60_000 + digits(17) * 1000 + (text.charCodeAt(20) - 48) * 100 + digits(21)
}

const MOST_COSTS = 1000
const costs = new Map<string, Cost>()

/** The same calls are made again and again. */
function costIn(calls: string): Cost {
  const known = costs.get(calls)
  if (known) return known
  const made = JSON.parse(calls)
  const cost = costOf(made)
  // A text of its own: that of the line would keep all of the journal that was read with it.
  const text = JSON.stringify(made)
  if (costs.size >= MOST_COSTS) costs.clear()
  if (text === calls) costs.set(text, cost)
  return cost
}
