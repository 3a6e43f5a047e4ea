/** A machine of a warm pool that is let go while it is switched off: what becomes of it over hours, over AWS's own wire. */
import {
  CreateAutoScalingGroupCommand,
  PutLifecycleHookCommand,
  PutWarmPoolCommand,
} from '@aws-sdk/client-auto-scaling'
import { expect, it } from '@jest/globals'
import { connect } from '../../src/aws/sdk.ts'
import type { Guard } from '../../src/guard.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { hookName, notifierRoleArn } from '../../testbed/local/installed-guard.ts'
import { policy } from '../termination/observations.ts'
import { afterwards, eventually, localAwsByHand } from '../testbed/local/local-aws.ts'

const group = { AutoScalingGroupName: 'web' }

/** Its hook waits for an hour, so that all of its 48 hours could be waited. */
async function letGo(TerminateHookAbandon: 'retain' | 'terminate') {
  const { aws, autoScaling, clock, pass } = await localAwsByHand()
  const { url, arn } = await aws.createQueue('guard')
  const put = (MaxGroupPreparedCapacity: number) =>
    autoScaling.send(new PutWarmPoolCommand({ ...group, MaxGroupPreparedCapacity }))
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{
        ...group,
        LaunchTemplate: { LaunchTemplateName: 'web' },
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 0,
      },
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon } },
    }),
  )
  await autoScaling.send(
    new PutLifecycleHookCommand({
      ...{ ...group, LifecycleHookName: hookName, HeartbeatTimeout: 3600 },
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      ...{ NotificationTargetARN: arn, RoleARN: notifierRoleArn, DefaultResult: 'ABANDON' },
    }),
  )
  await put(1)
  const find = () => aws.model.instances()[0]
  await eventually(async () => {
    await pass(1)
    return find()?.lifecycleState === 'Warmed:Stopped'
  })
  await put(0)
  await pass(1)
  const events: JournalEvent[] = []
  const environment = process.env
  process.env = { ...environment, ...aws.environment('GUARD') }
  afterwards(() => {
    process.env = environment
  })
  const guard: Guard = {
    ...{
      aws: connect(aws.region),
      clock,
      random: () => 0.5,
      journal: (event: JournalEvent) => events.push(event),
    },
    policy: {
      ...policy,
      hookName,
      queueUrl: url,
      deadLetterQueueUrl: url,
      adoptAfterSeconds: 60,
      enrolment: undefined,
    },
  }
  return {
    events,
    state: () => find()?.lifecycleState,
    async sweeps(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        await pass(60)
        await sweep(guard, () => 60_000)
      }
    },
  }
}

const decisions = (events: readonly JournalEvent[]) =>
  events.flatMap((event) => (event.event === 'pass' ? [`${event.decided}: ${event.reason}`] : []))

it('is kept after ten minutes, by word, where the group retains', async () => {
  const { events, state, sweeps } = await letGo('retain')
  expect(state()).toBe('Warmed:Terminating:Wait')
  await sweeps(8)
  expect(state()).toBe('Warmed:Terminating:Wait')
  expect(decisions(events).at(-1)).toBe('wait: the machine is stopped, and nothing can run on it')
  await sweeps(4)
  expect(state()).toBe('Warmed:Terminating:Retained')
  expect(events).toContainEqual(
    expect.objectContaining({
      ...{ event: 'action-ended', outcome: 'retained' },
      reason: expect.stringContaining('the machine is stopped, its disk is whole'),
    }),
  )
})

it('is held, by word, where it does not', async () => {
  const { events, state, sweeps } = await letGo('terminate')
  await sweeps(15)
  expect(state()).toBe('Warmed:Terminating:Wait')
  expect(decisions(events).at(-1)).toMatch(
    /^wait: the machine is stopped, its disk is whole; .*the group does not retain, so the machine is held/,
  )
})
