/** A pass for a machine whose agent stays dead, while another one salvages a copy of its disk. */
import type { CommandInvocation } from '@aws-sdk/client-ssm'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { salvageComment } from '../../src/flush/commands.ts'
import { readPolicy } from '../../src/policy.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, KEY, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, environment, file, MINUTE, START } from './observations.ts'

const COPIED = START + 5 * MINUTE
const OTHER = 'i-0fedcba9876543210'
const VOLUME = 'vol-0123456789abcdef0'

let aws: OneInstance
const pass = (about = action, RECOVER = 'clone') =>
  reconcile({ ...aws.guard, policy: readPolicy({ ...environment, RECOVER }) }, about)
const comment = (actionBegan = START, copiedAt = COPIED, dead = action.instanceId) =>
  salvageComment(dead, VOLUME, { actionBegan, copiedAt })

/** On another machine, newest first like all commands. */
function salvaged(Comment: string, output = manifestLine([file], [], 60, 'salvage')): void {
  const invocation: CommandInvocation = {
    ...{ CommandId: 'c-salvage', InstanceId: OTHER, Comment, Status: 'Success', StatusDetails: 'Success' },
    RequestedDateTime: new Date(aws.now - 2 * MINUTE),
    CommandPlugins: [{ Output: output, ResponseFinishDateTime: new Date(aws.now - MINUTE) }],
  }
  aws.invocations.unshift(invocation)
}

beforeEach(() => {
  aws = new OneInstance()
  aws.agent = 'dead'
  aws.activities = [terminating]
  aws.now = START + 30 * MINUTE
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
})

it.each([
  ['a message names', action],
  ['the sweep adopted', { ...action, token: undefined }],
])('S1: lets it go as archived where its salvage is proven: %s', async (_, about) => {
  salvaged(comment())
  expect(await pass(about)).toMatchObject({
    over: true,
    decision: {
      ...{ do: 'continue', outcome: 'archived' },
      reason: 'its one file is in S3, as its disk was at 2026-01-02T03:09:05.000Z',
    },
  })
  expect(aws.completed).toEqual(['CONTINUE'])
  expect([...aws.receipts.values()].map((text) => JSON.parse(text))).toMatchObject([
    { instanceId: action.instanceId, flushes: [{ commandId: 'c-salvage' }] },
  ])
})

it.each<[string, () => void]>([
  ['is of a copy that was made before the action began', () => salvaged(comment(START, START - MINUTE))],
  ['was for a later action', () => salvaged(comment(START + MINUTE))],
  ['is of another machine', () => salvaged(comment(START, COPIED, OTHER))],
  ['was asked for by a person', () => salvaged(salvageComment(action.instanceId, VOLUME))],
  ['calls itself an ordinary flush', () => salvaged(comment(), manifestLine([file], [], 60, 'termination'))],
  ['left something open', () => salvaged(comment(), manifestLine([file], ['/var/log/x'], 60, 'salvage'))],
  [
    'has not arrived in S3',
    () => {
      salvaged(comment())
      aws.objects.clear()
    },
  ],
])('S1: what a salvage shows does not count where it %s', async (_, happen) => {
  happen()
  expect(await pass()).toMatchObject({ over: false })
  expect(aws.completed).toEqual([])
})

it('an ordinary flush that says it was a salvage proves nothing', async () => {
  aws.agent = 'online'
  await pass()
  aws.flushEnds(manifestLine([file], [], 86_400, 'salvage'))
  expect(await pass()).toMatchObject({ over: false })
})

it('a flush that the dead agent never fetched does not stand before the salvage', async () => {
  salvaged(comment())
  aws.agent = 'online'
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} ${action.groupName}` })
  Object.assign(aws.invocations[0] ?? {}, { Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' })
  expect(await pass()).toMatchObject({ decision: { do: 'continue', outcome: 'archived' } })
})

it('S1: what a flush before it named stays owed', async () => {
  aws.agent = 'online'
  const now = aws.now
  aws.now = START + MINUTE
  await pass()
  aws.flushEnds(manifestLine([{ ...file, path: '/var/log/tomcat8/rotated/earlier1466114461.gz' }]))
  aws.now = now
  salvaged(comment())
  aws.agent = 'dead'
  expect(await pass()).toMatchObject({ over: false })
})

it('a newer flush of the machine itself counts instead: it saw more', async () => {
  salvaged(comment())
  aws.agent = 'online'
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} ${action.groupName}` })
  aws.flushEnds('', 'Failed')
  expect(await pass()).toMatchObject({ over: false })
})

