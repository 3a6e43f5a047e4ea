import { describe, expect, it } from '@jest/globals'
import {
  decideHeld,
  decideKept,
  type HeldMachine,
  type KeptMachine,
  MOST_RETRIES,
} from '../../src/recovery/ladder.ts'
import { type RecoveryPolicy, RUNGS } from '../../src/rungs.ts'
import { MINUTE, START } from '../termination/observations.ts'

const recovery = {
  rungs: ['retry', 'reboot'],
  retryAfterSeconds: 900,
  rebootAfterSeconds: 300,
  atOnce: 5,
} as const
const answers = { flushed: 1, lastFlushAt: START - 90 * MINUTE, unread: undefined, notKeptAgain: undefined }
const kept = (changes: Partial<KeptMachine> = {}): KeptMachine => ({
  now: START + 30 * MINUTE,
  lifecycleState: 'Terminating:Retained',
  terminations: { ended: 1, lastEndedAt: START, isUnderWay: false },
  agent: { isOnline: true, lastPingAt: START + 25 * MINUTE },
  lastLook: answers,
  ...changes,
})
const decide = (changes: Partial<KeptMachine> = {}) => decideKept(kept(changes), recovery).do

describe('a kept machine', () => {
  it('is tried again where its agent and the archive answer', () => {
    expect(decideKept(kept(), recovery)).toEqual({
      do: 'retry',
      reason: `its SSM agent and the archive answer: try 1 of ${MOST_RETRIES}`,
    })
  })
  it('is looked at once more just before', () => {
    expect(decide({ lastLook: undefined })).toBe('look')
  })
  it.each<[string, Partial<KeptMachine>]>([
    ['is of a warm pool', { lifecycleState: 'Warmed:Pending:Retained' }],
    ['is not kept any more', { lifecycleState: 'Terminating:Wait' }],
    ['was let go by a person meanwhile', { lifecycleState: 'in no group' }],
    ['is named by no scaling activity', { terminations: undefined }],
    ['is on its way already', { terminations: { ended: 1, lastEndedAt: START, isUnderWay: true } }],
    ['was kept a moment ago', { now: START + 14 * MINUTE }],
    ['has no agent that SSM knows', { agent: undefined }],
    ['has an agent that is lost', { agent: { isOnline: false, lastPingAt: START + 25 * MINUTE } }],
    ['was last heard of before it was kept', { agent: { isOnline: true, lastPingAt: START - MINUTE } }],
    [
      'could not be archived, since the archive does not answer',
      { lastLook: { ...answers, unread: 'AccessDenied' } },
    ],
    ['would not be kept again', { lastLook: { ...answers, notKeptAgain: 'the group does not retain' } }],
  ])('is left alone where it %s', (_, changes) => {
    expect(decide(changes)).toBe('leave')
  })
  it('is left alone where the rung is switched off', () => {
    expect(decideKept(kept(), { ...recovery, rungs: [] }).do).toBe('leave')
  })
})

describe('tries', () => {
  const tried = (ended: number, minutes: number, lastLook = answers) =>
    decide({
      now: START + minutes * MINUTE,
      agent: { isOnline: true, lastPingAt: START + minutes * MINUTE },
      terminations: { ended, lastEndedAt: START, isUnderWay: false },
      lastLook,
    })
  it.each([
    [1, 15],
    [2, 60],
    [3, 240],
  ])('after %d terminations in vain, the next is due after %d minutes', (ended, minutes) => {
    expect(tried(ended, minutes - 1)).toBe('leave')
    expect(tried(ended, minutes)).toBe('retry')
  })
  it('end: an obstacle that comes back makes no loop', () => {
    expect(tried(MOST_RETRIES + 1, 1_000_000)).toBe('leave')
  })
  it('are counted by their flushes where a scaling activity is missing', () => {
    expect(tried(1, 59, { ...answers, flushed: 2 })).toBe('leave')
    expect(tried(1, 1_000_000, { ...answers, flushed: MOST_RETRIES + 1 })).toBe('leave')
    expect(tried(1, 20, { ...answers, lastFlushAt: START + 10 * MINUTE })).toBe('leave')
  })
})

