/** Patience is reached whatever fails: an error that lasts is a reason, and never only another failed pass. */
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { SQSRecord } from 'aws-lambda'
import type { AwsApi } from '../../src/aws/api.ts'
import { MAX_COMMAND_PAGES } from '../../src/flush/commands.ts'
import { LONGEST_PASS_SECONDS } from '../../src/guard.ts'
import { consume } from '../../src/termination/consume.ts'
import { explain } from '../../src/termination/explain.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, KEY, manifestLine, OneInstance, TOKEN, terminating } from '../one-instance.ts'
import { action, file, MINUTE, policy } from './observations.ts'

let aws: OneInstance
const pass = () => reconcile(aws.guard, action)
const refuse = (operation: keyof AwsApi, error: Error) => {
  aws.guard.aws[operation] = (async () => {
    throw error
  }) as never
}
const outOfPatience = () => {
  aws.now = action.startedAt + policy.patienceSeconds * 1000
}

beforeEach(() => {
  aws = new OneInstance()
})

describe.each<[string, keyof AwsApi, Error]>([
  ['the commands may not be listed', 'listCommandInvocations', awsError('AccessDeniedException', 'no')],
  ['the document is gone', 'sendCommand', awsError('InvalidDocument', 'no such document')],
  ['SendCommand is denied', 'sendCommand', awsError('AccessDeniedException', 'not authorized')],
  ['the machine runs Windows', 'sendCommand', awsError('UnsupportedPlatformType', 'no')],
])('where %s', (_what, operation, error) => {
  it('the machine is kept after patience, with the reason in words', async () => {
    refuse(operation, error)
    expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait' } })
    outOfPatience()
    expect(await pass()).toMatchObject({
      over: true,
      decision: { do: 'abandon', outcome: 'retained', reason: expect.stringContaining(error.name) },
    })
    expect(aws.completed).toEqual(['ABANDON'])
  })
})

it.each(['NoSuchBucket', 'PermanentRedirect', 'KMS.DisabledException', 'AccessDenied'])(
  'an archive that answers %s for ever is a reason, and costs no further flush',
  async (name) => {
    await pass()
    aws.flushEnds(manifestLine([file]))
    refuse('listObjectsV2', awsError(name, 'for ever'))
    aws.now += 5 * MINUTE
    expect(await pass()).toMatchObject({ decision: { do: 'wait', waitsFor: 'answer' } })
    outOfPatience()
    expect(await pass()).toMatchObject({
      decision: { do: 'abandon', reason: expect.stringContaining(`${name}: for ever`) },
    })
    expect(aws.invocations).toHaveLength(1)
  },
)

it('a machine that is gone is told at once as lost, where one thing that it hinges on may not be asked', async () => {
  refuse('listCommandInvocations', awsError('AccessDeniedException', 'no'))
  aws.machine = 'terminated'
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'continue', outcome: 'lost' } })
})

it('what passes by itself is retried, and is a reason when it goes on until patience', async () => {
  refuse('listCommandInvocations', awsError('ThrottlingException', 'Rate exceeded'))
  await expect(pass()).rejects.toThrow('Rate exceeded')
  outOfPatience()
  expect(await pass()).toMatchObject({
    decision: { do: 'abandon', reason: expect.stringContaining('Rate exceeded') },
  })
})

