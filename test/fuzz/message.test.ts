import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MAX_BODY_CHARACTERS, parse } from '../../src/termination/message.ts'

const kinds = ['lifecycle-action', 'command-status', 'test-notification', 'refused']

const instanceId = fc.stringMatching(/^i-[0-9a-f]{8,32}$/)
const name = fc.string({ minLength: 1, maxLength: 255 })
const token = fc.stringMatching(/^[!-~]{1,64}$/)

/** Values that a field may wrongly have. */
const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.string()),
  fc.dictionary(fc.string(), fc.string()),
)

const notification = fc.record({
  LifecycleTransition: fc.constant('autoscaling:EC2_INSTANCE_TERMINATING'),
  AutoScalingGroupName: name,
  LifecycleHookName: name,
  EC2InstanceId: instanceId,
  LifecycleActionToken: token,
})

describe('messages', () => {
  it('never crash the parser, whatever they are', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => kinds.includes(parse(body).kind)))
  })

  it('with fields of any type are understood or refused, never half believed', () => {
    const damaged = fc.tuple(
      notification,
      fc.constantFrom('AutoScalingGroupName', 'EC2InstanceId', 'LifecycleActionToken', 'LifecycleHookName'),
      anything,
    )
    fc.assert(
      fc.property(damaged, ([body, field, value]) => {
        const message = parse(JSON.stringify({ ...body, [field]: value }))
        if (message.kind === 'refused') return message.why !== ''
        if (message.kind !== 'lifecycle-action') return false
        const { instanceId, token, groupName, hookName } = message
        return (
          /^i-[0-9a-f]{8,32}$/.test(instanceId) &&
          /^[!-~]{1,64}$/.test(token) &&
          [groupName, hookName].every(
            (text) => typeof text === 'string' && text.length > 0 && text.length <= 255,
          )
        )
      }),
    )
  })

  it('say the same plain, through EventBridge, and through SNS, but for who told them', () => {
    fc.assert(
      fc.property(notification, (body) => {
        const time = '2026-01-02T03:04:05.000Z'
        const plain = parse(JSON.stringify({ ...body, Time: time }))
        const event = { 'detail-type': 'EC2 Instance-terminate Lifecycle Action', time, detail: body }
        const told = { ...plain, by: 'event' }
        expect(parse(JSON.stringify(event))).toEqual(told)
        expect(parse(JSON.stringify({ Type: 'Notification', Message: JSON.stringify(event) }))).toEqual(told)
        expect(plain).toMatchObject({ kind: 'lifecycle-action', by: 'hook' })
      }),
    )
  })

  it('that are wrapped in themselves, however often, end somewhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), notification, (depth, body) => {
        let text = JSON.stringify(body)
        for (let level = 0; level < depth && text.length < MAX_BODY_CHARACTERS; level++) {
          text = JSON.stringify({ Type: 'Notification', Message: text })
        }
        return kinds.includes(parse(text).kind)
      }),
    )
  })
})
