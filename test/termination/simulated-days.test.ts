/** What the simulator found, as facts about single passes. `test/testbed/simulator/simulate.test.ts` has the seeds. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { LifecycleAction } from '../../src/model.ts'
import { consume } from '../../src/termination/consume.ts'
import { decide } from '../../src/termination/decide.ts'
import { observe } from '../../src/termination/observe.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, file, MINUTE, policy, START } from './observations.ts'

const OTHER = 'cccccccc-0000-0000-0000-000000000003'
let aws: OneInstance
const glance = (heartbeat: 'held' | 'none') => ({
  askedAt: START + MINUTE,
  heartbeat,
  isHeldItself: async () => heartbeat === 'held',
})
const adopted: LifecycleAction = { ...action, token: undefined }

beforeEach(() => {
  aws = new OneInstance()
})

describe('an adopted action whose machine is gone', () => {
  it('is told before it is completed, since no message is left that would find it over', async () => {
    aws.activities = [terminating]
    await reconcile(aws.guard, adopted)
    aws.machine = 'terminated'
    aws.flushEnds('', 'Failed')
    aws.failing.set('completeLifecycleAction', awsError('TimeoutError'))
    await expect(reconcile(aws.guard, adopted)).rejects.toThrow()
    expect(aws.journal).toContainEqual(expect.objectContaining({ event: 'action-ended', outcome: 'lost' }))
  })
})

describe('an action that a heartbeat does not know yet', () => {
  const seenBy = async (sentAt: number) => {
    aws.now = sentAt
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} web` })
    aws.lifecycleState = 'Terminating:Wait'
    return await observe(aws.guard, { ...action, groupName: 'web' }, glance('none'))
  }
  beforeEach(() => {
    aws.groupName = 'web'
  })

  it('is not over by what another pass flushes meanwhile', async () => {
    expect(await seenBy(START + MINUTE + 1000)).toMatchObject({ hold: 'pending', flushes: [{}] })
  })
  it('nor by what a clock that is seconds ahead of SSM’s takes for earlier', async () => {
    expect(await seenBy(START + MINUTE - 3000)).toMatchObject({ hold: 'pending', flushes: [{}] })
  })
  it('is over by what was flushed before', async () => {
    expect(await seenBy(START + MINUTE / 2)).toMatchObject({ hold: 'over', flushes: [{}] })
  })
})

describe('an adopted action that is given up', () => {
  it('is told before it is abandoned: the machine may be gone before a sweep could name it as kept', async () => {
    aws.activities = [terminating]
    aws.agent = 'dead'
    aws.now = START + policy.patienceSeconds * 1000 + 1000
    aws.failing.set('completeLifecycleAction', awsError('TimeoutError'))
    await expect(reconcile(aws.guard, adopted)).rejects.toThrow()
    expect(aws.journal).toContainEqual(
      expect.objectContaining({ event: 'action-ended', outcome: 'retained' }),
    )
  })
})

describe('a group that is gone, and the environment in its tags with it', () => {
  const groupless = { ...action, groupName: 'web', token: OTHER }

  it('does not hold up the message of an action that is over', async () => {
    aws.groupName = 'web'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${OTHER} web` })
    aws.flushEnds(manifestLine([file]))
    const seen = await observe(aws.guard, groupless, glance('none'))
    expect(decide(seen, policy)).toMatchObject({ do: 'settle', outcome: 'expired' })
  })

  it('costs a held action its patience like a dead agent, and then the machine is kept', async () => {
    aws.groupName = 'web'
    aws.activeToken = OTHER
    const pass = () => reconcile(aws.guard, groupless)
    const reason = expect.stringMatching(/the group belongs to no Elastic Beanstalk environment[^;]*$/)
    expect(await pass()).toMatchObject({ did: 'done', decision: { do: 'wait', waitsFor: 'agent', reason } })
    expect(aws.calls).not.toContain('sendCommand')
    aws.now += policy.patienceSeconds * 1000
    const decision = { do: 'abandon', outcome: 'retained', reason }
    expect(await pass()).toMatchObject({ over: true, decision })
  })

  it('where nobody may ask for those, says so, and not that there is none', async () => {
    aws.groupName = 'web'
    aws.activeToken = OTHER
    aws.guard.aws.describeAutoScalingGroups = () => Promise.reject(awsError('AccessDenied', 'not yours'))
    expect((await reconcile(aws.guard, groupless)).decision).toMatchObject({
      ...{ do: 'wait', waitsFor: 'agent' },
      reason: 'AWS does not let the guard ask where its logs go: AccessDenied: not yours',
    })
  })
})

describe('a group that is gone between the look and the word', () => {
  it('has ended the action by itself: the next pass tells how', async () => {
    await reconcile(aws.guard, action)
    aws.flushEnds(manifestLine([]))
    aws.failing.set(
      'completeLifecycleAction',
      awsError('ValidationError', 'AutoScalingGroup name not found - null'),
    )
    expect(await reconcile(aws.guard, action)).toMatchObject({ did: 'superseded', over: false })
  })
})

describe('an agent that does not answer', () => {
  it('is not asked again before an answer can be expected, even where retries need not wait', async () => {
    aws.agent = 'dead'
    const impatient = { ...aws.guard, policy: { ...policy, retrySeconds: 0 } }
    const pass = await reconcile(impatient, { ...action, startedAt: aws.now })
    expect(pass.lookAgainSeconds).toBe(policy.pendingSeconds)
  })
})

describe('a manifest that is said to lie in S3', () => {
  it('is believed only below our own prefix for that instance', async () => {
    await reconcile(aws.guard, action)
    const key = `${policy.archive.manifestPrefix}i-0bad0bad0bad0bad0/m.gz`
    aws.flushEnds(`termination-guard manifest-at 2 ${key} ${'0'.repeat(64)} end`)
    const [newest] = (await observe(aws.guard, action, glance('held'))).flushes
    expect(newest?.report).toEqual({ kind: 'unreadable', why: `the manifest is said to be at ${key}` })
    expect(aws.calls).not.toContain('getObject')
  })
  it.each([
    ['S1: of an earlier flush and may not be read leaves nothing empty', 'NoSuchBucket', 'wait'],
    ['but one that is not there says no more than it does', 'NoSuchKey', 'continue'],
  ])('%s', async (_what, code, done) => {
    await reconcile(aws.guard, action)
    const key = `${policy.archive.manifestPrefix}${action.instanceId}/m.gz`
    aws.flushEnds(`termination-guard manifest-at 2 ${key} ${'0'.repeat(64)} end`)
    aws.now += 10 * MINUTE
    await reconcile(aws.guard, action)
    aws.flushEnds(manifestLine([]))
    aws.guard.aws.getObject = async () => {
      throw awsError(code)
    }
    expect((await reconcile(aws.guard, action)).decision.do).toBe(done)
  })
})

describe('a manifest of which the listing has only the beginning', () => {
  const cut = manifestLine([file]).slice(0, 60)
  const denied = awsError('AccessDeniedException', 'not authorized to perform: ssm:GetCommandInvocation')
  const flushesSent = () => aws.calls.filter((call) => call === 'sendCommand').length
  const refusing = (error: Error) => {
    aws.guard.aws.getCommandInvocation = async () => {
      throw error
    }
  }

  it('S1: and which may not be had whole, leaves nothing empty that a later flush does not name', async () => {
    await reconcile(aws.guard, action)
    aws.flushEnds(cut)
    aws.wholeOutput = manifestLine([file])
    aws.now += 10 * MINUTE
    await reconcile(aws.guard, action)
    aws.flushEnds(manifestLine([]))
    refusing(denied)
    expect((await reconcile(aws.guard, action)).decision).toMatchObject({ do: 'wait', waitsFor: 'answer' })
  })
  it('E2: costs no further flush while it may not be had whole, for none would tell it', async () => {
    await reconcile(aws.guard, action)
    aws.flushEnds(cut)
    refusing(denied)
    aws.now += 10 * MINUTE
    const { decision } = await reconcile(aws.guard, action)
    expect(decision).toMatchObject({ do: 'wait', waitsFor: 'answer' })
    expect(decision.reason).toContain('not authorized to perform: ssm:GetCommandInvocation')
    expect(flushesSent()).toBe(1)
    aws.now += policy.patienceSeconds * 1000
    expect((await reconcile(aws.guard, action)).decision).toMatchObject({
      ...{
        outcome: 'retained',
        reason: expect.stringContaining('after one flush, flush c-1: no report; AWS'),
      },
    })
  })
  it.each([
    ['not known', cut, () => refusing(awsError('InvocationDoesNotExist'))],
    ['not known, and listed without it,', '', () => refusing(awsError('InvocationDoesNotExist'))],
    ['without its output', cut, () => undefined],
  ])('E2: is looked at again where the command is %s there yet', async (_what, listed, happen) => {
    await reconcile(aws.guard, action)
    aws.flushEnds(listed)
    happen()
    aws.now += 10 * MINUTE
    await expect(reconcile(aws.guard, action)).rejects.toThrow('SSM does not tell yet what flush')
    expect(flushesSent()).toBe(1)
  })
  it('is another matter than a flush that printed something else, and nothing to its standard output', async () => {
    await reconcile(aws.guard, action)
    aws.flushEnds('\n----------ERROR-------\nsomething')
    aws.now += 10 * MINUTE
    expect((await reconcile(aws.guard, action)).decision.do).toBe('flush')
  })
})

describe('a pass that fails after very many looks', () => {
  it('S3: comes back in time for the next heartbeat', async () => {
    const lazy = { ...policy, heartbeatTimeoutSeconds: 900, lookAgainSeconds: 1800 }
    aws.failing.set('listCommandInvocations', awsError('ThrottlingException'))
    const body = JSON.stringify({
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      AutoScalingGroupName: action.groupName,
      LifecycleHookName: action.hookName,
      EC2InstanceId: action.instanceId,
      LifecycleActionToken: action.token,
      Time: new Date(START).toISOString(),
    })
    const attributes = { ApproximateReceiveCount: '40', SentTimestamp: String(START) }
    const record = { messageId: 'm', receiptHandle: 'r', body, attributes } as never
    await consume({ ...aws.guard, policy: lazy }, [record], () => 60_000)
    expect(aws.visibility).toEqual([300])
  })
})