describe.each([
  ['may not be sent', awsError('AccessDenied', 'not authorized')],
  ['is answered in words that nobody knows', awsError('ValidationError', 'Lifecycle action has ended')],
])('where a heartbeat %s', (_what, error) => {
  beforeEach(async () => {
    await pass()
    refuse('recordLifecycleActionHeartbeat', error)
  })
  /** Auto Scaling holds no action for longer than two days; that the machine is gone does not end it. */
  const expectOverOnlyWithAge = async () => {
    aws.machine = 'terminated'
    aws.now = action.startedAt + 48 * 60 * MINUTE
    await expect(pass()).rejects.toBe(error)
    aws.now += 1
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  }
  it('nothing is done while our hook may hold the instance, however long, and the pass fails', async () => {
    await expect(pass()).rejects.toBe(error)
    aws.now += 90 * MINUTE
    await expect(pass()).rejects.toBe(error)
    expect(aws.invocations).toHaveLength(1)
  })
  it('an end is told all the same, once the instance is beyond the hook', async () => {
    aws.lifecycleState = 'Terminating:Retained'
    // That may be how it was before a person released it, a moment ago.
    await expect(pass()).rejects.toBe(error)
    aws.now += 20 * MINUTE
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'retained' } })
    aws.lifecycleState = 'Terminated'
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  })
  it('an answer without the instance is none, unless its group is told of without it, too', async () => {
    aws.lifecycleState = undefined
    aws.now += 90 * MINUTE
    await expect(pass()).rejects.toBe(error)
    const { AutoScalingGroups = [] } = await aws.guard.aws.describeAutoScalingGroups({})
    aws.guard.aws.describeAutoScalingGroups = async () => ({ AutoScalingGroups: [] })
    await expect(pass()).rejects.toBe(error)
    aws.guard.aws.describeAutoScalingGroups = async () => ({
      AutoScalingGroups: AutoScalingGroups.map((group) => ({ ...group, Instances: [] })),
    })
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  })
  it('nor where the group is told of without what is in it', async () => {
    aws.lifecycleState = undefined
    aws.now += 90 * MINUTE
    const { AutoScalingGroups: [group] = [] } = await aws.guard.aws.describeAutoScalingGroups({})
    aws.guard.aws.describeAutoScalingGroups = async () => ({
      AutoScalingGroups: group && [{ ...group, Instances: undefined }],
    })
    await expect(pass()).rejects.toBe(error)
  })
  it('nor where nobody may ask whether its group is there', async () => {
    aws.lifecycleState = undefined
    aws.now += 90 * MINUTE
    aws.guard.aws.describeAutoScalingGroups = async () => ({ AutoScalingGroups: [] })
    refuse('describeLifecycleHooks', awsError('AccessDenied', 'nor this'))
    await expect(pass()).rejects.toBe(error)
  })
  it('is beyond it, too, where only its group may be asked', async () => {
    aws.now += 90 * MINUTE
    refuse('describeAutoScalingInstances', awsError('AccessDenied', 'nor this'))
    await expect(pass()).rejects.toBe(error)
    const { AutoScalingGroups: [group] = [] } = await aws.guard.aws.describeAutoScalingGroups({})
    aws.guard.aws.describeAutoScalingGroups = async () => ({
      AutoScalingGroups: group && [{ ...group, Instances: [] }],
    })
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  })
  describe('where the group has a warm pool, whose instances it does not tell of', () => {
    /** By its id it is not found; these are, where nobody is named. */
    const among = (...ids: string[]) => {
      aws.guard.aws.describeAutoScalingInstances = async ({ InstanceIds }) => ({
        AutoScalingInstances: (InstanceIds ? [] : ids).map((InstanceId) => ({
          ...{ InstanceId, AutoScalingGroupName: action.groupName, AvailabilityZone: 'eu-west-1a' },
          ...{ HealthStatus: 'HEALTHY', LifecycleState: 'Warmed:Pending:Wait', ProtectedFromScaleIn: false },
        })),
      })
    }
    beforeEach(async () => {
      aws.now += 90 * MINUTE
      const { AutoScalingGroups = [] } = await aws.guard.aws.describeAutoScalingGroups({})
      const WarmPoolConfiguration = { PoolState: 'Stopped' } as const
      aws.guard.aws.describeAutoScalingGroups = async () => ({
        AutoScalingGroups: AutoScalingGroups.map((group) => ({
          ...group,
          WarmPoolConfiguration,
          Instances: [],
        })),
      })
    })

    it('it is not where Auto Scaling as a whole has it, whatever EC2 says', async () => {
      among('i-0aaaaaaaaaaaaaaaa', action.instanceId)
      aws.machine = 'terminated'
      await expect(pass()).rejects.toBe(error)
    })
    it('it is where Auto Scaling has others', async () => {
      among('i-0aaaaaaaaaaaaaaaa')
      expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
    })
    it.each<[string, () => void]>([
      ['it has nobody', () => among()],
      [
        'it may not be asked',
        () => refuse('describeAutoScalingInstances', awsError('AccessDenied', 'nor this')),
      ],
    ])('and where %s, only when it is older than any can be', async (_what, tells) => {
      tells()
      await expectOverOnlyWithAge()
    })
  })
  it('or the group is gone with it', async () => {
    aws.now += MINUTE
    aws.lifecycleState = undefined
    aws.guard.aws.describeAutoScalingGroups = async () => ({ AutoScalingGroups: [] })
    refuse('describeLifecycleHooks', awsError('ValidationError', 'AutoScalingGroup name not found - null'))
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
  })
  it('a machine that EC2 has for gone can wait at the hook, as its group tells', async () => {
    aws.lifecycleState = undefined
    aws.machine = 'terminated'
    aws.now += 90 * MINUTE
    await expect(pass()).rejects.toBe(error)
  })
  it('and where nobody may ask the group, only when it is older than any can be', async () => {
    aws.lifecycleState = undefined
    refuse('describeAutoScalingGroups', awsError('AccessDenied', 'nor this'))
    await expectOverOnlyWithAge()
  })
  it('nothing is called over where nobody tells of the instance', async () => {
    refuse('describeAutoScalingInstances', awsError('AccessDenied', 'nor this'))
    aws.now += 90 * MINUTE
    await expect(pass()).rejects.toBe(error)
  })
})

