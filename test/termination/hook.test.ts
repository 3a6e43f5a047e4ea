/** Which hook is ours, and what it is really set to. */
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling'
import { beforeEach, expect, it } from '@jest/globals'
import {
  hasHook,
  hookFacts,
  hookTimes,
  isShort,
  retainsAbandoned,
  whyNotKept,
} from '../../src/termination/hook.ts'
import { awsError, OneInstance } from '../one-instance.ts'
import { action, policy } from './observations.ts'

const name = policy.hookName
const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING'
const queue = 'arn:aws:sqs:eu-west-1:111122223333:termination-guard'

let aws: OneInstance
beforeEach(() => {
  aws = new OneInstance()
})
function set(...hooks: LifecycleHook[]): void {
  aws.guard.aws.describeLifecycleHooks = async () => ({ LifecycleHooks: hooks })
}

it.each<[string, LifecycleHook, boolean]>([
  [
    'notifies our queue',
    { LifecycleHookName: name, LifecycleTransition: terminating, NotificationTargetARN: queue },
    true,
  ],
  ['has no target', { LifecycleHookName: name, LifecycleTransition: terminating }, true],
  [
    'has had its target taken away',
    { LifecycleHookName: name, LifecycleTransition: terminating, NotificationTargetARN: '' },
    true,
  ],
  [
    'notifies another queue',
    { LifecycleHookName: name, LifecycleTransition: terminating, NotificationTargetARN: `${queue}-2` },
    false,
  ],
  [
    'notifies a queue of our queue’s name in another account',
    {
      LifecycleHookName: name,
      LifecycleTransition: terminating,
      NotificationTargetARN: queue.replace('111122223333', '444455556666'),
    },
    false,
  ],
  [
    'is of launching instances',
    {
      LifecycleHookName: name,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      NotificationTargetARN: queue,
    },
    false,
  ],
  ['has another name', { LifecycleHookName: 'drain', LifecycleTransition: terminating }, false],
])('a hook that %s is ours or is not', async (_what, hook, isOurs) => {
  set(hook)
  expect(await hasHook(aws.guard.aws, action.groupName, policy)).toBe(isOurs)
})

it('one answer without our hook says nothing: it is there, and set to what it is set to', async () => {
  aws.heartbeatTimeout = 300
  const found = await aws.guard.aws.describeLifecycleHooks({ AutoScalingGroupName: action.groupName })
  const leavingItOutOnce = () => {
    let asked = 0
    aws.guard.aws.describeLifecycleHooks = async () => (asked++ === 0 ? { LifecycleHooks: [] } : found)
  }
  leavingItOutOnce()
  expect(await hookTimes(aws.guard.aws, action)).toMatchObject({ heartbeatTimeoutSeconds: 300 })
  leavingItOutOnce()
  expect(await hasHook(aws.guard.aws, action.groupName, policy)).toBe(true)
})

it('a group that is gone has no hook; what AWS does not tell is told so', async () => {
  const failing = (error: Error) => {
    aws.failing.set('describeLifecycleHooks', error)
    return hasHook(aws.guard.aws, action.groupName, policy)
  }
  const missing = awsError('ValidationError', 'AutoScalingGroup name not found - null')
  await expect(failing(missing)).resolves.toBe(false)
  await expect(failing(awsError('Throttling'))).rejects.toThrow()
})

it.each([
  ['Terminating:Wait', true],
  ['Warmed:Pending:Wait', true],
  ['ReplacingRootVolume:Wait', false],
])('what the group retains is the disk of an instance in %s: %s', async (lifecycleState, retains) => {
  aws.lifecycleState = lifecycleState
  expect(await hookFacts(aws.guard.aws, action)).toMatchObject({ retains })
})

it('what another instance of the group goes through says nothing of this one', async () => {
  const { AutoScalingGroups: [group] = [] } = await aws.guard.aws.describeAutoScalingGroups({})
  const [own] = group?.Instances ?? []
  const replaced = { ...own, InstanceId: 'i-1', LifecycleState: 'ReplacingRootVolume:Wait' } as NonNullable<
    typeof own
  >
  aws.guard.aws.describeAutoScalingGroups = async () => ({
    AutoScalingGroups: group && own ? [{ ...group, Instances: [replaced, own] }] : [],
  })
  expect(await retainsAbandoned(aws.guard.aws, action)).toBe(true)
  // Nor does the group tell of one that leaves its warm pool.
  aws.guard.aws.describeAutoScalingGroups = async () => ({
    AutoScalingGroups: group ? [{ ...group, Instances: [] }] : [],
  })
  expect(await retainsAbandoned(aws.guard.aws, action)).toBe(true)
})

it('what a group that nobody tells of retains is not known', async () => {
  aws.groupName = 'another'
  expect(await retainsAbandoned(aws.guard.aws, action)).toBeUndefined()
})

it('a hook whose default result nobody tells might not keep what it gives up', async () => {
  expect(await whyNotKept(aws.guard.aws, action.groupName, policy)).toBeUndefined()
  set({ LifecycleHookName: name, LifecycleTransition: terminating, NotificationTargetARN: queue })
  expect(await whyNotKept(aws.guard.aws, action.groupName, policy)).toContain('not ABANDON')
})

it('nor might what no hook of ours gives up, or a group that does not retain', async () => {
  const why = () => whyNotKept(aws.guard.aws, action.groupName, policy)
  const named = { LifecycleHookName: name, LifecycleTransition: terminating, DefaultResult: 'ABANDON' }
  set({ ...named, LifecycleHookName: 'drain' })
  expect(await why()).toBe('the group does not have our hook')
  set({ ...named, NotificationTargetARN: `${queue}-2` })
  expect(await why()).toBe('the group does not have our hook')
  aws.retains = false
  expect(await why()).toBe('the group does not retain')
  aws.groupName = 'another'
  expect(await why()).toBe('the group does not retain')
})

it('a hook is short where the queue brings a message back after more than half of its heartbeat', () => {
  const { queueVisibilitySeconds } = policy
  expect(isShort(2 * queueVisibilitySeconds, policy)).toBe(false)
  expect(isShort(2 * queueVisibilitySeconds - 1, policy)).toBe(true)
})

it.each([
  ['a hundred heartbeats', { HeartbeatTimeout: 300 }, 30_000],
  ['at most two days', { HeartbeatTimeout: 7200 }, 172_800],
  ['what Auto Scaling says', { HeartbeatTimeout: 7200, GlobalTimeout: 4000 }, 4000],
])('without anybody’s word an action ends after %s', async (_what, times, globalTimeoutSeconds) => {
  set({ LifecycleHookName: name, ...times })
  expect(await hookTimes(aws.guard.aws, action)).toMatchObject({ globalTimeoutSeconds })
})
