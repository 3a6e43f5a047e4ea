import { describe, expect, it } from '@jest/globals'
import type { Flush, Trigger } from '../../src/model.ts'
import { PROMPT_SECONDS, UNSEEN_SECONDS } from '../../src/termination/attempts.ts'
import { decide, STOPPED_SECONDS } from '../../src/termination/decide.ts'
import {
  complete,
  failed,
  file,
  flush,
  hook,
  incomplete,
  MINUTE,
  manifest,
  policy,
  running,
  START,
  seen,
} from './observations.ts'

const TRIGGERS: readonly Trigger[] = ['notification', 'command-status', 'sweep']
const afterPatience = START + (policy.patienceSeconds + 1) * 1000
const nothing = { files: 0, bytes: 0, gaps: [] }
const reported = (changes: Parameters<typeof manifest>[0]) =>
  flush({ report: { kind: 'manifest', manifest: manifest(changes) } })

describe('the action is over', () => {
  it('settles as archived when the proof is complete: somebody said CONTINUE, perhaps we', () => {
    expect(decide(seen({ hold: 'over' }), policy)).toMatchObject({ do: 'settle', outcome: 'archived' })
  })
  it('settles as expired when it was never proven', () => {
    expect(decide(seen({ hold: 'over', proof: incomplete }), policy)).toMatchObject({
      do: 'settle',
      outcome: 'expired',
    })
    expect(decide(seen({ hold: 'over', flushes: [], proof: undefined }), policy)).toMatchObject({
      outcome: 'expired',
    })
  })
  it('settles as retained when it was never proven and the machine is kept', () => {
    const kept = seen({ hold: 'over', proof: incomplete, lifecycleState: 'Terminating:Retained' })
    expect(decide(kept, policy)).toMatchObject({ do: 'settle', outcome: 'retained' })
  })
  it.each([
    ['kept', { proof: incomplete, lifecycleState: 'Terminating:Retained' }],
    ['proven', {}],
  ])('settles as expired when the machine is %s with another root volume than it had then', (_, changes) => {
    expect(decide(seen({ hold: 'over', rootReplacedAt: START + 1, ...changes }), policy)).toMatchObject({
      do: 'settle',
      outcome: 'expired',
      reason: expect.stringContaining('its root volume was replaced at 20'),
    })
  })
  it.each([
    ['expired', undefined],
    ['retained', 'Terminating:Retained'],
  ])('settles as %s what was proven of a disk that may be another', (outcome, lifecycleState) => {
    expect(decide(seen({ hold: 'over', rootReplacedAt: 'untold', lifecycleState }), policy)).toMatchObject({
      do: 'settle',
      outcome,
      reason: expect.stringContaining('EC2 does not tell from which disk'),
    })
  })
})

it('waits when the instance has not reached the hook yet', () => {
  const pending = seen({ hold: 'pending', flushes: [], proof: undefined, hook: undefined })
  expect(decide(pending, policy)).toMatchObject({
    do: 'wait',
    seconds: policy.pendingSeconds,
  })
})

it('does not ask of a silent agent in a hot loop, however soon a flush may be retried', () => {
  const silent = seen({ now: START + 1000, flushes: [], proof: undefined, agent: 'unreachable' })
  expect(decide(silent, { ...policy, retrySeconds: 0 })).toMatchObject({
    waitsFor: 'agent',
    seconds: policy.pendingSeconds,
  })
})

describe('the machine is gone', () => {
  it('continues as archived when everything is proven', () => {
    expect(decide(seen({ machine: 'gone' }), policy)).toMatchObject({ do: 'continue', outcome: 'archived' })
  })
  it('waits for its disk, until patience is spent, where the Recycle Bin may have it', () => {
    const binning = { ...policy, recovery: { ...policy.recovery, rungs: ['clone', 'bin'] as const } }
    const unproven = { machine: 'gone', proof: incomplete } as const
    expect(decide(seen(unproven), binning)).toMatchObject({ do: 'wait', waitsFor: 'disk' })
    const late = { now: START + 1000 * policy.patienceSeconds, flushes: [], agent: 'unknown' } as const
    expect(decide(seen({ ...unproven, ...late }), binning)).toMatchObject({ do: 'continue', outcome: 'lost' })
    expect(decide(seen({ machine: 'gone' }), binning)).toMatchObject({ do: 'continue', outcome: 'archived' })
  })
  it('continues at once as lost when it is not', () => {
    expect(decide(seen({ machine: 'gone', proof: incomplete }), policy)).toMatchObject({
      do: 'continue',
      outcome: 'lost',
    })
    expect(decide(seen({ machine: 'gone', flushes: [running], proof: undefined }), policy)).toMatchObject({
      outcome: 'lost',
    })
  })
})