it('a heartbeat that will pass is waited for, wherever the instance is', async () => {
  refuse('recordLifecycleActionHeartbeat', awsError('Throttling', 'Rate exceeded'))
  aws.lifecycleState = 'Terminating:Retained'
  aws.now += 20 * MINUTE
  await expect(pass()).rejects.toThrow('Rate exceeded')
})

describe('a flush that cannot be started at the moment is a reason when that goes on until patience', () => {
  const passing = awsError('ThrottlingException', 'Rate exceeded')
  it('because it cannot be sent', async () => {
    refuse('sendCommand', passing)
    await expect(pass()).rejects.toBe(passing)
    outOfPatience()
    expect(await pass()).toMatchObject({
      over: true,
      decision: { do: 'abandon', outcome: 'retained', reason: expect.stringContaining('Rate exceeded') },
    })
  })
  it('because nobody tells where the logs go', async () => {
    aws.groupName = 'web'
    refuse('describeAutoScalingGroups', passing)
    const ofGroup = () => reconcile(aws.guard, { ...action, groupName: 'web' })
    await expect(ofGroup()).rejects.toBe(passing)
    outOfPatience()
    expect(await ofGroup()).toMatchObject({
      decision: { waitsFor: 'person', reason: expect.stringContaining('Rate exceeded') },
    })
  })
})

it.each<[string, keyof AwsApi, string, () => void]>([
  ['an archive that does not answer', 'listObjectsV2', 'compare its logs with S3', () => undefined],
  [
    'a report that may not be had whole',
    'getCommandInvocation',
    'read what its flushes reported',
    () => aws.flushEnds('termination-guard manifest 2 H4sI'),
  ],
])('%s at the moment is a reason when that goes on until patience', async (_, operation, words, happen) => {
  await pass()
  aws.flushEnds(manifestLine([file]))
  happen()
  refuse(operation, awsError('SlowDown', 'Reduce your request rate'))
  await expect(pass()).rejects.toThrow('Reduce your request rate')
  outOfPatience()
  expect(await pass()).toMatchObject({
    decision: {
      do: 'abandon',
      reason: expect.stringContaining(
        `AWS does not let the guard ${words}: SlowDown: Reduce your request rate`,
      ),
    },
  })
})

it('what was flushed before is not asked for while the newest flush says nothing', async () => {
  await pass()
  aws.flushEnds('termination-guard manifest 2 H4sI')
  aws.wholeOutput = 'termination-guard manifest 2 H4sI'
  aws.now += 10 * MINUTE
  await pass()
  aws.flushEnds('', 'Failed')
  aws.calls.length = 0
  await pass()
  expect(aws.calls).not.toContain('getCommandInvocation')
})

