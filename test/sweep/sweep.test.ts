import { beforeEach, expect, it } from '@jest/globals'
import { parseSelections } from '../../src/selection.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { PROMPT_SECONDS, UNSEEN_SECONDS } from '../../src/termination/attempts.ts'
import { HandTimers } from '../hand-timers.ts'
import { awsError, KEY, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, file, MINUTE, START } from '../termination/observations.ts'

let aws: OneInstance
const plenty = () => 60_000
const run = () => sweep(aws.guard, plenty)
const told = () => aws.journal.find(({ event }) => event === 'sweep')

beforeEach(() => {
  aws = new OneInstance()
  aws.now = START + 30 * MINUTE
  aws.activities = [terminating]
})

it('adopts an action whose message was lost and drives it to its end', async () => {
  await run()
  expect(aws.invocations[0]?.Comment).toBe(`adopted:${new Date(START).toISOString()} ${action.groupName}`)
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  await run()
  expect(aws.completed).toEqual(['CONTINUE'])
  expect(aws.journal).toContainEqual(expect.objectContaining({ event: 'action-ended', outcome: 'archived' }))
})

it('takes the flush that a lost message’s passes had started for its own', async () => {
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} ${action.groupName}` })
  await run()
  expect(aws.invocations).toHaveLength(1)
})

it('S1: does not take a flush that began before the action for its own', async () => {
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} ${action.groupName}` })
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  aws.activities = aws.activities.map((activity) => ({ ...activity, StartTime: new Date(aws.now + 1) }))
  aws.now += 30 * MINUTE
  await run()
  expect(aws.completed).toEqual([])
  expect(aws.invocations).toHaveLength(2)
})

it('adopts what a later page names', async () => {
  const listed = new OneInstance().guard.aws.describeAutoScalingInstances
  aws.guard.aws.describeAutoScalingInstances = async (input) =>
    input.NextToken || input.InstanceIds ? await listed(input) : { AutoScalingInstances: [], NextToken: 'x' }
  await run()
  expect(told()).toMatchObject({ held: 1, adopted: 1 })
})

it('E1: flushes once what stands on two pages, since the list changed while it was read', async () => {
  const listed = new OneInstance().guard.aws.describeAutoScalingInstances
  aws.guard.aws.describeAutoScalingInstances = async (input) =>
    input.NextToken || input.InstanceIds ? await listed(input) : { ...(await listed(input)), NextToken: 'x' }
  await run()
  expect(aws.invocations).toHaveLength(1)
  expect(told()).toMatchObject({ held: 1, adopted: 1 })
})

it('dates an action by an activity on a later page', async () => {
  aws.guard.aws.describeScalingActivities = async ({ NextToken }) =>
    NextToken ? { Activities: [terminating] } : { Activities: [], NextToken: 'x' }
  await run()
  expect(told()).toMatchObject({ adopted: 1, oldestHeldSeconds: 30 * 60 })
})

it('adopts what one answer of the activities leaves out', async () => {
  let asked = 0
  aws.guard.aws.describeScalingActivities = async () => ({ Activities: asked++ === 0 ? [] : [terminating] })
  await run()
  expect(told()).toMatchObject({ held: 1, adopted: 1 })
})

it('enrols also where what waits cannot be listed', async () => {
  const enrolment = {
    selections: parseSelections('web'),
    queueArn: 'arn:q',
    notifierRoleArn: 'arn:r',
    retain: true,
  }
  aws.failing.set('describeAutoScalingInstances', awsError('AccessDenied'))
  const guard = { ...aws.guard, policy: { ...aws.guard.policy, enrolment } }
  await expect(sweep(guard, plenty)).rejects.toThrow()
  expect(aws.journal.map(({ event }) => event)).toEqual(['enrolment'])
})

it('enrols in what is left where the list of what waits never comes', async () => {
  const enrolment = { selections: [], queueArn: 'arn:q', notifierRoleArn: 'arn:r', retain: true }
  const time = new HandTimers(aws)
  const endsAt = aws.now + 60_000
  const hanging = {
    ...aws.guard.aws,
    describeAutoScalingInstances: () => new Promise<never>(() => undefined),
  }
  const policy = { ...aws.guard.policy, enrolment }
  const guard = { ...aws.guard, aws: hanging, policy, clock: time.clock }
  const swept = expect(sweep(guard, () => endsAt - aws.now)).rejects.toThrow(/took longer than 15000 ms/)
  await time.pass(16_000)
  await swept
  expect(aws.journal.map(({ event }) => event)).toEqual(['enrolment'])
})

it('tells how many letters are dead', async () => {
  aws.deadLetters = ['one', 'two']
  await run()
  expect(told()).toMatchObject({ deadLetters: 2 })
})

