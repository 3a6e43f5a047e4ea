import { beforeEach, describe, expect, it } from '@jest/globals'
import type { LifecycleAction } from '../../src/model.ts'
import { NotOurs } from '../../src/termination/not-ours.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, KEY, manifestLine, OneInstance } from '../one-instance.ts'
import { action, file, MINUTE, policy, START } from './observations.ts'

let aws: OneInstance
const pass = (about: LifecycleAction = action) => reconcile(aws.guard, about)
const archive = () => aws.objects.set(KEY, { size: file.size, etag: file.md5 })

beforeEach(() => {
  aws = new OneInstance()
})

it('flushes, looks again, and says CONTINUE once the logs are in S3', async () => {
  expect(await pass()).toMatchObject({ over: false, decision: { do: 'flush' } })
  expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait' } })
  expect(aws.completed).toEqual([])

  aws.flushEnds(manifestLine([file]))
  archive()
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'continue', outcome: 'archived' } })
  expect(aws.completed).toEqual(['CONTINUE'])
})

it('S3: heartbeats before anything else, so that a failing read cannot cost the hold', async () => {
  aws.failing.set('listCommandInvocations', awsError('ThrottlingException', 'Rate exceeded'))
  await expect(pass()).rejects.toThrow('Rate exceeded')
  expect(aws.calls).toEqual(['recordLifecycleActionHeartbeat', 'listCommandInvocations'])
})

it('re-attaches to the flush that is already running: the Comment carries the token', async () => {
  await pass()
  expect(aws.invocations[0]?.Comment).toBe(`${action.token} ${action.groupName}`)
  await pass()
  await pass()
  expect(aws.calls.filter((call) => call === 'sendCommand')).toHaveLength(1)
})

it('S1: a flush of an earlier action of the same instance proves nothing for this one', async () => {
  await pass()
  aws.flushEnds(manifestLine([file]))
  archive()
  aws.activeToken = 'cccccccc-0000-0000-0000-000000000003'
  expect(await pass({ ...action, token: aws.activeToken })).toMatchObject({ decision: { do: 'flush' } })
})

it('a success whose objects are missing is flushed again, and exactly those files are uploaded', async () => {
  await pass()
  aws.flushEnds(manifestLine([file]))
  aws.now += MINUTE
  expect(await pass()).toMatchObject({ decision: { do: 'flush', upload: [file.path] } })
})

it('a manifest that a listing cut short is fetched whole', async () => {
  await pass()
  aws.flushEnds('termination-guard manifest 2 H4sI---Output truncated---')
  aws.wholeOutput = manifestLine([file])
  archive()
  expect(await pass()).toMatchObject({ over: true, decision: { outcome: 'archived' } })
})

describe('no active lifecycle action', () => {
  beforeEach(() => {
    aws.activeToken = undefined
  })
  it('means not yet while the instance drains', async () => {
    aws.lifecycleState = 'Terminating'
    expect(await pass()).toMatchObject({
      over: false,
      decision: { do: 'wait', seconds: policy.pendingSeconds },
    })
  })
  it('means over, and expired, when the instance went on without proof', async () => {
    aws.lifecycleState = 'Terminating:Proceed'
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  })
  it('means over, and retained, when the machine is kept', async () => {
    aws.lifecycleState = 'Terminating:Retained'
    aws.now = START + 16 * MINUTE
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'retained' } })
  })
  it('means not yet when it was kept, and released a moment ago: that is the state of before', async () => {
    aws.lifecycleState = 'Terminating:Retained'
    expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait', waitsFor: 'hook' } })
  })
  it('means over, and archived, when a flush of this action is proven', async () => {
    aws.activeToken = action.token
    await pass()
    aws.flushEnds(manifestLine([file]))
    archive()
    await pass()
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'archived' } })
  })
})

describe('while another hook holds the instance', () => {
  beforeEach(() => {
    aws.activeToken = undefined
  })
  it('it is looked at soon, without a further question', async () => {
    aws.now = START + 14 * MINUTE
    expect(await pass()).toMatchObject({ lookAgainSeconds: policy.pendingSeconds })
    expect(aws.calls).not.toContain('describeLifecycleHooks')
  })
  it('for hours, it is looked at ever more rarely, since every look costs a receive', async () => {
    aws.now = START + 60 * MINUTE
    expect(await pass()).toMatchObject({ decision: { waitsFor: 'hook' }, lookAgainSeconds: 360 })
    aws.now = START + 600 * MINUTE
    expect(await pass()).toMatchObject({ lookAgainSeconds: policy.lookAgainSeconds })
    expect(aws.calls).not.toContain('describeInstances')
  })
  it('S3: a hook of ours that is set to less, or cannot be read, does not run out between two looks', async () => {
    aws.now = START + 600 * MINUTE
    aws.heartbeatTimeout = 300
    expect(await pass()).toMatchObject({ lookAgainSeconds: 100 })
    aws.failing.set('describeLifecycleHooks', awsError('AccessDenied', 'no'))
    expect(await pass()).toMatchObject({ lookAgainSeconds: policy.pendingSeconds })
  })
})