it('a machine that is gone while something wrote is lost at once, whatever of it is in S3', async () => {
  await pass()
  const records = `manifest\t2\t${action.instanceId}\ttermination\t0\t60\0writer\tjava\t/var/log/x\0end\t2\0`
  aws.flushEnds(`termination-guard manifest 2 ${gzipSync(records).toString('base64')} end`)
  expect((await pass()).seen.flushes[0]?.report).toMatchObject({ manifest: { writers: [{ name: 'java' }] } })
  aws.machine = 'terminated'
  expect(await pass()).toMatchObject({ decision: { do: 'continue', outcome: 'lost' } })
})

it('Auto Scaling’s own end is seen coming, where a person has shortened the hook and another’s flush runs for ever', async () => {
  aws.heartbeatTimeout = 30
  const Comment = 'eeeeeeee-0000-0000-0000-000000000005 another'
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment })
  aws.now += 0.8 * 100 * 30 * 1000
  expect(await pass()).toMatchObject({ decision: { do: 'abandon', outcome: 'retained' } })
})

it('a machine of which EC2 tells nothing at the moment is kept when that goes on until patience', async () => {
  await pass()
  aws.flushEnds('', 'Failed')
  refuse('describeInstances', awsError('RequestLimitExceeded', 'Rate exceeded'))
  await expect(pass()).rejects.toThrow('Rate exceeded')
  outOfPatience()
  expect(await pass()).toMatchObject({ decision: { do: 'abandon', outcome: 'retained' } })
})

it('where nobody may ask where it is, an action is over only when its group is told of without it', async () => {
  refuse('describeAutoScalingInstances', awsError('AccessDenied', 'no'))
  aws.activeToken = undefined
  aws.now += 20 * MINUTE
  // Another hook may hold it for hours, and ours be next.
  expect(await pass()).toMatchObject({ over: false, decision: { do: 'wait', waitsFor: 'hook' } })
  const { AutoScalingGroups: [group] = [] } = await aws.guard.aws.describeAutoScalingGroups({})
  aws.guard.aws.describeAutoScalingGroups = async () => ({
    AutoScalingGroups: group && [{ ...group, Instances: [] }],
  })
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
})

describe('a flush that names nothing of what it had seen', () => {
  beforeEach(async () => {
    await pass()
    const records = `manifest\t2\t${action.instanceId}\ttermination\t3\t86400\0end\t1\0`
    aws.flushEnds(`termination-guard manifest 2 ${gzipSync(records).toString('base64')} end`)
    outOfPatience()
  })
  it('has proven nothing: its machine is kept', async () => {
    expect(await pass()).toMatchObject({ decision: { do: 'abandon', outcome: 'retained' } })
  })
  it('nor does it hide that the machine is gone', async () => {
    aws.machine = 'terminated'
    expect(await pass()).toMatchObject({ decision: { do: 'continue', outcome: 'lost' } })
  })
})

describe('a message that comes when patience is over is flushed all the same,', () => {
  it.each<[string, keyof AwsApi]>([
    ['EC2 may not be asked', 'describeInstances'],
    ['the hook may not be read', 'describeLifecycleHooks'],
  ])('although %s', async (_, operation) => {
    refuse(operation, awsError('AccessDenied', 'no'))
    outOfPatience()
    expect(await pass()).toMatchObject({ over: false, did: 'done', decision: { do: 'flush' } })
    aws.flushEnds('', 'Failed')
    expect(await pass()).toMatchObject({ over: true, decision: { do: 'abandon', outcome: 'retained' } })
  })
})

it('a hook and a group that may not be read hold the machine, told as overdue', async () => {
  refuse('describeLifecycleHooks', awsError('AccessDenied', 'no'))
  refuse('describeAutoScalingGroups', awsError('AccessDenied', 'no'))
  refuse('listCommandInvocations', awsError('AccessDenied', 'no'))
  outOfPatience()
  expect(await pass()).toMatchObject({ over: false, decision: { waitsFor: 'person' } })
})

it.each([true, false])(
  'what the group says counts where its hook may not be read: retains %s',
  async (retains) => {
    aws.retains = retains
    aws.agent = 'dead'
    refuse('describeLifecycleHooks', awsError('AccessDenied', 'no'))
    outOfPatience()
    const { decision } = await pass()
    const held = { waitsFor: 'person', reason: expect.stringContaining('the group does not retain') }
    expect(decision).toMatchObject(retains ? { do: 'abandon', outcome: 'retained' } : held)
  },
)

