import { describe, expect, it } from '@jest/globals'
import { decide } from '../../src/termination/decide.ts'
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

const afterPatience = START + (policy.patienceSeconds + 1) * 1000
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
})

it('waits when the instance has not reached the hook yet', () => {
  expect(decide(seen({ hold: 'pending', flushes: [], proof: undefined }), policy)).toMatchObject({
    do: 'wait',
    seconds: policy.pendingSeconds,
  })
})

describe('the machine is gone', () => {
  it('continues as archived when everything is proven', () => {
    expect(decide(seen({ machine: 'gone' }), policy)).toMatchObject({ do: 'continue', outcome: 'archived' })
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
    const empty = seen({ flushes: [reported({ files: [] })], proof: { files: 0, bytes: 0, gaps: [] } })
    expect(decide(empty, policy)).toMatchObject({ do: 'continue', outcome: 'empty' })
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
      reason: expect.stringContaining(`1 ${what} (first: /var/log/a)`),
    })
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
    expect(decide(seen(late), policy)).toMatchObject({ do: 'abandon', outcome: 'retained' })
  })
  it('abandons when the attempts are used up', () => {
    const flushes = Array.from({ length: policy.maxAttempts }, () => flush())
    expect(decide(seen({ flushes, proof: incomplete }), policy)).toMatchObject({
      do: 'abandon',
      outcome: 'retained',
    })
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
  it('backs off for longer after every attempt', () => {
    const flushes = [failed, failed, failed]
    const now = failed.requestedAt
    expect(decide(seen({ flushes, proof: undefined, now }), policy)).toMatchObject({
      seconds: policy.retrySeconds * 4,
    })
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