describe('an agent that does not answer', () => {
  beforeEach(() => {
    aws.agent = 'dead'
  })
  it('is tried again while the machine is there', async () => {
    expect(await pass()).toMatchObject({
      did: 'done',
      decision: { do: 'wait', reason: 'the SSM agent does not answer' },
    })
  })
  it('may be that of a machine which is gone, where EC2 may not be asked: that is told, too', async () => {
    const denied = 'AWS does not let the guard ask EC2: UnauthorizedOperation: no'
    aws.failing.set('describeInstances', awsError('UnauthorizedOperation', 'no'))
    const reason = `the SSM agent does not answer; ${denied}`
    expect(await pass()).toMatchObject({ decision: { do: 'wait', reason } })
    aws.agent = 'online'
    await pass()
    aws.flushEnds('', 'Failed')
    aws.agent = 'dead'
    aws.now += policy.patienceSeconds * 1000
    aws.failing.set('describeInstances', awsError('UnauthorizedOperation', 'no'))
    expect((await pass()).decision.reason.split(denied)).toHaveLength(2)
  })
  it('is given up after patience, and the machine is kept', async () => {
    aws.now += policy.patienceSeconds * 1000
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'abandon', outcome: 'retained' } })
    expect(aws.completed).toEqual(['ABANDON'])
  })
  it.each(['shutting-down', 'terminated'])('ends at once, loudly, when the machine is %s', async (state) => {
    aws.machine = state
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'continue', outcome: 'lost' } })
  })
  it('is not called gone because an answer of EC2 has no machine in it, however often', async () => {
    aws.guard.aws.describeInstances = async () => ({ Reservations: [] })
    for (const minutes of [1, 11, 90]) {
      aws.now = START + minutes * MINUTE
      expect(await pass()).toMatchObject({ decision: { do: 'wait' } })
    }
  })
  it('is not called gone because another machine is', async () => {
    const Instances = [{ InstanceId: 'i-0fedcba9876543210', State: { Name: 'terminated' as const } }]
    aws.guard.aws.describeInstances = async () => ({ Reservations: [{ Instances }] })
    expect(await pass()).toMatchObject({ seen: { machine: 'unknown' }, decision: { do: 'wait' } })
  })
  it('is gone when EC2 had time to forget the machine and Auto Scaling has it for dead, too', async () => {
    aws.guard.aws.describeInstances = async () => {
      throw awsError('InvalidInstanceID.NotFound')
    }
    aws.now += 11 * MINUTE
    expect(await pass()).toMatchObject({ decision: { do: 'wait' } })
    aws.now += 60 * MINUTE
    expect(await pass()).toMatchObject({ decision: { do: 'wait' } })
    aws.health = 'UNHEALTHY'
    expect(await pass()).toMatchObject({ decision: { do: 'continue', outcome: 'lost' } })
  })
  it('keeps the machine overdue where the group does not retain', async () => {
    aws.retains = false
    aws.now += policy.patienceSeconds * 1000
    expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait', waitsFor: 'person' } })
    expect(aws.completed).toEqual([])
  })
})

describe('S4: nothing is done to an instance that our hook does not hold', () => {
  it('when the message names another group than Auto Scaling does', async () => {
    aws.groupName = 'somebody-elses'
    await expect(pass()).rejects.toThrow(NotOurs)
    expect(aws.calls).not.toContain('sendCommand')
  })
  it('when the token is active but this instance does not wait', async () => {
    aws.lifecycleState = 'InService'
    expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait' } })
    expect(aws.calls).not.toContain('sendCommand')
  })
  it('when an event speaks of it and nobody may ask whose hook that is', async () => {
    aws.failing.set('describeLifecycleHooks', awsError('AccessDenied', 'no'))
    const byEvent = () => reconcile(aws.guard, action, { wokenBy: 'event' })
    await expect(byEvent()).rejects.toThrow('nobody tells whose hook')
    expect(aws.calls).not.toContain('sendCommand')
    aws.failing.clear()
    expect(await byEvent()).toMatchObject({ decision: { do: 'flush' } })
  })
  it('when the message is old and the instance is in service', async () => {
    aws.activeToken = undefined
    aws.lifecycleState = 'InService'
    aws.now += 60 * MINUTE
    await expect(pass()).rejects.toThrow('Auto Scaling knows no such action')
  })
})

it('looks again soon when somebody else ended the action between our look and our word', async () => {
  await pass()
  aws.flushEnds(manifestLine([file]))
  archive()
  aws.guard.aws.completeLifecycleAction = async () => {
    aws.activeToken = undefined
    throw awsError('ValidationError', 'No active Lifecycle Action found with token')
  }
  expect(await pass()).toMatchObject({
    did: 'superseded',
    over: false,
    lookAgainSeconds: policy.pendingSeconds,
  })
})

it('a heartbeat that is throttled says nothing of the hold: the pass breaks off, and nothing is ended', async () => {
  await pass()
  aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling', 'Rate exceeded'))
  await expect(pass()).rejects.toThrow('Rate exceeded')
})

it.each([0, 60])('a machine that EC2 does not know is not gone at an age of %s minutes', async (minutes) => {
  aws.now += minutes * MINUTE
  aws.agent = 'dead'
  aws.health = 'UNHEALTHY'
  aws.guard.aws.describeInstances = async () => {
    throw awsError('InvalidInstanceID.NotFound')
  }
  expect(await pass()).toMatchObject({ seen: { machine: 'unknown' }, decision: { do: 'wait' } })
  expect(aws.completed).toEqual([])
})

it('after a flush the queue’s own visibility brings the message back, for an event that is lost', async () => {
  expect(await pass()).toMatchObject({ decision: { do: 'flush' }, lookAgainSeconds: undefined })
})

it('looks sooner than the queue would where the hook’s heartbeat is short', async () => {
  await pass()
  aws.flushEnds('no manifest', 'Failed')
  aws.heartbeatTimeout = 60
  aws.now += MINUTE
  expect(await pass()).toMatchObject({ decision: { do: 'flush' }, lookAgainSeconds: 20 })
})
