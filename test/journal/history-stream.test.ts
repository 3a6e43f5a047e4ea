import { expect, it } from '@jest/globals'
import { histories } from '../../src/journal/history-stream.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import type { JournalLine } from '../../src/journal/journal-line.ts'
import { toldBy } from '../../src/journal/told.ts'

const HOUR = 3600_000
/** A pass of an action every hour, and its end with the next. */
function linesOf(action: number): JournalLine[] {
  const at = action * HOUR
  const name = {
    instanceId: `i-${action.toString(16).padStart(17, '0')}`,
    groupName: 'web',
    token: `token-${action}`,
    startedAt: at,
  }
  const pass: JournalEvent = {
    ...{ event: 'pass', ...name, trigger: 'notification', decided: 'continue', reason: 'it is in S3' },
    ...{ did: 'done', overdue: false, over: true, lookAgainSeconds: undefined, durationMs: 5, calls: {} },
    saw: {
      ...{ hold: 'held', lifecycleState: undefined, machine: 'unknown' },
      ...{ flushes: 1, newestFlush: undefined, gaps: 0 },
    },
  }
  const end: JournalEvent = {
    ...{ event: 'action-ended', ...name, outcome: 'archived', reason: 'it is in S3', by: 'completed' },
    ...{ heldMs: 1, flushMs: 1, attempts: 1, files: 1, bytes: 1, unproven: [], notes: [] },
  }
  return [
    { at, event: pass },
    { at: at + HOUR / 2, event: end },
  ]
}

/** The most actions of a journal that are read and not told, and all that are told. */
async function run(actions: number, inOrder: boolean) {
  let read = 0
  let most = 0
  const told: (string | undefined)[] = []
  async function* journal() {
    for (; read < actions; read++) {
      most = Math.max(most, read - told.length)
      yield linesOf(read).map(toldBy)
    }
  }
  for await (const some of histories(journal(), { inOrder }))
    told.push(...some.map(({ token, outcome }) => `${token} ${outcome}`))
  return { most, told }
}

it('a journal in the order of time is told while it is read: no longer one has more in memory', async () => {
  const [year, threeYears] = [await run(8_000, true), await run(24_000, true)]
  expect(threeYears.most).toBe(year.most)
  expect(year.most).toBeLessThan(1000)
  expect(threeYears.told).toEqual(Array.from({ length: 24_000 }, (_, action) => `token-${action} archived`))
})

it('one in any order is told when all of it is known', async () => {
  const { most, told } = await run(3_000, false)
  expect(most).toBe(2_999)
  expect(told).toHaveLength(3_000)
})

it('what is silent for nearly as long as Auto Scaling holds it is told as one', async () => {
  const of = (at: number, action: number) => linesOf(action).map((line) => ({ ...line, at }))
  async function* journal() {
    const [pass, end] = [0, 49 * HOUR].map((at, index) => of(at, 0).slice(index, index + 1))
    yield (pass ?? []).map(toldBy)
    // Others go on, so that it is looked for who is silent; what is about nobody only says how late it is.
    for (let action = 1; action < 49 * 60; action++) {
      yield of(action * 60_000, action).map(toldBy)
      yield [{ is: 'none' as const, at: action * 60_000 }]
    }
    yield (end ?? []).map(toldBy)
  }
  const told = []
  for await (const some of histories(journal(), { inOrder: true })) told.push(...some)
  expect(told.filter(({ token }) => token === 'token-0')).toMatchObject([{ outcome: 'archived' }])
  expect(told).toHaveLength(49 * 60)
})

it('an instance that speaks again is silent since then', async () => {
  const [pass, end] = linesOf(0)
  if (!pass || !end) throw new Error('no lines')
  async function* journal() {
    for (const hours of [0, 40, 80]) {
      yield [toldBy({ ...pass, at: hours * HOUR } as JournalLine)]
      for (let minute = 0; minute < 1024; minute++)
        yield [{ is: 'none' as const, at: hours * HOUR + minute * 60_000 }]
    }
    yield [toldBy({ ...end, at: 100 * HOUR } as JournalLine)]
  }
  const told = []
  for await (const some of histories(journal(), { inOrder: true })) told.push(...some)
  expect(told.map(({ outcome, passes }) => [outcome, passes.length])).toEqual([['archived', 3]])
})