it('where the group may not be read, the machine is held, also where one that does not retain would not be', async () => {
  const abandoning = { ...aws.guard, policy: { ...policy, withoutRetention: 'abandon' as const } }
  aws.agent = 'dead'
  refuse('describeAutoScalingGroups', awsError('AccessDenied', 'no'))
  outOfPatience()
  expect(await reconcile(abandoning, action)).toMatchObject({ over: false, decision: { waitsFor: 'person' } })
})

it('a group that is gone ends its action at once', async () => {
  aws.isGroupGone = true
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'expired' } })
})

it('S3: a hook that a person set to 300 s is looked at in time from the first pass on', async () => {
  aws.heartbeatTimeout = 300
  expect(await pass()).toMatchObject({ decision: { do: 'flush' }, lookAgainSeconds: 100 })
})

it.each(['stopped', 'stopping'])('a machine that is %s is kept within minutes', async (state) => {
  aws.machine = state
  await pass()
  aws.now += 11 * MINUTE
  expect(await pass()).toMatchObject({ decision: { do: 'abandon', outcome: 'retained' } })
})

it('explain says what the next pass will do, and throws nothing of the SDK’s', async () => {
  aws.activities = [terminating]
  refuse('listCommandInvocations', awsError('AccessDenied', 'no'))
  expect(await explain(aws.guard, action.instanceId)).toMatchObject({
    is: 'held',
    decision: { do: 'wait', reason: expect.stringContaining('AccessDenied: no') },
  })
})

it('told as archived after all, where the last flush succeeded after the machine was given up', async () => {
  await pass()
  aws.now += policy.patienceSeconds * 1000
  expect(await pass()).toMatchObject({ decision: { do: 'abandon' } })
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  expect(await reconcile(aws.guard, action, { wokenBy: 'command-status' })).toMatchObject({
    decision: { do: 'settle', outcome: 'archived', reason: expect.stringContaining('the machine is kept') },
  })
})

describe('more than a pass can read', () => {
  it('of commands is a reason like any other', async () => {
    let pages = 0
    aws.guard.aws.listCommandInvocations = async () => {
      pages++
      return { CommandInvocations: [], NextToken: 'more' }
    }
    expect(await pass()).toMatchObject({
      decision: { do: 'wait', waitsFor: 'answer', reason: expect.stringContaining('TooMany') },
    })
    expect(pages).toBe(MAX_COMMAND_PAGES)
    outOfPatience()
    expect(await pass()).toMatchObject({ decision: { do: 'abandon', outcome: 'retained' } })
  })
  it('of objects is one too: nothing is called missing, and no attempt is spent', async () => {
    await pass()
    aws.flushEnds(manifestLine([file]))
    aws.now += 5 * MINUTE
    aws.guard.aws.listObjectsV2 = async () => {
      aws.now += 1000
      return { Contents: [], IsTruncated: true, NextContinuationToken: 'more' }
    }
    expect(await pass()).toMatchObject({
      seen: { proof: { gaps: [{ is: 'unproven' }] } },
      decision: { do: 'wait', waitsFor: 'answer', reason: expect.stringContaining('in time') },
    })
    expect(aws.invocations).toHaveLength(1)
  })
})

it('a call that hangs costs its own pass, and in time', async () => {
  const body = JSON.stringify({
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    LifecycleHookName: action.hookName,
    AutoScalingGroupName: action.groupName,
    EC2InstanceId: action.instanceId,
    LifecycleActionToken: TOKEN,
  })
  const attributes = { SentTimestamp: String(aws.now), ApproximateReceiveCount: '1' }
  const record = { messageId: 'm', receiptHandle: 'r', body, attributes } as unknown as SQSRecord
  aws.guard.aws.recordLifecycleActionHeartbeat = async () => {
    aws.now += LONGEST_PASS_SECONDS * 1000
  }
  await consume(aws.guard, [record], () => 120_000)
  expect(aws.journal).toMatchObject([{ event: 'pass-failed', error: 'TimeoutError' }])
})
