/** A line that was cut or written over is told as that: neither taken for nothing, nor believed as far as it goes. */
import { describe, expect, it } from '@jest/globals'
import { DamagedLine } from '../../src/journal/damaged-line.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { toldIn } from '../../src/journal/told-in.ts'
import { goodEnd } from '../termination/good-end.ts'
import { logged } from './logged.ts'

const name = { instanceId: 'i-0123456789abcdef0', groupName: 'collectors' }
const failure = { error: 'Throttling', errorMessage: 'Rate exceeded' }
const events: readonly JournalEvent[] = [
  ...(await goodEnd(60)).journal.slice(-2),
  {
    ...{ event: 'pass-failed', trigger: 'sweep', instanceId: name.instanceId, token: undefined, ...failure },
    ...{ durationMs: 9, calls: {} },
  },
  { event: 'recovery', rung: 'reboot', ...name, reason: 'its agent is silent' },
  { event: 'recovery-failed', rung: 'reboot', ...name, ...failure },
  { event: 'salvage', ...name, on: 'i-0fedcba9876543210', volumeId: 'vol-0123456789abcdef0', reason: 'ada' },
]
/** What nobody needs, or what an older guard did not tell. */
const DISPENSABLE = ['token', 'startedAt', 'trigger', 'saw', 'did', 'overdue', 'over', 'lookAgainSeconds']

const lineOf = (event: object) =>
  JSON.stringify({ level: 'INFO', timestamp: '2026-01-02T03:04:05.678Z', journal: 1, ...event })

describe.each(events)('a line of $event', ({ event, ...fields }) => {
  const needed = Object.keys(JSON.parse(JSON.stringify(fields))).filter((key) => !DISPENSABLE.includes(key))

  it('is read whole, and without what is not needed', () => {
    expect(toldIn(lineOf({ event, ...fields }))?.is).toMatch(/^(pass|end|deed)$/)
    const bare = Object.fromEntries(Object.entries(fields).filter(([key]) => needed.includes(key)))
    expect(toldIn(lineOf({ event, ...bare }))?.is).toMatch(/^(pass|end|deed)$/)
  })

  it.each(needed)('is refused without its %s, and with another kind of it', (key) => {
    for (const value of [undefined, null, true, [1]])
      expect(() => toldIn(lineOf({ event, ...fields, [key]: value }))).toThrow(
        new RegExp(`^${event}, ${key}\\b.*: \\{"level":"INFO"`),
      )
  })
})

it('is refused wherever it was cut', () => {
  for (const line of logged(events).filter((one) => one.includes('"journal":')))
    for (let length = 2; length < line.length; length++)
      expect(() => toldIn(line.slice(0, length))).toThrow(DamagedLine)
})

it('is refused where its brackets are whole and what is between them is not', () => {
  expect(() => toldIn('{"journal":1,"event":"action-ended" "instanceId":"i-1"}')).toThrow(
    /^it was cut, or is no JSON: /,
  )
})

it('tells how it begins, however long it is', () => {
  const line = lineOf({ event: 'recovery', ...name, reason: 'x'.repeat(10_000) })
  expect(() => toldIn(line)).toThrow(/^recovery, rung: .{1,300}…$/)
})

it.each([
  '',
  'REPORT RequestId: 1',
  '{',
  '{"_aws":{}}',
  '{"time":"2026-01-02T03:04:05Z"}\r',
  '{ "journal": is what it reads',
  '{"journal":0,"timestamp":"2026-01-02T03:04:05Z"}',
])('is no damaged one: %s', (line) => expect(toldIn(line)).toBeUndefined())

it('of an event that is about no termination is not looked into', () => {
  expect(toldIn(lineOf({ event: 'sweep' }))).toMatchObject({ is: 'none' })
})
