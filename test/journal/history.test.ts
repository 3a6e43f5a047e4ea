import { describe, expect, it } from '@jest/globals'
import { readHistory, standingOf, toldAt } from '../../src/journal/history.ts'
import {
  type ActionEndedEvent,
  JOURNAL_VERSION,
  type JournalEvent,
  type PassEvent,
} from '../../src/journal/journal.ts'
import { type JournalLine, parseJournalLine } from '../../src/journal/journal-line.ts'
import { toldIn } from '../../src/journal/told-in.ts'
import { RUNGS, type Rung } from '../../src/rungs.ts'

const name = { instanceId: 'i-1', groupName: 'collectors', token: 'token-1' }

const pass = (at: number, changes: Partial<PassEvent> = {}): JournalLine => ({
  at,
  event: {
    ...name,
    event: 'pass',
    trigger: 'notification',
    saw: {
      hold: 'held',
      lifecycleState: 'Terminating:Wait',
      machine: 'unknown',
      flushes: 0,
      newestFlush: undefined,
      gaps: undefined,
    },
    decided: 'flush',
    reason: 'no flush yet',
    did: 'done',
    overdue: false,
    over: false,
    lookAgainSeconds: 20,
    durationMs: 100,
    calls: { recordLifecycleActionHeartbeat: 1, sendCommand: 1 },
    ...changes,
  },
})

const end = (at: number, changes: Partial<ActionEndedEvent> = {}): JournalLine => ({
  at,
  event: {
    ...name,
    event: 'action-ended',
    outcome: 'archived',
    reason: 'proven',
    by: 'completed',
    heldMs: 5_000,
    flushMs: 2_000,
    attempts: 1,
    files: 2,
    bytes: 10,
    unproven: [],
    notes: [],
    ...changes,
  },
})

const failure = (at: number, token: string | undefined): JournalLine => ({
  at,
  event: {
    event: 'pass-failed',
    trigger: 'notification',
    instanceId: 'i-1',
    token,
    error: 'ThrottlingException',
    errorMessage: 'Rate exceeded',
    durationMs: 7,
    calls: { listCommandInvocations: 2 },
  },
})