it('tells what is kept within seconds, also where SQS does not answer how many letters are dead', async () => {
  const time = new HandTimers(aws)
  const endsAt = aws.now + 60_000
  aws.lifecycleState = 'Terminating:Retained'
  const hanging = { ...aws.guard.aws, getQueueAttributes: () => new Promise<never>(() => undefined) }
  const guard = { ...aws.guard, aws: hanging, clock: time.clock }
  const swept = expect(sweep(guard, () => endsAt - aws.now)).rejects.toThrow(/SQS does not tell/)
  await time.pass(6_000)
  await swept
  expect(told()).toMatchObject({ retained: [action.instanceId], deadLetters: undefined })
})

it('does not look at the same groups first each time, since time may be short for the last', async () => {
  const first = new Set<unknown>()
  for (const draws of [
    [0.1, 0.9],
    [0.9, 0.1],
  ]) {
    const one = new OneInstance()
    const listed = one.guard.aws.describeAutoScalingInstances
    const { AutoScalingInstances: [instance] = [] } = await listed({})
    const of = (AutoScalingGroupName: string) =>
      ({ ...instance, InstanceId: `i-of-${AutoScalingGroupName}`, AutoScalingGroupName }) as NonNullable<
        typeof instance
      >
    one.guard.aws.describeAutoScalingInstances = async () => ({
      AutoScalingInstances: [of('web'), of('api')],
    })
    const asked: unknown[] = []
    one.guard.aws.describeLifecycleHooks = async ({ AutoScalingGroupName }) => {
      asked.push(AutoScalingGroupName)
      return {}
    }
    await sweep({ ...one.guard, random: () => draws.shift() ?? 0 }, plenty)
    first.add(asked[0])
  }
  expect(first).toEqual(new Set(['web', 'api']))
})

it('does not look at the same actions of a group first each time either', async () => {
  const ids = ['1', '2'].map((digit) => `i-${digit.repeat(17)}`)
  const first = new Set<unknown>()
  for (const draws of [
    [0.5, 0.1, 0.9],
    [0.5, 0.9, 0.1],
  ]) {
    const one = new OneInstance()
    one.now = START + 30 * MINUTE
    one.activities = ids.map((id) => ({ ...terminating, Description: `Terminating EC2 instance: ${id}` }))
    const standing = (InstanceId: string) => ({
      ...{ InstanceId, AutoScalingGroupName: action.groupName, LifecycleState: 'Terminating:Wait' },
    })
    one.guard.aws.describeAutoScalingInstances = async ({ InstanceIds }) =>
      ({ AutoScalingInstances: (InstanceIds ?? ids).map(standing) }) as never
    const asked: unknown[] = []
    one.guard.aws.recordLifecycleActionHeartbeat = async ({ InstanceId }) => void asked.push(InstanceId)
    await sweep({ ...one.guard, random: () => draws.shift() ?? 0.5 }, plenty)
    expect(new Set(asked)).toEqual(new Set(ids))
    first.add(asked[0])
  }
  expect(first).toEqual(new Set(ids))
})

it.each(['Warmed:Terminating:Wait', 'Warmed:Pending:Wait', 'ReplacingRootVolume:Wait'])(
  'adopts what waits in %s',
  async (state) => {
    aws.lifecycleState = state
    await run()
    expect(told()).toMatchObject({ held: 1, adopted: 1 })
  },
)

it('is in time for a hook that a person set to less than we deploy', async () => {
  aws.now = START + 4 * MINUTE
  aws.heartbeatTimeout = 600
  await run()
  expect(told()).toMatchObject({ adopted: 1 })
})

it('begins no look when its share of the time is spent: enrolment has its own', async () => {
  // What a group's hook is set to is known then: when its terminations began is the last question before the looks.
  aws.guard.aws.describeScalingActivities = async () => {
    aws.now += 170_000
    return { Activities: [terminating] }
  }
  const endsAt = aws.now + 240_000
  await sweep(aws.guard, () => endsAt - aws.now)
  expect(aws.invocations).toHaveLength(0)
  expect(aws.journal).toContainEqual(expect.objectContaining({ event: 'passes-deferred', messages: 1 }))
  expect(told()).toMatchObject({ held: 1, adopted: 0 })
})

it('asks each group once what its hook is set to, for all of its looks', async () => {
  const ids = [action.instanceId, 'i-0fedcba9876543210']
  const { AutoScalingInstances: [one] = [] } = await new OneInstance().guard.aws.describeAutoScalingInstances(
    { InstanceIds: [action.instanceId] },
  )
  const described = ids.map((InstanceId) => ({ ...one, InstanceId }) as NonNullable<typeof one>)
  aws.guard.aws.describeAutoScalingInstances = async () => ({ AutoScalingInstances: described })
  aws.activities = ids.map((id) => ({ ...terminating, Description: `Terminating EC2 instance: ${id}` }))
  await run()
  expect(aws.journal.filter(({ event }) => event === 'pass')).toHaveLength(2)
  expect(aws.calls.filter((call) => call === 'describeLifecycleHooks')).toHaveLength(1)
})