describe('S1: CONTINUE as archived only with a complete proof', () => {
  it('continues as archived when every file of the newest flush is in S3 and nothing is live', () => {
    expect(decide(seen(), policy)).toEqual({
      do: 'continue',
      outcome: 'archived',
      reason: 'its one file is in S3',
    })
  })
  it('continues as empty when the newest flush found no logs at all', () => {
    const empty = seen({ flushes: [reported({ files: [], census: 0 })], proof: nothing })
    expect(decide(empty, policy)).toMatchObject({ do: 'continue', outcome: 'empty' })
  })
  it('is not empty when there was something before the flush touched anything', () => {
    const emptied = seen({ flushes: [reported({ files: [], census: 2 })], proof: nothing })
    expect(decide(emptied, policy)).toMatchObject({
      do: 'flush',
      reason: 'the instance had 2 logs with something in them, and the flush named none',
    })
  })
  it('S3 outranks SSM: success without the objects is a failure', () => {
    expect(decide(seen({ proof: incomplete }), policy)).toMatchObject({ do: 'flush', upload: [file.path] })
  })
  it('success without a readable manifest proves nothing', () => {
    const flushes = [flush({ report: { kind: 'unreadable', why: 'the manifest was truncated' } })]
    expect(decide(seen({ flushes, proof: undefined }), policy)).toMatchObject({
      do: 'flush',
      upload: undefined,
    })
  })
  it.each([
    ['unaccounted', { unaccounted: [{ path: '/var/log/a', size: 5, why: 'deleted' }] }],
    ['still written (by java, pid 12)', { writers: [{ path: '/var/log/a', name: 'java, pid 12' }] }],
  ])('what is %s blocks a complete proof, and is named', (what, changes) => {
    const flushes = [flush({ report: { kind: 'manifest', manifest: manifest(changes) } })]
    expect(decide(seen({ flushes }), policy)).toMatchObject({
      do: expect.stringMatching(/^(flush|wait)$/),
      reason: expect.stringContaining(`1 ${what} (first: /var/log/a`),
    })
  })
  it('whatever an instance names, a reason has an end', () => {
    const [path, name, why] = ['/a', 'b', 'c'].map((part) => part.repeat(100_000))
    for (const told of [
      { writers: [{ path, name }] },
      { unaccounted: [{ path, size: 5, why }] },
      { live: [{ path, size: 5 }] },
    ] as Parameters<typeof reported>[0][]) {
      const flushes = [reported(told)]
      expect(decide(seen({ flushes }), policy).reason.length).toBeLessThan(1000)
    }
  })
  it('a log that is still live blocks a complete proof', () => {
    const live = [{ path: '/var/log/tomcat8/localhost_access_log.txt', size: 5 }]
    expect(decide(seen({ flushes: [reported({ live })] }), policy)).toMatchObject({ do: 'flush' })
  })
  it('the manifest of an audit proves no termination', () => {
    expect(decide(seen({ flushes: [reported({ purpose: 'audit' })] }), policy)).toMatchObject({ do: 'flush' })
  })
  it('a proof of another number of files than the manifest names proves nothing', () => {
    expect(decide(seen({ proof: { ...complete, files: 0 } }), policy).do).not.toBe('continue')
  })
  it('an older flush that was proven does not count when a newer one says otherwise', () => {
    expect(decide(seen({ flushes: [failed, flush()], proof: undefined }), policy).do).not.toBe('continue')
  })
})