describe('the history of an action', () => {
  it('adds its passes up, with those that broke off, and counts heartbeats apart', () => {
    const [history] = readHistory([pass(1), failure(2, 'token-1'), pass(3, { decided: 'continue' }), end(3)])
    expect(history).toMatchObject({
      ...name,
      outcome: 'archived',
      lambdaMs: 207,
      awsCalls: 4,
      heartbeats: 2,
      passes: [
        { at: 1, decided: 'flush' },
        { at: 2, decided: 'failed', reason: 'ThrottlingException: Rate exceeded' },
        { at: 3, decided: 'continue' },
      ],
    })
  })

  it('believes the pass that ended the action over one that found it over, in whatever order they are read', () => {
    const foundOver = end(2, { by: 'found-over', outcome: 'expired' })
    for (const lines of [
      [end(1), foundOver],
      [foundOver, end(3)],
    ]) {
      expect(readHistory(lines)).toMatchObject([{ outcome: 'archived' }])
    }
  })

  it('has no outcome before the action has ended', () => {
    expect(readHistory([pass(1)])).toMatchObject([{ outcome: undefined, end: undefined }])
  })

  it('reads lines that arrive in any order', () => {
    const [history] = readHistory([pass(3, { decided: 'continue' }), pass(1), pass(2, { decided: 'wait' })])
    expect(history?.passes.map(({ decided }) => decided)).toEqual(['flush', 'wait', 'continue'])
  })

  it('keeps two actions of one instance apart', () => {
    const histories = readHistory([pass(1), pass(2, { token: 'token-2' }), failure(3, undefined)])
    expect(histories.map(({ token }) => token)).toEqual(['token-1', 'token-2', undefined])
  })

  it('takes a line without a token for the only action of its instance', () => {
    const histories = readHistory([pass(1), failure(2, undefined), pass(3, { token: undefined })])
    expect(histories).toHaveLength(1)
    expect(histories[0]?.passes).toHaveLength(3)
  })

  it('knows an action that the sweep adopted by its instance', () => {
    const lines = [pass(1, { token: undefined }), end(2, { token: undefined })]
    expect(readHistory(lines)).toMatchObject([{ instanceId: 'i-1', token: undefined, outcome: 'archived' }])
  })

  it('gives a line without a token to the action that began with it, however often the instance passed the hook', () => {
    const minute = 60_000
    const adopted = { token: undefined, startedAt: 20 * minute }
    const accepted = { token: undefined, startedAt: 40 * minute, reason: 'accepted the loss' }
    const histories = readHistory([
      pass(1 * minute, { startedAt: 0 }),
      end(10 * minute, { startedAt: 0, outcome: 'retained' }),
      pass(22 * minute, { token: 'token-2', startedAt: 21 * minute }),
      end(30 * minute, { ...adopted, outcome: 'retained' }),
      end(41 * minute, { token: 'token-2', startedAt: 21 * minute, by: 'found-over', outcome: 'expired' }),
      pass(41 * minute, { token: 'token-3', startedAt: 40 * minute + 1 }),
      end(42 * minute, { ...accepted, outcome: 'lost' }),
    ])
    expect(histories.map(({ token, outcome }) => [token, outcome])).toEqual([
      ['token-1', 'retained'],
      ['token-2', 'retained'],
      ['token-3', 'lost'],
    ])
    expect(histories[2]?.end?.reason).toBe('accepted the loss')
  })

  it('does not give an adopted action to one that began after it was told', () => {
    const histories = readHistory([
      end(60_000, { token: undefined, startedAt: 0, outcome: 'retained' }),
      pass(200_000, { token: 'token-2', startedAt: 190_000 }),
    ])
    expect(histories.map(({ token, outcome }) => [token, outcome])).toEqual([
      [undefined, 'retained'],
      ['token-2', undefined],
    ])
  })

  it('of several ends tells the newest proof; else that of the pass that made it; else the first, which was nearest', () => {
    const told = (at: number, changes: Partial<ActionEndedEvent>) =>
      end(at, { reason: `at ${at}`, ...changes })
    const over = { by: 'found-over' } as const
    const of = (...ends: JournalLine[]) => readHistory(ends).map((one) => [one.outcome, one.end?.reason])
    const kept = told(10, { outcome: 'retained' })
    expect(of(kept, told(20, over))).toEqual([['archived', 'at 20']])
    expect(of(told(5, { ...over, outcome: 'expired' }), kept)).toEqual([['retained', 'at 10']])
    const [first, second] = [5, 6].map((at) => told(at, { ...over, outcome: at === 5 ? 'lost' : 'expired' }))
    expect(of(...(first && second ? [first, second] : []))).toEqual([['lost', 'at 5']])
  })

  it('is of the oldest of the actions that an adopted line may speak of', () => {
    const at = (seconds: number) => seconds * 1000
    const histories = readHistory([
      pass(at(12), { token: 'token-2', startedAt: at(11) }),
      pass(at(14), { token: 'token-3', startedAt: at(13) }),
      end(at(20), { token: undefined, startedAt: at(10), outcome: 'retained' }),
    ])
    expect(histories.map(({ token, outcome }) => [token, outcome])).toEqual([
      ['token-2', 'retained'],
      ['token-3', undefined],
    ])
  })

  it.each([
    ['a hook’s notification that is dated before its activity, by clocks', 96, 200, 'token-2'],
    ['one that is dated long before', 94, 200, undefined],
    ['an action that began as the line was told, by clocks', 204, 200, 'token-2'],
    ['one that began later', 206, 200, undefined],
  ])('allows five seconds between clocks: %s', (_, began, told, token) => {
    const histories = readHistory([
      pass(210_000, { token: 'token-2', startedAt: began * 1000 }),
      pass(220_000, { token: 'token-9', startedAt: 220_000 }),
      end(told * 1000, { token: undefined, startedAt: 100_000, outcome: 'retained' }),
    ])
    expect(histories.find(({ outcome }) => outcome === 'retained')?.token).toBe(token)
  })

  it('dates an action by the earliest that any line tells of it', () => {
    const histories = readHistory([
      pass(100_000, { token: 'token-2', startedAt: 10_000 }),
      pass(200_000, { token: 'token-2' }),
      pass(300_000, { token: 'token-3', startedAt: 290_000 }),
      end(50_000, { token: undefined, startedAt: 11_000, outcome: 'retained' }),
    ])
    expect(histories.find(({ outcome }) => outcome === 'retained')?.token).toBe('token-2')
  })

  it('keeps apart what was adopted when it began at different times', () => {
    const adopted = (at: number, startedAt: number) =>
      end(at, { token: undefined, startedAt, outcome: 'lost' })
    expect(readHistory([adopted(100_000, 1000), adopted(300_000, 200_000)])).toHaveLength(2)
    expect(readHistory([adopted(100_000, 1000), adopted(300_000, 1000)])).toHaveLength(1)
  })

  it('has its group from whichever line names it', () => {
    expect(readHistory([failure(1, 'token-1'), pass(2)])).toMatchObject([{ groupName: 'collectors' }])
  })

  it('leaves out what is not about an action', () => {
    expect(
      readHistory([{ at: 1, event: { event: 'message-ignored', messageId: 'm', why: 'a test' } }]),
    ).toEqual([])
  })
})

