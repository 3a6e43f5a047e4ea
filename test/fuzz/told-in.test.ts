/** Whatever a line is, what is told in it is what JSON.parse would find: in lines of any content, and in lines that are damaged. */
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { refuseCut, refuseDamaged } from '../../src/journal/damaged-line.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'
import { type Told, toldBy } from '../../src/journal/told.ts'
import { toldIn } from '../../src/journal/told-in.ts'

const parsed = (line: string) => {
  const one = parseJournalLine(line)
  if (!one) return refuseCut(line)
  refuseDamaged(one.event, line)
  return toldBy(one)
}
/** A line that is cut, or lacks what all have, is refused in the same words, this way and that. */
function answer(tell: (line: string) => Told | undefined, line: string): unknown {
  try {
    const told = tell(line)
    return told?.is === 'end' ? { ...told, event: told.event() } : told && { ...told }
  } catch (error) {
    return String(error)
  }
}
const isSame = (line: string) => isDeepStrictEqual(answer(toldIn, line), answer(parsed, line))

const any = fc.jsonValue({ maxDepth: 1 })
const text = fc.oneof(
  { arbitrary: fc.string({ maxLength: 12 }), weight: 4 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 6 }), weight: 1 },
  { arbitrary: fc.constantFrom('', 'archived', 'completed', '\\', '"', '\u2028', '\ud800'), weight: 1 },
)
const number = fc.oneof(fc.nat(), fc.integer(), fc.double())
const timestamp = fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
/** As it should be, nearly always. */
const nearly = <One>(value: fc.Arbitrary<One>) =>
  fc.oneof({ arbitrary: value, weight: 40 }, { arbitrary: any, weight: 1 })
const name = { instanceId: nearly(text), groupName: nearly(text), token: text, startedAt: nearly(number) }
const logger = {
  ...{ level: nearly(text), message: text, timestamp: nearly(timestamp), service: text },
  ...{ sampling_rate: number, xray_trace_id: text, journal: nearly(fc.constant(1)) },
}
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null))
const calls = fc.dictionary(fc.oneof(fc.constant('recordLifecycleActionHeartbeat'), text), number)
const pass = {
  ...{ ...logger, event: nearly(fc.constant('pass')), ...name, trigger: nearly(text) },
  ...{ saw: nearly(fc.dictionary(text, scalar)), decided: nearly(text), reason: nearly(text) },
  ...{ did: nearly(text), overdue: nearly(fc.boolean()), over: nearly(fc.boolean()) },
  ...{ lookAgainSeconds: number, durationMs: nearly(number), calls: nearly(calls) },
}
const end = {
  ...{ ...logger, event: nearly(fc.constant('action-ended')), ...name, outcome: nearly(text) },
  ...{ reason: nearly(text), by: nearly(text), heldMs: nearly(number), flushMs: nearly(number) },
  ...{ attempts: nearly(number), files: nearly(number), bytes: nearly(number) },
  ...{ unproven: nearly(fc.array(text)), notes: nearly(fc.array(text)) },
}
const optional = [
  'message',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'token',
  'startedAt',
  'lookAgainSeconds',
]
const required = <Model extends object>(model: Model) =>
  Object.keys(model).filter((key) => !optional.includes(key)) as (keyof Model)[]
const line = fc
  .oneof(fc.record(pass, { requiredKeys: required(pass) }), fc.record(end, { requiredKeys: required(end) }))
  .map((object) => JSON.stringify(object))

it('of lines with any content', () => {
  fc.assert(fc.property(line, isSame), { numRuns: 5_000 })
})

const written = {
  ...{ level: 'INFO', message: 'm', timestamp: '2026-01-02T03:04:05.678Z', service: 's', sampling_rate: 0.5 },
  ...{ xray_trace_id: 'x', journal: 1 },
}
const whose = { instanceId: 'i-1', groupName: 'web', token: 't', startedAt: 1e21 }
const examples = [
  {
    ...{
      ...written,
      event: 'pass',
      ...whose,
      trigger: 't',
      saw: { hold: 'held', gaps: 0, is: true, no: null },
    },
    ...{ decided: 'flush', reason: 'r', did: 'done', overdue: true, over: false, lookAgainSeconds: 20 },
    ...{ durationMs: -0.25, calls: { recordLifecycleActionHeartbeat: 2, sendCommand: 1 } },
  },
  {
    ...{ ...written, event: 'action-ended', ...whose, outcome: 'archived', reason: 'r', by: 'completed' },
    ...{ heldMs: 1, flushMs: 2.5, attempts: 3, files: 4, bytes: 5, unproven: ['a', 'b'], notes: ['c'] },
  },
].map((object) => JSON.stringify(object))
/** What could be taken for something else: half of a token, another value, a key that comes twice. */
const put = [
  ...['', '"', '\\', '\\u0022', '{', '}', '[', ']', ',', ':', ' ', '\t', '\r', '\n', '\u0000', '\u007f', 'é'],
  ...['0', '1', '-', '+', '.', 'e', 'E1', 'null', 'true', '{}', '[]', '""', '}{', '"x":1,', ',"x":"y"'],
  ...['"reason":"twice",', '"timestamp":"2027-01-02T03:04:05.678Z",', '"journal":2,', '"calls":{},'],
]

it.each(examples)('wherever a line is damaged, and by whatever: %#', (whole) => {
  expect(isSame(whole)).toBe(true)
  const places = Array.from({ length: whole.length + 1 }, (_, place) => place)
  const damaged = places.flatMap((place) =>
    put.flatMap((text) =>
      [0, 1, 2].map((instead) => whole.slice(0, place) + text + whole.slice(place + instead)),
    ),
  )
  expect(damaged.filter((one) => !isSame(one))).toEqual([])
})