describe('patience is spent', () => {
  const late = { now: afterPatience, proof: incomplete }
  it('abandons as retained when the deadline is over and the group retains', () => {
    const reason = expect.stringMatching(/^patience is spent: after one flush, of 1 files 1 missing/)
    expect(decide(seen(late), policy)).toMatchObject({ do: 'abandon', outcome: 'retained', reason })
  })
  it('attempts that are used up wait for it: the archive may still fill', () => {
    const flushes = Array.from({ length: policy.maxAttempts }, () => flush())
    expect(decide(seen({ flushes, proof: incomplete }), policy)).toMatchObject({
      do: 'wait',
      waitsFor: 'patience',
      reason: expect.stringMatching(/^no attempt is left; of 1 files 1 missing/),
    })
    expect(decide(seen({ ...late, flushes }), policy)).toMatchObject({ do: 'abandon', outcome: 'retained' })
  })
  it('an older flush does not speak for one that was never heard of: its agent may have died while it ran', () => {
    const unheard = flush({ status: 'failed', statusDetails: 'DeliveryTimedOut', report: undefined })
    expect(decide(seen({ flushes: [unheard, flush()], proof: complete }), policy).do).not.toBe('continue')
  })
  it('still waits for the last attempt while it runs', () => {
    const flushes = [running, ...Array.from({ length: policy.maxAttempts - 1 }, () => failed)]
    expect(decide(seen({ flushes, proof: undefined }), policy)).toMatchObject({ do: 'wait' })
  })
  it('a proof that is complete at last outranks the deadline', () => {
    expect(decide(seen({ now: afterPatience }), policy)).toMatchObject({
      do: 'continue',
      outcome: 'archived',
    })
  })
  it('ends well before the global timeout of a hook with a short heartbeat', () => {
    const short = { heartbeatTimeoutSeconds: 30, globalTimeoutSeconds: 3000, retains: true }
    const at = (seconds: number) =>
      decide(seen({ now: START + seconds * 1000, proof: incomplete, hook: short }), policy)
    expect(at(2399).do).toBe('flush')
    expect(at(2401).do).toBe('abandon')
  })
  it('holds the machine, overdue, where the group does not retain: ABANDON would end it', () => {
    const unretained = { ...late, hook: { ...hook, retains: false } }
    expect(decide(seen(unretained), policy)).toMatchObject({ do: 'wait', waitsFor: 'person' })
  })
  it('abandons such a machine as lost just before Auto Scaling would end it anyway', () => {
    const unretained = { ...hook, retains: false }
    const now = START + 0.8 * hook.globalTimeoutSeconds * 1000
    expect(decide(seen({ now, proof: incomplete, hook: unretained }), policy)).toMatchObject({
      do: 'abandon',
      outcome: 'lost',
    })
  })
  it('abandons such a machine at once where the policy says so', () => {
    const unretained = { ...late, hook: { ...hook, retains: false } }
    expect(decide(seen(unretained), { ...policy, withoutRetention: 'abandon' })).toMatchObject({
      outcome: 'lost',
    })
  })
  it('nothing is given up before it was tried, however late the guard comes', () => {
    expect(decide(seen({ ...late, flushes: [], proof: undefined }), policy)).toMatchObject({ do: 'flush' })
  })
  it('does not abandon before it knows whether the group retains', () => {
    expect(decide(seen({ ...late, hook: undefined }), policy)).toMatchObject({
      do: 'wait',
      waitsFor: 'person',
    })
  })
})

describe('a flush is running', () => {
  it.each([
    ['InProgress', 'flush c-1 is running'],
    ['Pending', 'flush c-1 waits for the SSM agent to fetch it'],
    ['Delayed', 'flush c-1 waits for the SSM agent to fetch it'],
  ])('%s is told as it is', (statusDetails, reason) => {
    const flushes = [{ ...running, commandId: 'c-1', statusDetails }]
    expect(decide(seen({ flushes, proof: undefined }), policy)).toMatchObject({ do: 'wait', reason })
  })
  it('one that no agent fetched says so when it is over', () => {
    const flushes = [{ ...failed, commandId: 'c-1', statusDetails: 'DeliveryTimedOut', requestedAt: START }]
    const now = START + policy.patienceSeconds * 1000
    expect(decide(seen({ flushes, proof: undefined, now }), policy).reason).toContain(
      'flush c-1 ended as DeliveryTimedOut: the SSM agent never fetched it',
    )
  })
  it('E1: waits for an older one, too: of two that were started at once the second may be over first', () => {
    expect(decide(seen({ flushes: [failed, running], proof: undefined }), policy)).toMatchObject({
      do: 'wait',
      waitsFor: 'flush',
    })
  })
  it('E1: waits instead of starting another', () => {
    expect(decide(seen({ flushes: [running], proof: undefined }), policy).do).toBe('wait')
  })
  it('S3: never waits longer than a third of the heartbeat timeout', () => {
    const decision = decide(
      seen({ flushes: [running], proof: undefined, hook: { ...hook, heartbeatTimeoutSeconds: 60 } }),
      policy,
    )
    expect(decision).toMatchObject({ do: 'wait', seconds: 20 })
  })
})