describe('a line of the log', () => {
  it('of a newer guard is not passed over: nobody is told that nothing was', () => {
    const newer = { timestamp: '2026-01-02T03:04:05.678Z', ...pass(0).event, journal: JOURNAL_VERSION + 1 }
    for (const read of [parseJournalLine, toldIn])
      expect(() => read(JSON.stringify(newer))).toThrow(/of version 2, .* reads 1: take the command of/)
  })

  it('is of the journal when it says so', () => {
    const line = { level: 'INFO', timestamp: '2026-01-02T03:04:05.678Z', journal: 1, ...pass(0).event }
    const parsed = parseJournalLine(JSON.stringify(line))
    expect(parsed?.at).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
    expect(parsed?.event).toMatchObject({ event: 'pass', decided: 'flush' })
  })

  it.each([
    '',
    'REPORT RequestId: 1',
    '{"_aws":{}}',
    'null',
    '{"journal":0,"timestamp":"2026-01-02T03:04:05Z"}',
    '{"journal":1,"event":"pass"}',
    '{"journal":1,"event":"pass","timestamp":"yesterday"}',
  ])('is none of the journal otherwise: %s', (text) => expect(parseJournalLine(text)).toBeUndefined())
})

type Recovery = Extract<JournalEvent, { event: 'recovery' }>
const tried = (rung: Rung, at: number, changes: Partial<Recovery> = {}): JournalLine => ({
  at,
  event: {
    event: 'recovery',
    rung,
    instanceId: 'i-1',
    groupName: 'collectors',
    reason: 'it is due',
    ...changes,
  },
})
const salvaged = (at: number): JournalLine => ({
  at,
  event: {
    ...{ event: 'salvage', instanceId: 'i-1', groupName: 'collectors', on: 'i-2', volumeId: 'vol-1' },
    reason: 'ada: its agent is dead',
  },
})