it.each([
  ['first', 0.1],
  ['last', 0.9],
])('tells how long the oldest of all is held, whether its group is looked at %s', async (_, draw) => {
  const { AutoScalingInstances: [one] = [] } = await new OneInstance().guard.aws.describeAutoScalingInstances(
    {},
  )
  if (!one) throw new Error('there is no instance')
  const other = { ...one, InstanceId: 'i-0fedcba9876543210', AutoScalingGroupName: 'web' }
  aws.guard.aws.describeAutoScalingInstances = async () => ({ AutoScalingInstances: [one, other] })
  aws.activities = [
    {
      ...terminating,
      Description: `Terminating ${other.InstanceId}`,
      StartTime: new Date(START + 20 * MINUTE),
    },
    terminating,
  ]
  const draws = [draw, 0.5]
  await sweep({ ...aws.guard, random: () => draws.shift() ?? 0.5 }, plenty)
  expect(told()).toMatchObject({ held: 2, oldestHeldSeconds: 30 * 60 })
})

it('names no machine that another group keeps without our hook', async () => {
  aws.lifecycleState = 'Terminating:Retained'
  const listed = new OneInstance().guard.aws.describeAutoScalingInstances
  aws.guard.aws.describeAutoScalingInstances = async (input) => {
    const { AutoScalingInstances: [one] = [] } = await listed(input)
    const kept = { ...one, LifecycleState: 'Terminating:Retained' } as NonNullable<typeof one>
    return {
      AutoScalingInstances: [kept, { ...kept, InstanceId: 'i-anothers', AutoScalingGroupName: 'another' }],
    }
  }
  const described = new OneInstance().guard.aws.describeLifecycleHooks
  aws.guard.aws.describeLifecycleHooks = async (input) =>
    input.AutoScalingGroupName === 'another' ? {} : await described(input)
  await run()
  expect(told()).toMatchObject({ retained: [action.instanceId] })
})

it('leaves a young action to its own message', async () => {
  aws.now = START + MINUTE
  await run()
  expect(aws.invocations).toHaveLength(0)
  expect(told()).toMatchObject({ held: 1, adopted: 0 })
})

it('one action that fails does not stop the sweep', async () => {
  aws.failing.set('recordLifecycleActionHeartbeat', awsError('ThrottlingException'))
  await run()
  expect(told()).toMatchObject({ adopted: 0, failed: 1 })
  expect(aws.journal).toContainEqual(
    expect.objectContaining({
      event: 'pass-failed',
      instanceId: action.instanceId,
      error: 'ThrottlingException',
    }),
  )
})

it('E1: leaves an attempt that is due to those whom the action’s own messages wake', async () => {
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${action.token} ${action.groupName}` })
  aws.flushEnds('', 'Failed')
  const { retrySeconds } = aws.guard.policy
  aws.now += 1000 * (retrySeconds + PROMPT_SECONDS + UNSEEN_SECONDS + 1)
  await run()
  expect(aws.invocations).toHaveLength(1)
  aws.now += 1000 * aws.guard.policy.lookAgainSeconds
  await run()
  expect(aws.invocations).toHaveLength(2)
})

it('a group that cannot be read does not stop the sweep', async () => {
  aws.failing.set('describeScalingActivities', awsError('Throttling'))
  await run()
  expect(aws.journal.map(({ event }) => event)).toEqual(['group-failed', 'sweep'])
})

it('names the machines that are kept', async () => {
  aws.lifecycleState = 'Terminating:Retained'
  await run()
  expect(told()).toMatchObject({ held: 0, retained: [action.instanceId] })
})

it('S4: touches nothing that a hook of our name holds for another queue', async () => {
  aws.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:somebody-elses'
  await run()
  expect(aws.calls).not.toContain('sendCommand')
  expect(told()).toMatchObject({ held: 0, adopted: 0 })
})

it('touches nothing in a group without our hook', async () => {
  aws.guard.aws.describeLifecycleHooks = async () => ({ LifecycleHooks: [] })
  await run()
  expect(aws.calls).not.toContain('sendCommand')
})

it('S1: leaves what no scaling activity names to the hook’s own time-out, however young it may be to be adopted', async () => {
  aws.activities = []
  const eager = { ...aws.guard, policy: { ...aws.guard.policy, adoptAfterSeconds: 0 } }
  await sweep(eager, plenty)
  expect(aws.invocations).toHaveLength(0)
  expect(told()).toMatchObject({ held: 1, adopted: 0 })
})