it('S3: however far off the next attempt is, the next look is not', () => {
  const flushes = [1000, 200, 30, 0].map((at) => ({ ...failed, requestedAt: START + 1000 * at }))
  const now = START + 1001 * 1000
  expect(decide(seen({ flushes, proof: undefined, now }), policy)).toMatchObject({
    ...{ do: 'wait', waitsFor: 'retry', seconds: policy.lookAgainSeconds },
  })
})

it('a machine that is held for a person is looked at again when that must end', () => {
  const endsAt = START + 0.8 * 1000 * hook.globalTimeoutSeconds
  const held = { hook: { ...hook, retains: false }, flushes: [failed], proof: undefined }
  expect(decide(seen({ ...held, now: endsAt - 100_000 }), policy)).toMatchObject({
    ...{ do: 'wait', waitsFor: 'person', seconds: 100 },
  })
  expect(decide(seen({ ...held, now: endsAt }), policy)).toMatchObject({ do: 'abandon', outcome: 'lost' })
})

describe('a flush that should long be over', () => {
  const mustBeOver =
    running.requestedAt + 1000 * (policy.deliveryTimeoutSeconds + policy.executionTimeoutSeconds)
  const secondsAfter = (minutes: number) => {
    const now = mustBeOver + minutes * MINUTE
    const decision = decide(seen({ flushes: [running], proof: undefined, now }), policy)
    return decision.do === 'wait' && decision.waitsFor === 'flush' && decision.seconds
  }
  it('is looked at when it is over, and not in the moment in which it must be', () => {
    expect(secondsAfter(-3)).toBe(3 * 60 + policy.pendingSeconds)
  })
  it('is looked at ever more rarely', () => {
    expect([0, 1, 20, 70].map(secondsAfter)).toEqual([
      policy.pendingSeconds,
      20,
      300,
      policy.lookAgainSeconds,
    ])
  })
})

describe('no flush yet, or one that proved nothing', () => {
  it('flushes with the platform’s own publisher first', () => {
    expect(decide(seen({ flushes: [], proof: undefined }), policy)).toMatchObject({
      do: 'flush',
      upload: undefined,
    })
  })
  it('flushes again after a flush that failed, once the back-off is over', () => {
    const justFailed = seen({ flushes: [failed], proof: undefined, now: failed.requestedAt + 1000 })
    expect(decide(justFailed, policy)).toMatchObject({ do: 'wait', seconds: policy.retrySeconds - 1 })
    const now = failed.requestedAt + policy.retrySeconds * 1000
    expect(decide({ ...justFailed, now }, policy)).toMatchObject({ do: 'flush' })
  })
  it.each([
    ['', 0, 30],
    [', where nothing could be flushed for an hour', 3600, 30],
    [', where the first retry need not wait', 0, 0],
  ])(
    'spreads its attempts over the patience: the first retry is soon, the last one late%s',
    (_, firstAt, retrySeconds) => {
      const startsAt: number[] = []
      const flushes: Flush[] = []
      const waiting = { ...policy, retrySeconds }
      for (let at = firstAt; at < policy.patienceSeconds; at++) {
        const now = START + 1000 * at
        if (decide(seen({ flushes: [...flushes], proof: undefined, now }), waiting).do !== 'flush') continue
        flushes.unshift({ ...failed, requestedAt: now })
        startsAt.push(at - firstAt)
      }
      expect(startsAt).toHaveLength(policy.maxAttempts)
      expect(startsAt[1]).toBe(Math.max(1, retrySeconds))
      const [last = 0, left] = [startsAt.at(-1), policy.patienceSeconds - firstAt]
      expect(last).toBeGreaterThan(0.7 * left)
      expect(last).toBeLessThan(0.9 * left)
      const gapsBetween = startsAt.slice(1).map((at, index) => at - (startsAt[index] ?? 0))
      expect(gapsBetween).toEqual(gapsBetween.toSorted((a, b) => a - b))
    },
  )
  it('leaves the archive a while after each, also where the last one came late', () => {
    const [first, last] = [failed, { ...failed, requestedAt: START + 60 * MINUTE }]
    const now = last.requestedAt + 1000
    const late = seen({ now, flushes: [last, first], proof: undefined })
    expect(decide(late, policy)).toMatchObject({ waitsFor: 'retry', seconds: policy.retrySeconds - 1 })
  })
  it.each([1, 2, 3])('has %i attempts with any patience, also a short one', (maxAttempts) => {
    const short = { ...policy, maxAttempts, patienceSeconds: 20, retrySeconds: 0 }
    const flushes: Flush[] = []
    for (let now = START; now < START + 20_000; now += 1000)
      if (decide(seen({ flushes: [...flushes], proof: undefined, now }), short).do === 'flush')
        flushes.unshift({ ...failed, requestedAt: now })
    expect(flushes).toHaveLength(maxAttempts)
  })
})

