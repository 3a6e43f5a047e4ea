/** What is counted of each event, since alarms ring for what is counted; and whom it must wake. */
import { describe, expect, it } from '@jest/globals'
import { type ActionEndedEvent, isLoud, type JournalEvent } from '../../src/journal/journal.ts'
import { metricsOf } from '../../src/journal/metrics.ts'
import type { Outcome } from '../../src/model.ts'
import { endEvent } from '../../src/termination/tell.ts'
import { action, flush, incomplete, manifest, seen } from '../termination/observations.ts'

const counted = (event: JournalEvent) =>
  Object.fromEntries(metricsOf(event).map(({ name, value }) => [name, value]))
function ended(outcome: Outcome, by: ActionEndedEvent['by']): ActionEndedEvent {
  const decided = { do: 'continue', outcome: 'archived', reason: 'all is there' } as const
  return { ...endEvent(seen({ flushes: [flush()] }), decided), outcome, by }
}
const failure = { error: 'Throttling', errorMessage: 'Rate exceeded' }
const pass = { instanceId: action.instanceId, groupName: action.groupName, token: action.token }

describe.each(['archived', 'empty'] as const)('an end that is %s', (outcome) => {
  it('is counted by the pass that made it, and not once more by who finds it over', () => {
    expect(counted(ended(outcome, 'completed'))).toMatchObject({ ActionArchived: 1 })
    expect(counted(ended(outcome, 'found-over'))).toEqual({})
  })
  it('wakes nobody', () => {
    expect(isLoud(ended(outcome, 'completed'))).toBe(false)
  })
})

describe.each(['retained', 'lost', 'expired'] as const)('an end that is %s', (outcome) => {
  it.each(['completed', 'found-over'] as const)('is counted as %s, and wakes somebody', (by) => {
    expect(counted(ended(outcome, by))).toMatchObject({ ActionNotArchived: 1, ArchivedBytes: 0 })
    expect(isLoud(ended(outcome, by))).toBe(true)
  })
})

it('whatever could not be judged is counted: one action, or a whole group', () => {
  const failed = {
    event: 'pass-failed',
    trigger: 'sweep',
    durationMs: 1,
    calls: {},
    ...pass,
    ...failure,
  } as const
  const group = { event: 'group-failed', groupName: 'web', ...failure } as const
  for (const event of [failed, group]) {
    expect(counted(event)).toEqual({ PassFailed: 1 })
    expect(isLoud(event)).toBe(true)
  }
})

it('a machine that is held beyond patience is counted by each pass, and one that is over is not', () => {
  const event = {
    ...{
      event: 'pass',
      trigger: 'sweep',
      startedAt: 0,
      decided: 'wait',
      reason: '',
      did: 'done',
      durationMs: 1,
    },
    ...{ calls: {}, lookAgainSeconds: 900, saw: {}, ...pass },
  } as unknown as JournalEvent & { event: 'pass' }
  expect(counted({ ...event, overdue: true, over: false })).toEqual({ ActionOverdue: 1 })
  expect(counted({ ...event, overdue: false, over: true })).toEqual({})
})

it.each([
  ['sweep', { GroupsEnrolled: 1, GroupsNotEnrolled: 1 }],
  ['launch', {}],
  ['deployment', {}],
] as const)('only the sweep sees all groups: %s', (trigger, expected) => {
  const refused = [{ groupName: 'api', why: 'no' }]
  const nothing = { enrolled: [], changed: [], differs: [], missing: [] }
  expect(counted({ event: 'enrolment', trigger, guarded: ['web'], refused, ...nothing })).toEqual(expected)
})

it('names come from the instance: a line stays short enough to be read back', () => {
  const path = `/var/log/${'x'.repeat(4000)}`
  const proof = {
    ...incomplete,
    gaps: Array.from({ length: 50 }, () => ({ path, key: 'k', is: 'missing' as const })),
  }
  const report = {
    kind: 'manifest' as const,
    manifest: manifest({ notes: Array(50).fill('n'.repeat(9000)) }),
  }
  const event = endEvent(seen({ flushes: [flush({ report })], proof }), {
    do: 'settle',
    outcome: 'expired',
    reason: '',
  })
  expect(event.unproven).toHaveLength(10)
  expect(JSON.stringify(event).length).toBeLessThan(12_000)
})
