/** What the journal gets to know of a pass, as alarms and `history` read it. */
import { expect, it } from '@jest/globals'
import type { ActionEndedEvent, JournalEvent, PassEvent } from '../../src/journal/journal.ts'
import type { Decision, Gap, Proof } from '../../src/model.ts'
import { tell } from '../../src/termination/tell.ts'
import { complete, file, flush, manifest, seen } from './observations.ts'

const cost = { trigger: 'notification', durationMs: 5, calls: {} } as const
const ABANDON: Decision = { do: 'abandon', outcome: 'retained', reason: 'why' }

function told(decision: Decision, changes: Parameters<typeof seen>[0] = {}) {
  const journal: JournalEvent[] = []
  const over = decision.do !== 'wait'
  tell(
    (event) => journal.push(event),
    { seen: seen(changes), decision, did: 'done', over, lookAgainSeconds: undefined },
    cost,
  )
  const [pass, end] = journal as [PassEvent, ActionEndedEvent]
  return { pass, end }
}

const lacking = (gaps: readonly Gap[]): Proof => ({ ...complete, gaps })

it('a machine that is held for a person is overdue, and one that waits for anything else is not', () => {
  const wait = (waitsFor: 'person' | 'patience') =>
    told({ do: 'wait', waitsFor, seconds: 60, reason: 'why' }).pass.overdue
  expect([wait('person'), wait('patience')]).toEqual([true, false])
})

it('an end says how many flushes there were, and how much they named', () => {
  const { end } = told(ABANDON, { flushes: [flush(), flush(), flush()] })
  expect(end).toMatchObject({ attempts: 3, files: 1, bytes: complete.bytes })
})

it('an end names what is not proven, what shares its key with it, and ten of many', () => {
  const shared: Gap = { path: file.path, key: 'k', is: 'shared', sharedWith: '/var/log/twin' }
  expect(told(ABANDON, { proof: lacking([shared]) }).end.unproven).toEqual([
    `${file.path} (shared with /var/log/twin)`,
  ])
  const many = Array.from(
    { length: 30 },
    (_, at): Gap => ({ path: `/var/log/${at}`, key: 'k', is: 'missing' }),
  )
  const { unproven } = told(ABANDON, { proof: lacking(many) }).end
  const open = { live: [{ path: '/a', size: 1 }], unaccounted: [{ path: '/b', size: 1, why: 'cut' }] }
  const report = manifest({ ...open, writers: [{ path: '/c', name: 'rsyslogd' }] })
  const flushes = [flush({ report: { kind: 'manifest', manifest: report } })]
  expect(told(ABANDON, { flushes }).end.unproven).toEqual([
    '/a (live)',
    '/b (unaccounted: cut)',
    '/c (written by rsyslogd)',
  ])
  expect(unproven).toHaveLength(10)
  expect(unproven[0]).toBe('/var/log/0 (missing)')
})