describe('two passes at once', () => {
  const ended = (failed.endedAt ?? 0) - failed.requestedAt
  /** The flush took so long, whether it ended before the next attempt was due or after. */
  const then = (seconds: number, wokenBy: Trigger, tookMs = ended) => {
    const endedAt = failed.requestedAt + tookMs
    const flushes = [{ ...failed, endedAt }]
    return decide(seen({ flushes, proof: undefined, wokenBy, now: endedAt + seconds * 1000 }), policy).do
  }
  it.each([ended, 10 * MINUTE])(
    'start one flush, after one of %i ms: it is the status event’s turn, then the notification’s, then the sweep’s',
    (tookMs) => {
      for (let seconds = 0; seconds < 600; seconds++) {
        const starters = TRIGGERS.filter((trigger) => then(seconds, trigger, tookMs) === 'flush')
        expect(starters.length).toBeLessThan(2)
      }
    },
  )
  it('are the status event’s for a minute from when the flush ended, where the next was due before', () => {
    const turn = (trigger: Trigger) =>
      Array.from({ length: 600 }, (_, seconds) => seconds).filter(
        (at) => then(at, trigger, 10 * MINUTE) === 'flush',
      )
    expect(turn('command-status')).toEqual(Array.from({ length: PROMPT_SECONDS }, (_, at) => at))
    expect(turn('notification')[0]).toBe(PROMPT_SECONDS + UNSEEN_SECONDS)
  })
  it('leave enough time between two turns for a flush to be seen by all', () => {
    const turn = (trigger: Trigger) =>
      Array.from({ length: 3000 }, (_, seconds) => seconds).filter((at) => then(at, trigger) === 'flush')
    const [event, notification, sweep] = [turn('command-status'), turn('notification'), turn('sweep')]
    expect(event[0]).toBe(11)
    expect((notification[0] ?? 0) - (event.at(-1) ?? 0)).toBeGreaterThanOrEqual(UNSEEN_SECONDS)
    expect((sweep[0] ?? 0) - (notification[0] ?? 0)).toBeGreaterThanOrEqual(policy.lookAgainSeconds)
  })
})

describe('the agent is unreachable', () => {
  const silent = { flushes: [], proof: undefined, agent: 'unreachable' as const }
  it('tries again until patience is spent', () => {
    expect(decide(seen(silent), policy)).toMatchObject({ do: 'wait' })
    expect(decide(seen({ ...silent, now: afterPatience }), policy)).toMatchObject({
      do: 'abandon',
      outcome: 'retained',
    })
  })
  it('asks more rarely the longer it was silent', () => {
    const secondsAfter = (minutes: number) => {
      const decision = decide(seen({ ...silent, now: START + minutes * MINUTE }), policy)
      return decision.do === 'wait' ? decision.seconds : 0
    }
    expect(secondsAfter(1)).toBe(policy.retrySeconds)
    expect(secondsAfter(20)).toBe(300)
    expect(secondsAfter(100)).toBe(policy.lookAgainSeconds)
  })
})

