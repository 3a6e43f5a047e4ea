/** Each alarm on recorded series: it rings for what it claims, also where a point is late, and for nothing else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { alarmResources } from '../../deploy/alarms.ts'
import { functionNames } from '../../deploy/environment.ts'
import { readSettings } from '../../deploy/settings.ts'
import { RUNGS } from '../../src/rungs.ts'
import { type AlarmProperties, type Point, type Transition, transitions } from './cloudwatch.ts'
import { defaults } from './defaults.ts'

const MINUTE = 60
const HOUR = 3600
const FROM = 6 * HOUR
const UNTIL = FROM + 12 * HOUR
/** By how much a point is late where one is: the sweep's own pace, twice. */
const LATE = 10 * MINUTE

const alarms = alarmResources(
  readSettings('termination-guard-prod', {
    ...{ ...defaults, groups: 'web', heldAlarm: 3600, patience: 7200 },
    recover: RUNGS.join(','),
  }),
) as Record<string, { readonly Properties: AlarmProperties & { readonly OKActions?: unknown } }>

/** One point at each of these minutes after `FROM`. */
const at = (minutes: readonly number[], value = 1, lateSeconds = 60): Point[] =>
  minutes.map((minute) => ({
    at: FROM + minute * MINUTE,
    value,
    arrivesAt: FROM + minute * MINUTE + lateSeconds,
  }))
const every = (minutes: number, { from = 0, to = 12 * 60 } = {}) =>
  Array.from({ length: Math.ceil((to - from) / minutes) }, (_, index) => from + index * minutes)

/** Whatever it is that CloudWatch looks at beyond the evaluation periods, the alarm must do the same. */
function of(id: string, points: readonly Point[]): Transition[] {
  const properties = alarms[`${id}Alarm`]?.Properties
  if (!properties) throw new Error(`there is no alarm ${id}`)
  const [one, other] = [0, 3].map((extraPeriods) =>
    transitions(properties, points, { from: FROM, until: UNTIL, extraPeriods }),
  )
  const rings = (found: readonly Transition[] = []) => found.some(({ to }) => to === 'ALARM')
  expect(rings(other)).toBe(rings(one))
  return one ?? []
}
const rings = (found: readonly Transition[]) => found.filter(({ to }) => to === 'ALARM').length
const quiet = every(5).map(
  (minute): Point => ({ at: FROM + minute * MINUTE, value: 0, arrivesAt: FROM + minute * MINUTE + 60 }),
)
const gauge = (values: (minute: number) => number | undefined): Point[] =>
  every(5).flatMap((minute) => {
    const value = values(minute)
    return value === undefined ? [] : at([minute], value)
  })

const functionAlarms = functionNames.flatMap((name) =>
  ['Errors', 'Throttles'].map((metric) => `${name.charAt(0).toUpperCase()}${name.slice(1)}${metric}`),
)
/** One thing that happens once. */
const events = ['NotArchived', 'Overdue', 'AuditFindings', 'ReceiptFailed', ...functionAlarms]
/** What the sweep (or SQS) tells every five minutes. */
const states = ['Retained', 'DeadLetters', 'NotEnrolled', 'OldestAction']
/** Passes that leave without a decision: one is nothing, who is left undecided for long comes again and again. */
const undecided = ['PassesFail', 'PassesDeferred']
/** That somebody still looks. */
const pulses = [
  ['NothingAudited', 60],
  ['NothingEnrolled', 5],
] as const
const beyond = (id: string) => (id === 'OldestAction' ? 3601 : 1)

it('every alarm is of one of these kinds', () => {
  const known = ['OldCopy', ...events, ...states, ...pulses.map(([id]) => id), ...undecided].map(
    (id) => `${id}Alarm`,
  )
  expect(Object.keys(alarms).sort()).toEqual(known.sort())
})

describe.each(events)('%s', (id) => {
  it('rings once for one event, soon', () => {
    const found = of(id, at([100]))
    expect(rings(found)).toBe(1)
    expect(found.find(({ to }) => to === 'ALARM')?.at).toBeLessThanOrEqual(
      FROM + (id === 'AuditFindings' ? 121 : 106) * MINUTE,
    )
  })
  it('rings for an event whose point is late', () => {
    expect(rings(of(id, at([100], 1, LATE)))).toBe(1)
    expect(rings(of(id, [...quiet, ...at([100], 1, LATE)]))).toBe(1)
  })
  it('does not ring without an event, with or without data', () => {
    expect([rings(of(id, [])), rings(of(id, quiet))]).toEqual([0, 0])
  })
  it('rings again for an event two hours later, or has not stopped', () => {
    const last = of(id, at([100, 225])).findLast(({ to, at }) => to === 'ALARM' && at > 0)
    const stopped = of(id, at([100, 225])).find(({ to, at }) => to === 'OK' && at > (last?.at ?? 0))
    expect(last === undefined || (stopped?.at ?? Number.POSITIVE_INFINITY) > FROM + 225 * MINUTE).toBe(true)
  })
})

