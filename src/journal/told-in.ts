/**
 * What is told in a line of the journal. Nearly all are passes and ends as the functions' logger writes them, and to parse each of them
 * would be most of what reading a long journal takes. So these are matched by patterns that are so much narrower than JSON that whatever
 * matches is valid, and what is captured is what JSON.parse would find. Every other line is parsed. Pure.
 */
import type { Outcome } from '../model.ts'
import { type ActionEndedEvent, JOURNAL_VERSION, type PassEvent } from './journal.ts'
import { parseJournalLine } from './journal-line.ts'
import { type Cost, costOf, type Told, type ToldEnd, type ToldPass, toldBy } from './told.ts'

/** Without escapes, so that its characters are what it means. */
const characters = String.raw`[^"\\\x00-\x1f]*`
const text = `"${characters}"`
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`
const flag = '(?:true|false)'
const pair = `${text}:(?:${text}|${number}|${flag}|null)`
const flat = String.raw`\{(?:${pair}(?:,${pair})*)?\}`
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
    field('timestamp', capturedText),
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
  return new RegExp(String.raw`^\{${all.slice(0, -1)}\}$`)
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
  field('calls', `(${flat})`),
])

const END = lineOf('action-ended', [
  field('outcome', capturedText),
  field('reason', text),
  field('by', capturedText),
  ...['heldMs', 'flushMs', 'attempts', 'files', 'bytes'].map((key) => field(key, number)),
  field('unproven', texts),
  field('notes', texts),
])

/** `undefined`: it is no line of the journal. */
export function toldIn(line: string): Told | undefined {
  const told = passIn(line) ?? endIn(line)
  if (told && Number.isFinite(told.at)) return told
  const parsed = parseJournalLine(line)
  return parsed && toldBy(parsed)
}

function passIn(line: string): ToldPass | undefined {
  const found = PASS.exec(line)
  if (!found) return undefined
  const [, writtenAt, instanceId, groupName, token, startedAt, decided, reason, durationMs, calls] = found
  return {
    is: 'pass',
    at: Date.parse(writtenAt ?? ''),
    instanceId: instanceId ?? '',
    groupName: groupName ?? '',
    token,
    beginning: startedAt === undefined ? undefined : Number(startedAt),
    decided: decided as PassEvent['decided'],
    reason: reason ?? '',
    durationMs: Number(durationMs),
    cost: costIn(calls ?? ''),
  }
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

function endIn(line: string): ToldEnd | undefined {
  const found = END.exec(line)
  if (!found) return undefined
  const [, writtenAt, instanceId, groupName, token, startedAt, outcome, by] = found
  return {
    is: 'end',
    at: Date.parse(writtenAt ?? ''),
    instanceId: instanceId ?? '',
    groupName: groupName ?? '',
    token,
    beginning: startedAt === undefined ? undefined : Number(startedAt),
    outcome: outcome as Outcome,
    by: by as ActionEndedEvent['by'],
    event: () => JSON.parse(line),
  }
}