describe('the machine is stopped', () => {
  const stopped = { machine: 'stopped', proof: incomplete } as const
  const at = (seconds: number, changes = {}) =>
    decide(seen({ ...stopped, now: START + seconds * 1000, ...changes }), policy)
  it('is not gone: its disk is whole, and it may be started', () => {
    expect(at(60)).toMatchObject({ do: 'wait', waitsFor: 'start' })
  })
  it('is kept within minutes, told as what it is, even while a command waits for it', () => {
    const pending = { flushes: [running], proof: undefined }
    expect(at(STOPPED_SECONDS, pending)).toMatchObject({
      do: 'abandon',
      outcome: 'retained',
      reason: expect.stringContaining('the machine is stopped, its disk is whole'),
    })
  })
  it('may go when all was proven before', () => {
    expect(at(STOPPED_SECONDS, { proof: complete })).toMatchObject({ do: 'continue', outcome: 'archived' })
  })
})

describe('what AWS refuses for a reason that lasts', () => {
  const refused = [{ what: 'list its flushes', why: 'AccessDenied: no' }] as const
  const blind = { flushes: [], proof: undefined, troubles: refused }
  it.each(['list its flushes', 'read what its flushes reported'] as const)(
    'to %s is waited for, and nothing is flushed blindly',
    (what) => {
      expect(decide(seen({ ...blind, troubles: [{ what, why: 'AccessDenied: no' }] }), policy)).toMatchObject(
        {
          do: 'wait',
          waitsFor: 'answer',
          reason: `AWS does not let the guard ${what}: AccessDenied: no`,
        },
      )
    },
  )
  it('is the reason when patience is spent', () => {
    expect(decide(seen({ ...blind, now: afterPatience }), policy)).toMatchObject({
      do: 'abandon',
      outcome: 'retained',
      reason: expect.stringContaining('AccessDenied: no'),
    })
  })
  it('costs no attempt when it is the archive that cannot be read', () => {
    const unread = { ...incomplete, unread: 'NoSuchBucket: gone' }
    expect(decide(seen({ proof: unread }), policy)).toMatchObject({
      do: 'wait',
      waitsFor: 'answer',
      reason: 'the archive cannot be read: NoSuchBucket: gone',
    })
    expect(decide(seen({ proof: { ...complete, unread: 'x' } }), policy).do).toBe('wait')
    expect(decide(seen({ proof: unread, now: afterPatience }), policy)).toMatchObject({
      do: 'abandon',
      reason: expect.stringContaining('NoSuchBucket: gone'),
    })
  })
  it('is told when SendCommand is refused', () => {
    const troubles = [{ what: 'send a flush', why: 'InvalidDocument: gone' }] as const
    const seenIt = { flushes: [], proof: undefined, agent: 'refused' as const, troubles }
    expect(decide(seen(seenIt), policy)).toMatchObject({ waitsFor: 'agent' })
    expect(decide(seen({ ...seenIt, now: afterPatience }), policy)).toMatchObject({
      do: 'abandon',
      reason: expect.stringContaining('InvalidDocument: gone'),
    })
  })
  it('holds a machine of which nobody knows whether it would be kept, until Auto Scaling’s end', () => {
    const unknown = { hook: { ...hook, retains: undefined }, proof: incomplete }
    expect(decide(seen({ ...unknown, now: afterPatience }), policy)).toMatchObject({ waitsFor: 'person' })
    const now = START + 0.8 * hook.globalTimeoutSeconds * 1000
    // It may be kept, or not.
    expect(decide(seen({ ...unknown, now }), policy)).toMatchObject({
      ...{ do: 'abandon', outcome: 'expired', reason: expect.stringContaining('is not known') },
    })
    expect(decide(seen({ ...unknown, hook: undefined, now }), policy)).toMatchObject({ do: 'abandon' })
  })
})