it('a salvage that runs is waited for, and the machine is flushed only when it is over', async () => {
  salvaged(comment())
  Object.assign(aws.invocations[0] ?? {}, { Status: 'InProgress', StatusDetails: 'InProgress' })
  aws.agent = 'online'
  expect(await pass()).toMatchObject({ decision: { do: 'wait', waitsFor: 'flush' } })
})

it('found over, it is told as archived, at once: it was held before', async () => {
  salvaged(comment())
  aws.now = START + 10 * MINUTE
  aws.activeToken = undefined
  aws.lifecycleState = undefined
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'settle', outcome: 'archived' } })
})

it('S1: found over and kept, it is kept: what it wrote since its disk was copied is on it alone', async () => {
  salvaged(comment())
  aws.activeToken = undefined
  aws.lifecycleState = 'Terminating:Retained'
  expect(await pass()).toMatchObject({
    decision: {
      ...{ do: 'settle', outcome: 'retained' },
      reason: expect.stringContaining('and what it wrote since is not'),
    },
  })
})

it('S1: nor is that told which is of an earlier root volume: it is not what is kept', async () => {
  salvaged(comment())
  aws.activeToken = undefined
  aws.lifecycleState = 'Terminating:Retained'
  const machine = {
    ...{ InstanceId: action.instanceId, LaunchTime: new Date(START - MINUTE), RootDeviceName: '/dev/xvda' },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { AttachTime: new Date(START + 10 * MINUTE) } }],
  }
  aws.guard.aws.describeInstances = async () => ({ Reservations: [{ Instances: [machine] }] })
  expect(await pass()).toMatchObject({ decision: { do: 'settle', outcome: 'expired' } })
})

it.each<[string, () => void]>([
  [
    'an answer leaves it out',
    () => {
      aws.guard.aws.describeAutoScalingInstances = async () => ({ AutoScalingInstances: [] })
    },
  ],
  [
    'nobody may ask where it is',
    () => {
      aws.guard.aws.describeAutoScalingInstances = () => Promise.reject(awsError('AccessDenied', 'not yours'))
    },
  ],
])('S1: nor is it told as archived where it is kept and %s', async (_, happen) => {
  salvaged(comment())
  aws.activeToken = undefined
  aws.lifecycleState = 'Terminating:Retained'
  happen()
  const reason = expect.stringMatching(/kept.*what it wrote since is not/)
  expect(await pass()).toMatchObject({ decision: { do: 'settle', outcome: 'retained', reason } })
})

describe('is asked about', () => {
  const asked = () => aws.calls.filter((call) => call === 'listCommandInvocations').length
  it('only where copies are made, and the agent had its time', async () => {
    await pass(action, 'retry,reboot')
    expect(asked()).toBe(1)
    aws.now = START + 4 * MINUTE
    await pass()
    expect(asked()).toBe(2)
    aws.now = START + 6 * MINUTE
    await pass()
    expect(asked()).toBe(4)
  })
  it('not where the machine flushed itself', async () => {
    aws.agent = 'online'
    await pass()
    aws.flushEnds(manifestLine([file]))
    const before = asked()
    expect(await pass()).toMatchObject({ decision: { do: 'continue' } })
    expect(asked()).toBe(before + 1)
  })
  it('again later where SSM does not tell: nothing is called lost for it', async () => {
    salvaged(comment())
    aws.guard.aws.listCommandInvocations = async ({ InstanceId }) => {
      if (InstanceId === undefined) throw awsError('AccessDeniedException', 'not authorized')
      return { CommandInvocations: aws.invocations }
    }
    expect(await pass()).toMatchObject({ over: false })
  })
})
