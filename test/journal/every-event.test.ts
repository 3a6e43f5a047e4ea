/** The closed list of events: what each is counted as, since alarms ring for what is counted, and whom it must wake. */
import { expect, it } from '@jest/globals'
import { isLoud, type JournalEvent } from '../../src/journal/journal.ts'
import { metricsOf } from '../../src/journal/metrics.ts'
import { logged } from './logged.ts'

type Name = JournalEvent['event']
type Of<One extends Name> = Extract<JournalEvent, { event: One }>
/** Some fields of the event, what is counted of it, and whether it is loud. */
type Row<One extends Name> = readonly [Partial<Of<One>>, Record<string, number>, 'loud' | 'quiet']

const failed = { error: 'Throttling', errorMessage: 'Rate exceeded' }
const end = { by: 'completed', heldMs: 7, flushMs: 5, bytes: 3 } as const
const held = { ActionHeld: 7, FlushDuration: 5 }
const swept = { held: 2, adopted: 3, failed: 0, retained: [], deadLetters: 0, oldestHeldSeconds: 9 }
const counts = { ActionsHeld: 2, ActionsAdopted: 3, InstancesRetained: 0, OldestActionHeld: 9 }
const groups = { trigger: 'sweep', guarded: ['a', 'b'], refused: [], differs: [] } as const

const rows: { readonly [One in Name]: readonly Row<One>[] } = {
  pass: [
    [{ overdue: false }, {}, 'quiet'],
    [{ overdue: true }, { ActionOverdue: 1 }, 'loud'],
  ],
  'action-ended': [
    [{ ...end, outcome: 'archived' }, { ActionArchived: 1, ArchivedBytes: 3, ...held }, 'quiet'],
    [{ ...end, outcome: 'lost' }, { ActionNotArchived: 1, ArchivedBytes: 0, ...held }, 'loud'],
  ],
  'pass-failed': [[failed, { PassFailed: 1 }, 'loud']],
  'group-failed': [[failed, { PassFailed: 1 }, 'loud']],
  'recovery-failed': [[failed, { PassFailed: 1 }, 'loud']],
  'disks-failed': [[failed, { PassFailed: 1 }, 'loud']],
  'receipt-failed': [[failed, { ReceiptFailed: 1 }, 'loud']],
  'message-refused': [[{}, { MessageRefused: 1 }, 'loud']],
  'message-ignored': [[{}, {}, 'quiet']],
  'passes-deferred': [[{ messages: 4 }, { PassesDeferred: 4 }, 'quiet']],
  sweep: [
    [swept, { ...counts, DeadLetters: 0 }, 'quiet'],
    [{ ...swept, deadLetters: 6 }, { ...counts, DeadLetters: 6 }, 'loud'],
    [{ ...swept, deadLetters: undefined }, counts, 'quiet'],
    [{ ...swept, retained: ['i-1', 'i-2'] }, { ...counts, DeadLetters: 0, InstancesRetained: 2 }, 'loud'],
  ],
  recovery: [[{}, { Recoveries: 1 }, 'quiet']],
  copies: [
    [{ copies: 2, oldestSeconds: 8, deleted: ['vol-1'], failed: [] }, { OldestCopy: 8 }, 'quiet'],
    [{ copies: 2, oldestSeconds: 8, deleted: [], failed: ['vol-1'] }, { OldestCopy: 8 }, 'loud'],
  ],
  salvage: [[{}, {}, 'quiet']],
  enrolment: [
    [groups, { GroupsEnrolled: 2, GroupsNotEnrolled: 0 }, 'quiet'],
    [{ ...groups, trigger: 'launch' }, {}, 'quiet'],
    [
      { ...groups, refused: [{ groupName: 'c', why: 'no' }] },
      { GroupsEnrolled: 2, GroupsNotEnrolled: 1 },
      'loud',
    ],
    [
      { ...groups, differs: [{ groupName: 'a', what: 'retention is off' }] },
      { GroupsEnrolled: 2, GroupsNotEnrolled: 0 },
      'loud',
    ],
  ],
  audited: [
    ...(['archived', 'unproven', 'failed', 'unreachable'] as const).map(
      (finding): Row<'audited'> => [{ finding }, { AuditFindings: 1 }, 'loud'],
    ),
    ...(['silent', 'flushing', 'idle'] as const).map((finding): Row<'audited'> => [{ finding }, {}, 'quiet']),
  ],
  'audit-failed': [[failed, { AuditFindings: 1 }, 'loud']],
  audit: [
    // That it came to its end is what counts: the alarm looks whether there is a point.
    [{ instances: 0, findings: 0, failed: 1, deferred: 0 }, { InstancesAudited: 0 }, 'quiet'],
    [{ instances: 5, findings: 1, failed: 0, deferred: 2 }, { InstancesAudited: 5 }, 'loud'],
  ],
}

const all = Object.entries(rows).flatMap(([event, some]) =>
  some.map(([fields, counted, how]) => ({ event: { event, ...fields } as JournalEvent, counted, how })),
)

it.each(all)('$event is counted as $counted, and $how', ({ event, counted, how }) => {
  expect(Object.fromEntries(metricsOf(event).map(({ name, value }) => [name, value]))).toEqual(counted)
  expect(isLoud(event) ? 'loud' : 'quiet').toBe(how)
})

it.each(all)(
  '$event is logged as loudly, and at once with what is counted of it: $counted',
  ({ event, counted, how }) => {
    const lines = logged([event]).map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({ event: event.event, level: how === 'loud' ? 'WARN' : 'INFO' })
    const told = lines.slice(1).map((line) => Object.keys(counted).map((name) => [name, line[name]]))
    const expected = Object.entries(counted)
    expect(told).toEqual(expected.length > 0 ? [expected] : [])
  },
)