describe('evidence is never forgotten', () => {
  const other = { ...file, path: '/var/log/b' }
  const one = { files: 1, bytes: 12, gaps: [] }
  const both = { ...one, files: 2 }
  it('what an earlier flush named is owed until it is proven', () => {
    const flushes = [reported({}), reported({ files: [file, other] })]
    expect(decide(seen({ flushes, proof: one }), policy).do).not.toBe('continue')
    expect(decide(seen({ flushes, proof: both }), policy)).toMatchObject({ do: 'continue' })
  })
  it('or is accounted for by a later flush', () => {
    const flushes = [reported({ accounted: [other.path] }), reported({ files: [file, other] })]
    expect(decide(seen({ flushes, proof: one }), policy)).toMatchObject({ do: 'continue' })
  })
  it('of three flushes, the younger accounts for the older, and never the other way round', () => {
    const at = (minutes: number, changes: Parameters<typeof reported>[0]) => ({
      ...reported(changes),
      requestedAt: START + minutes * MINUTE,
    })
    const [named, accounted] = [{ files: [file, other] }, { accounted: [other.path] }]
    const then = (middle: typeof named | typeof accounted, oldest: typeof named | typeof accounted) =>
      decide(seen({ flushes: [at(3, {}), at(2, middle), at(1, oldest)], proof: one }), policy).do
    expect(then(accounted, named)).toBe('continue')
    expect(then(named, accounted)).not.toBe('continue')
  })
  it('what was unaccounted stays so until it is listed or accounted for', () => {
    const lost = { unaccounted: [{ path: other.path, size: 5, why: 'deleted' }] }
    const then = (newest: Parameters<typeof reported>[0], proof = one) =>
      decide(seen({ flushes: [reported(newest), reported(lost)], proof }), policy).do
    expect(then({})).not.toBe('continue')
    expect(then({ accounted: [other.path] })).toBe('continue')
    expect(then({ files: [file, other] }, both)).toBe('continue')
  })
  it('also when it is listed again, where it was listed then: what was cut stays cut', () => {
    const cut = { files: [file, other], unaccounted: [{ path: other.path, size: 5, why: 'cut' }] }
    const then = (newest: Parameters<typeof reported>[0]) =>
      decide(seen({ flushes: [reported(newest), reported(cut)], proof: both }), policy).do
    expect(then({ files: [file, other] })).not.toBe('continue')
    expect(then({ files: [file, other], accounted: [other.path] })).toBe('continue')
  })
  it('and nothing is empty after something was named', () => {
    const flushes = [reported({ files: [], census: 0 }), reported({})]
    expect(decide(seen({ flushes, proof: nothing }), policy).do).not.toBe('continue')
  })
})

it('E1: waits for a flush of another action that still has the instance', () => {
  const { report, ...busyWith } = running
  expect(decide(seen({ flushes: [], proof: undefined, busyWith }), policy)).toMatchObject({
    waitsFor: 'flush',
  })
})

describe('a flush of another action that runs for ever', () => {
  const { report, ...busyWith } = running
  const over = (policy.deliveryTimeoutSeconds + policy.executionTimeoutSeconds) * 1000
  const at = (now: number, requestedAt: number) =>
    decide(seen({ now, flushes: [], proof: undefined, busyWith: { ...busyWith, requestedAt } }), policy)
  const late = START + policy.patienceSeconds * 1000
  it('is not waited for beyond patience', () => {
    expect(at(late, late - over - 1)).toMatchObject({
      do: 'abandon',
      outcome: 'retained',
      reason: expect.stringContaining(`flush ${busyWith.commandId} of another action still ran`),
    })
  })
  it('may still end while its own time is not over, and then ours is tried, however late', () => {
    expect(at(late, late - over)).toMatchObject({ do: 'wait', waitsFor: 'flush' })
  })
  it('is waited for within patience', () => {
    expect(at(late - 1, late - over - 1)).toMatchObject({ do: 'wait', waitsFor: 'flush' })
  })
})

it('all that arrived after the machine was given up is told, with what to type', () => {
  const kept = seen({ hold: 'over', lifecycleState: 'Terminating:Retained' })
  expect(decide(kept, policy)).toMatchObject({
    do: 'settle',
    outcome: 'archived',
    reason: expect.stringContaining('aws autoscaling terminate-instance-in-auto-scaling-group'),
  })
})

it('why something is unaccounted for is told', () => {
  const unaccounted = [{ path: '/var/log/a', size: 5, why: 'cannot be read' }]
  const flushes = [flush({ report: { kind: 'manifest', manifest: manifest({ unaccounted }) } })]
  expect(decide(seen({ flushes }), policy).reason).toContain('(first: /var/log/a, cannot be read)')
})

it('a key that two files share is told with both paths', () => {
  const gap = { path: '/var/log/a_b/c', key: 'k', is: 'shared', sharedWith: '/var/log/a/b_c' } as const
  const shared = seen({ proof: { ...incomplete, gaps: [gap] } })
  expect(decide(shared, policy)).toMatchObject({ upload: undefined })
  expect(decide(shared, policy).reason).toContain('/var/log/a_b/c, whose key /var/log/a/b_c has too')
})
