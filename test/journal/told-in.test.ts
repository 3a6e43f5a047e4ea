/** What is told in a line, and that nearly no line has to be parsed for it. */
import { afterEach, expect, it, jest } from '@jest/globals'
import { historiesOf } from '../../src/journal/history.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'
import type { Told } from '../../src/journal/told.ts'
import { toldBy } from '../../src/journal/told.ts'
import { toldIn } from '../../src/journal/told-in.ts'
import { goodEnd } from '../termination/good-end.ts'
import { logged } from './logged.ts'

afterEach(() => {
  jest.restoreAllMocks()
  delete process.env._X_AMZN_TRACE_ID
})

/** Parsed, and then looked at. */
const parsed = (line: string): Told | undefined => {
  const one = parseJournalLine(line)
  return one && toldBy(one)
}
/** Two tellings are the same where the ends in them are, too. */
const whole = (told: Told | undefined) => (told?.is === 'end' ? { ...told, event: told.event() } : told)

const told: JournalEvent[] = (await goodEnd(60)).journal

it.each([undefined, 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'])(
  'of passes and ends as the functions write them nothing is parsed but calls, and the same calls once, also where Windows wrote the line ends (traced: %s)',
  (trace) => {
    if (trace !== undefined) process.env._X_AMZN_TRACE_ID = trace
    const lines = logged(told).filter((line) => line.includes('"journal":'))
    expect(lines.filter((line) => line.includes('"xray_trace_id":'))).toHaveLength(trace ? lines.length : 0)
    const parse = jest.spyOn(JSON, 'parse')
    const all = lines.map(toldIn)
    const texts = parse.mock.calls.map(([text]) => text)
    lines.map((line) => toldIn(`${line}\r`))
    expect(parse).toHaveBeenCalledTimes(texts.length)
    parse.mockRestore()
    const calls = told.flatMap((one) => (one.event === 'pass' ? JSON.stringify(one.calls) : []))
    expect(texts.filter((text) => !calls.includes(text))).toEqual([])
    expect(all.map((one) => one?.is)).toEqual(['pass', 'pass', 'end', 'pass', 'end'])
    expect(all.map(whole)).toEqual(lines.map((line) => whole(parsed(line))))
  },
)

it.each([
  '2026-01-02T03:04:05.678Z ',
  '2026-01-02T03:04:05 ',
  '2026-01-02T03:04:05.678000+00:00 2026/01/02/[$LATEST]0a1b ',
])('what CloudWatch Logs writes before a line that it exports is passed over (%s)', (prefix) => {
  const lines = logged(told).filter((line) => line.includes('"journal":'))
  expect(lines.map((line) => whole(toldIn(prefix + line)))).toEqual(lines.map((line) => whole(toldIn(line))))
  expect(() => toldIn(prefix + lines[0]?.slice(0, -9))).toThrow(/^it was cut/)
})

it('of several ends only the one that counts is parsed', () => {
  const all = logged(told)
    .flatMap((line) => toldIn(line) ?? [])
    .filter((one) => one.is !== 'none')
  expect(all.filter(({ is }) => is === 'end')).toHaveLength(2)
  const parse = jest.spyOn(JSON, 'parse')
  expect(historiesOf(all)).toMatchObject([{ outcome: 'archived', end: { by: 'completed' } }])
  expect(parse).toHaveBeenCalledTimes(1)
})