describe('a held machine', () => {
  const look = {
    ...{ isHeld: true, isRunning: true, rebootedAt: undefined },
    ...{ isFlushing: false, wasFlushed: false, unfetchedAt: undefined },
  }
  const held = (changes: Partial<HeldMachine> = {}, seen: object = {}): HeldMachine => ({
    now: START + 10 * MINUTE,
    heldSince: START,
    agent: { isOnline: false, lastPingAt: START - MINUTE },
    look: { ...look, ...seen },
    ...changes,
  })
  const decideOn = (changes: Partial<HeldMachine> = {}, seen: object = {}) =>
    decideHeld(held(changes, seen), recovery).do
  it('is rebooted where its agent is silent', () => {
    expect(decideOn()).toBe('reboot')
  })
  it('is rebooted where SSM knows no agent', () => {
    expect(decideOn({ agent: undefined })).toBe('reboot')
  })
  it('is rebooted where the agent says that it is there, and fetches nothing', () => {
    expect(
      decideOn(
        { agent: { isOnline: true, lastPingAt: START + 9 * MINUTE } },
        { unfetchedAt: START + MINUTE },
      ),
    ).toBe('reboot')
  })
  it('is looked at only once it is held for long', () => {
    expect(decideOn({ look: undefined })).toBe('look')
    expect(decideOn({ look: undefined, now: START + 4 * MINUTE })).toBe('leave')
    expect(decideOn({ look: undefined, heldSince: undefined })).toBe('leave')
  })
  it.each<[string, Partial<HeldMachine>, object?]>([
    ['its agent answers', { agent: { isOnline: true, lastPingAt: START + 9 * MINUTE } }],
    ['its agent answers, and is seldom heard of', { agent: { isOnline: true, lastPingAt: START } }],
    ['its agent was heard of a moment ago', { agent: { isOnline: false, lastPingAt: START + 8 * MINUTE } }],
    ['our hook does not hold it', {}, { isHeld: false }],
    ['it does not run', {}, { isRunning: false }],
    ['it was rebooted for this action', {}, { rebootedAt: START + 6 * MINUTE }],
    ['a tag of ours cannot be read', {}, { rebootedAt: Number.POSITIVE_INFINITY }],
    ['a flush is running', {}, { isFlushing: true }],
    ['it was flushed, and what it writes after a boot might not be', {}, { wasFlushed: true }],
  ])('is left where %s', (_, changes, seen = {}) => {
    expect(decideOn(changes, seen)).toBe('leave')
  })
  it('is rebooted again for another action', () => {
    expect(decideOn({}, { rebootedAt: START - MINUTE })).toBe('reboot')
  })
  it('is left where the rung is switched off', () => {
    expect(decideHeld(held(), { ...recovery, rungs: ['retry'] }).do).toBe('leave')
  })

  describe('whose disk may be copied', () => {
    const all = { ...recovery, rungs: RUNGS }
    const isGrowthSpent = true
    const copying = (changes: Partial<HeldMachine>, seen: object, policy: RecoveryPolicy = all) =>
      decideHeld(held(changes, seen), policy).do
    const rebootedAt = START + 6 * MINUTE
    const now = START + 12 * MINUTE
    it('is rebooted first, where that is switched on', () => {
      expect(copying({}, {})).toBe('reboot')
      expect(copying({}, {}, { ...all, rungs: ['clone'] })).toBe('clone')
    })
    it('is copied where it stays silent after its reboot, which has its time', () => {
      expect(copying({ now: START + 10 * MINUTE }, { rebootedAt })).toBe('leave')
      expect(copying({ now }, { rebootedAt, isGrowthSpent })).toBe('clone')
    })
    it('is copied where it stays silent, and somebody wrote over when it was rebooted', () => {
      const seen = { rebootedAt: Number.POSITIVE_INFINITY, isGrowthSpent }
      expect(copying({ now }, seen)).toBe('clone')
    })
    it('has it looked at, whether it is full, before it is copied', () => {
      expect(copying({ now: START + 10 * MINUTE }, { rebootedAt })).toBe('leave')
      expect(copying({ now }, { rebootedAt })).toBe('grow')
      expect(copying({}, {}, { ...all, rungs: ['grow'] })).toBe('grow')
      expect(copying({}, { isRebootRefused: true })).toBe('grow')
    })
    it('is not grown where it was flushed: that takes a boot', () => {
      expect(copying({}, { wasFlushed: true }, { ...all, rungs: ['reboot', 'grow'] })).toBe('leave')
    })
    it('is left where everything was tried', () => {
      const seen = { rebootedAt, isGrowthSpent: true }
      expect(copying({ now }, seen, { ...all, rungs: ['reboot', 'grow'] })).toBe('leave')
      expect(copying({ now }, seen)).toBe('clone')
    })
    it('is copied where its reboot is refused', () => {
      expect(copying({}, { isRebootRefused: true, isGrowthSpent })).toBe('clone')
    })
    it('is copied where it was flushed and is silent since: it is not rebooted then', () => {
      expect(copying({}, { wasFlushed: true })).toBe('clone')
    })
    it('is left where what it never fetched was sent before its reboot', () => {
      const agent = { isOnline: true, lastPingAt: now }
      expect(copying({ now, agent }, { rebootedAt, unfetchedAt: START + MINUTE })).toBe('leave')
      const seen = { rebootedAt, isGrowthSpent, unfetchedAt: rebootedAt + MINUTE }
      expect(copying({ now, agent }, seen)).toBe('clone')
    })
    it.each<[string, object]>([
      ['our hook does not hold it', { isHeld: false }],
      ['it does not run', { isRunning: false }],
      ['a flush is running', { isFlushing: true }],
    ])('is left where %s', (_, seen) => {
      expect(copying({ now }, { rebootedAt, ...seen })).toBe('leave')
    })
  })
})

it('a kept machine whose agent stays dead goes through its hook once more where its disk can be copied there', () => {
  const seen = kept({ agent: undefined })
  expect(decideKept(seen, recovery).do).toBe('leave')
  expect(decideKept(seen, { ...recovery, rungs: RUNGS })).toMatchObject({
    do: 'retry',
    reason: expect.stringContaining('a copy of its disk'),
  })
  const alone = { ...seen, lastLook: { ...answers, isAlone: true } }
  expect(decideKept(alone, { ...recovery, rungs: RUNGS }).do).toBe('leave')
  expect(decideKept(kept({ lastLook: alone.lastLook }), { ...recovery, rungs: RUNGS }).do).toBe('retry')
})
