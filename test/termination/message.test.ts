import { describe, expect, it } from '@jest/globals'
import { MAX_BODY_CHARACTERS, parse } from '../../src/termination/message.ts'

const notification = {
  LifecycleHookName: 'termination-guard',
  AccountId: '111122223333',
  RequestId: 'aaaaaaaa-0000-0000-0000-000000000001',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  AutoScalingGroupName: 'web-asg',
  Service: 'AWS Auto Scaling',
  Time: '2026-01-02T03:04:05.678Z',
  EC2InstanceId: 'i-0123456789abcdef0',
  LifecycleActionToken: 'bbbbbbbb-0000-0000-0000-000000000002',
}
const action = {
  kind: 'lifecycle-action',
  by: 'hook',
  groupName: 'web-asg',
  hookName: 'termination-guard',
  instanceId: 'i-0123456789abcdef0',
  token: 'bbbbbbbb-0000-0000-0000-000000000002',
  time: Date.parse('2026-01-02T03:04:05.678Z'),
}
const { Time, Service, RequestId, AccountId, ...detail } = notification
const event = {
  version: '0',
  'detail-type': 'EC2 Instance-terminate Lifecycle Action',
  source: 'aws.autoscaling',
  time: '2026-01-02T03:04:05.678Z',
  detail,
}
const read = (body: unknown) => parse(JSON.stringify(body))

describe('a lifecycle action', () => {
  it('is read from a hook notification sent straight to the queue', () => {
    expect(read(notification)).toEqual(action)
  })
  it('is read from EventBridge, which carries the time outside', () => {
    expect(read(event)).toEqual({ ...action, by: 'event' })
  })
  it('is dated by itself, where EventBridge carries another time', () => {
    const own = '2026-01-02T03:00:00Z'
    expect(read({ ...event, detail: { ...detail, Time: own } })).toMatchObject({ time: Date.parse(own) })
  })
  it('is one with the longest names that there can be, in the largest body, and none with more', () => {
    const name = 'x'.repeat(255)
    const named = { ...notification, AutoScalingGroupName: name, LifecycleHookName: name }
    expect(read(named)).toMatchObject({ groupName: name, hookName: name })
    for (const key of ['AutoScalingGroupName', 'LifecycleHookName'])
      for (const wrong of ['', `${name}x`]) expect(read({ ...named, [key]: wrong }).kind).toBe('refused')
    const body = JSON.stringify(notification)
    expect(parse(body.padEnd(MAX_BODY_CHARACTERS)).kind).toBe('lifecycle-action')
    expect(parse(body.padEnd(MAX_BODY_CHARACTERS + 1)).kind).toBe('refused')
  })
  it.each([
    'xi-0123456789abcdef0',
    'i-0123456789abcdef0\n',
    'i-0123456789abcdef0 i-1',
    'i-0123456',
    'I-0123456789ABCDEF0',
  ])('is of no instance called %j', (EC2InstanceId) => {
    expect(read({ ...notification, EC2InstanceId }).kind).toBe('refused')
  })
  it('is read from either, wrapped by SNS', () => {
    const wrapped = (message: unknown) => read({ Type: 'Notification', Message: JSON.stringify(message) })
    expect(wrapped(notification)).toEqual(action)
    expect(wrapped(event)).toEqual({ ...action, by: 'event' })
  })
  it('may lack every optional field, and the time', () => {
    const { Time: _, ...timeless } = notification
    expect(read(timeless)).toEqual({ ...action, time: undefined })
    for (const odd of ['yesterday', '', null, 1_767_323_045])
      expect(read({ ...notification, Time: odd })).toEqual({ ...action, time: undefined })
  })
  it('is one like any other when it returns an instance to the warm pool', () => {
    expect(read({ ...notification, Origin: 'AutoScalingGroup', Destination: 'WarmPool' })).toEqual(action)
  })
  it('is one like any other when it replaces the root volume', () => {
    const replacement = {
      Origin: 'AutoScalingGroup',
      Destination: 'AutoScalingGroup',
      Action: 'ReplaceRootVolume',
    }
    expect(read({ ...notification, ...replacement })).toEqual(action)
    expect(read({ ...event, detail: { ...detail, ...replacement } })).toEqual({ ...action, by: 'event' })
  })
})

it('the test notification is told apart', () => {
  expect(read({ Event: 'autoscaling:TEST_NOTIFICATION', AutoScalingGroupName: 'web-asg' })).toEqual({
    kind: 'test-notification',
  })
})

it('the status of a command invocation is a wake-up', () => {
  const status = {
    'detail-type': 'EC2 Command Invocation Status-change Notification',
    source: 'aws.ssm',
    detail: {
      'command-id': 'c-1',
      'document-name': 'flush',
      'instance-id': 'i-0123456789abcdef0',
      status: 'Success',
    },
  }
  expect(read(status)).toEqual({
    kind: 'command-status',
    commandId: 'c-1',
    documentName: 'flush',
    instanceId: 'i-0123456789abcdef0',
  })
})

describe('refused, with the reason', () => {
  it.each([
    ['what is not JSON', 'i-0abc is going', 'not a JSON object'],
    ['a JSON value that is no object', '["i-0abc"]', 'not a JSON object'],
    ['no value', 'null', 'not a JSON object'],
    ['a number', '5', 'not a JSON object'],
    ['a kind that is in no table', '{"hello":"world"}', 'of no kind that the guard knows'],
    [
      'a launch',
      JSON.stringify({ ...notification, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }),
      'LifecycleTransition',
    ],
    [
      'an instance id that is none',
      JSON.stringify({ ...notification, EC2InstanceId: '../../etc' }),
      'EC2InstanceId: is not an instance id',
    ],
    [
      'a notification without a token',
      JSON.stringify({ ...notification, LifecycleActionToken: undefined }),
      'LifecycleActionToken',
    ],
    ['an event without a detail', JSON.stringify({ ...event, detail: 7 }), 'body'],
    ['what is too large', `{"x":"${'y'.repeat(MAX_BODY_CHARACTERS)}"}`, 'larger than'],
    [
      'an SNS envelope around nonsense',
      JSON.stringify({ Type: 'Notification', Message: 'nonsense' }),
      'not a JSON object',
    ],
  ])('%s', (_what, body, why) => {
    expect(parse(body)).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) })
  })
})