describe('a loss', () => {
  it('rings on while five, or thirty, minutes are quiet', () => {
    const found = of('NotArchived', at([100]))
    const [ring, resolved] = [found.find(({ to }) => to === 'ALARM'), found.findLast(({ to }) => to === 'OK')]
    expect((resolved?.at ?? 0) - (ring?.at ?? 0)).toBeGreaterThanOrEqual(30 * MINUTE)
  })
  it.each(['NotArchived', 'ReceiptFailed'])(
    'is never told as resolved: no quiet hour brings back logs, or evidence (%s)',
    (id) => {
      expect(alarms[`${id}Alarm`]?.Properties.OKActions).toBeUndefined()
    },
  )
})

describe.each(states)('%s', (id) => {
  it('rings while it is so and is resolved when it is not', () => {
    const found = of(
      id,
      gauge((minute) => (minute >= 100 && minute < 300 ? beyond(id) : 0)),
    )
    expect(found.map(({ to }) => to)).toEqual(['OK', 'ALARM', 'OK'])
    expect(found[2]?.at).toBeGreaterThanOrEqual(FROM + 300 * MINUTE)
    expect(found[2]?.at).toBeLessThanOrEqual(FROM + 325 * MINUTE)
  })
  it('rings where the points are late', () => {
    expect(rings(of(id, [...quiet, ...at([100], beyond(id), LATE)]))).toBe(1)
  })
  it('does not ring while it is not so', () => {
    expect([rings(of(id, [])), rings(of(id, quiet))]).toEqual([0, 0])
  })
  it('is not resolved because nobody looks any more', () => {
    const found = of(
      id,
      gauge((minute) => (minute < 100 ? 0 : minute < 200 ? beyond(id) : undefined)),
    )
    expect(found.at(-1)?.to).toBe('ALARM')
  })
})

it('a termination that is held for as long as allowed does not ring', () => {
  expect(
    rings(
      of(
        'OldestAction',
        gauge(() => 3600),
      ),
    ),
  ).toBe(0)
})

describe('a copy of a disk', () => {
  const old = gauge((minute) => (minute >= 100 && minute < 300 ? 3 * HOUR + 1 : undefined))
  it('rings once it is older than patience and an hour, and not before', () => {
    expect(rings(of('OldCopy', old))).toBe(1)
    expect(
      rings(
        of(
          'OldCopy',
          gauge(() => 3 * HOUR),
        ),
      ),
    ).toBe(0)
  })
  it('is resolved when none is left, of which no sweep tells', () => {
    expect(of('OldCopy', old).at(-1)?.to).toBe('OK')
  })
  it('has no alarm where no disk is copied', () => {
    const settings = readSettings('termination-guard-prod', {
      ...defaults,
      groups: 'web',
      recover: 'retry,reboot',
    })
    expect(Object.keys(alarmResources(settings))).not.toContain('OldCopyAlarm')
  })
})

describe.each(pulses)('%s', (id, minutes) => {
  const before = every(minutes, { from: -5 * 60, to: 0 })
  it('rings when it ends, within hours, and also where it never began', () => {
    const found = of(id, at([...before, ...every(minutes, { to: 120 })]))
    expect(found.map(({ to }) => to)).toEqual(['OK', 'ALARM'])
    expect(found[1]?.at).toBeLessThanOrEqual(FROM + 120 * MINUTE + 4 * HOUR)
    expect(of(id, []).map(({ to }) => to)).toEqual(['ALARM'])
  })
  it('does not ring while it beats, also where each beat is late', () => {
    expect(rings(of(id, at([...before, ...every(minutes)])))).toBe(0)
    expect(rings(of(id, at([...before, ...every(minutes)], 1, LATE)))).toBe(0)
  })
  it('does not ring for one beat that is left out', () => {
    const beats = every(minutes).filter((_, index) => index !== 20)
    expect(rings(of(id, at([...before, ...beats])))).toBe(0)
  })
})

it('an audit that finds no instance to look at is an audit', () => {
  expect(rings(of('NothingAudited', at([...every(60, { from: -300, to: 0 }), ...every(60)], 0)))).toBe(0)
})
it('a sweep that finds no group to guard rings', () => {
  expect(
    rings(
      of(
        'NothingEnrolled',
        gauge(() => 0),
      ),
    ),
  ).toBe(1)
})

describe.each(undecided)('%s', (id) => {
  it.each([1, 5, 15])('rings where a pass leaves without a decision every %i minutes', (minutes) => {
    expect(rings(of(id, at(every(minutes, { from: 100, to: 200 }))))).toBeGreaterThanOrEqual(1)
    expect(rings(of(id, at(every(minutes, { from: 100, to: 200 }), 1, LATE)))).toBeGreaterThanOrEqual(1)
  })
  it('does not ring for one that did once', () => {
    expect(rings(of(id, at([100])))).toBe(0)
  })
})

it('every metric that an alarm of ours looks at is counted of some event of the journal', () => {
  const source = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'journal', 'metrics.ts'), 'utf8')
  for (const { Properties } of Object.values(alarms)) {
    const { Namespace, MetricName } = Properties as unknown as Record<string, string>
    if (Namespace === 'TerminationGuard') expect(source).toContain(`'${MetricName}'`)
  }
})