describe('what saved the logs', () => {
  const byOf = (lines: readonly JournalLine[]) => readHistory(lines).map(({ outcome, by }) => [outcome, by])
  const keptBefore = end(10, { outcome: 'retained', token: 'token-0' })
  it('is the flush of the only termination', () => {
    expect(byOf([pass(1), end(2)])).toEqual([['archived', 'flush']])
  })
  it('is a retry where the machine was kept before, whoever tried it again', () => {
    expect(byOf([keptBefore, pass(20), end(30)])).toEqual([
      ['retained', undefined],
      ['archived', 'retry'],
    ])
  })
  it('is the flush where the machine was kept only later', () => {
    const later = { token: 'token-2' }
    expect(byOf([pass(20), end(30), pass(40, later), end(50, { ...later, outcome: 'retained' })])).toEqual([
      ['archived', 'flush'],
      ['retained', undefined],
    ])
  })
  it('is a retry where only the try is still in the journal', () => {
    expect(byOf([tried('retry', 15), pass(20), end(30)])).toEqual([['archived', 'retry']])
  })
  it.each(RUNGS.filter((rung) => rung !== 'retry'))(
    'is the rung %s where that was tried between the beginning and the end',
    (rung) => {
      expect(byOf([pass(20), tried(rung, 25), end(30)])).toEqual([['archived', rung]])
      expect(byOf([pass(26, { startedAt: 24 }), tried(rung, 25), end(30)])).toEqual([['archived', rung]])
      expect(byOf([pass(26), tried(rung, 25), end(30)])).toEqual([['archived', 'flush']])
      expect(byOf([pass(20), end(30), tried(rung, 31)])).toEqual([['archived', 'flush']])
      expect(byOf([keptBefore, tried(rung, 15), pass(20), end(30)])).toEqual([
        ['retained', undefined],
        ['archived', 'retry'],
      ])
    },
  )
  it('is what was tried last', () => {
    const lines = [tried('retry', 15), pass(20), tried('reboot', 22), tried('clone', 25), end(30)]
    expect(byOf(lines)).toEqual([['archived', 'clone']])
  })
  it('is nothing that could not be tried', () => {
    const failed: JournalLine = {
      at: 25,
      event: {
        ...{ event: 'recovery-failed', rung: 'clone', instanceId: 'i-1', groupName: 'collectors' },
        ...{ error: 'SnapshotLimitExceeded', errorMessage: 'too many' },
      },
    }
    expect(byOf([pass(20), failed, end(30)])).toEqual([['archived', 'flush']])
  })
  it('is the last rung that was tried meanwhile', () => {
    const [reboot, grow, clone] = [tried('reboot', 21), tried('grow', 23), tried('clone', 25)]
    expect(byOf([pass(20), reboot, grow, end(30)])).toEqual([['archived', 'grow']])
    expect(byOf([pass(20), reboot, clone, end(30)])).toEqual([['archived', 'clone']])
  })
  it('is no retry that came later, or of another instance', () => {
    expect(byOf([pass(20), end(30), tried('retry', 40)])).toEqual([['archived', 'flush']])
    const other = readHistory([tried('retry', 15, { instanceId: 'i-2' }), pass(20), end(30)])
    expect(other.find(({ instanceId }) => instanceId === 'i-1')).toMatchObject({ by: 'flush', deeds: [] })
  })
})

describe('what was done besides the passes', () => {
  const deedsOf = (lines: readonly JournalLine[]) =>
    readHistory(lines).map(({ token, deeds }) => [token, ...deeds.map(({ did, at }) => `${did} ${at}`)])
  const kept = [pass(20, { token: 'token-0' }), end(30, { outcome: 'retained', token: 'token-0' })]

  it('is told with what it was and why', () => {
    const failed: JournalEvent = {
      ...{ event: 'recovery-failed', rung: 'reboot', instanceId: 'i-1', groupName: 'collectors' },
      ...{ error: 'UnauthorizedOperation', errorMessage: 'denied' },
    }
    const [history] = readHistory([...kept, salvaged(40), tried('reboot', 25), { at: 26, event: failed }])
    expect(history?.deeds).toEqual([
      { at: 25, did: 'reboot', reason: 'it is due' },
      { at: 26, did: 'reboot', failed: true, reason: 'UnauthorizedOperation: denied' },
      { at: 40, did: 'salvage', reason: 'i-2 salvages vol-1: ada: its agent is dead' },
    ])
  })

  it('belongs to the termination that was under way or had left the machine, and a retry to the one that it began', () => {
    const lines = [
      ...kept,
      tried('reboot', 22),
      salvaged(40),
      tried('retry', 50),
      pass(60),
      tried('clone', 65),
    ]
    expect(deedsOf(lines)).toEqual([
      ['token-0', 'reboot 22', 'salvage 40'],
      ['token-1', 'retry 50', 'clone 65'],
    ])
    expect(deedsOf([...kept, tried('retry', 50)])).toEqual([['token-0', 'retry 50']])
  })

  it('is told of a machine of which nothing else is', () => {
    const [history, ...others] = readHistory([salvaged(40)])
    expect(others).toEqual([])
    expect(history).toMatchObject({ ...name, token: undefined, outcome: undefined, passes: [] })
    expect(history?.deeds).toHaveLength(1)
    expect(history && standingOf(history)).toBe('untold')
    expect(history && toldAt(history)).toBe(40)
  })
})
