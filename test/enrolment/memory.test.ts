/** What is remembered of a group outlives what is taken away from it: the mark, the hook, or both. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import { withdrawalReport } from '../../deploy/report.ts'
import { enrol } from '../../src/enrolment/enrol.ts'
import { markKey, readMark, writeMark } from '../../src/enrolment/mark.ts'
import type { Wanted } from '../../src/enrolment/plan.ts'
import { forget, surveyWithdrawal, withdraw } from '../../src/enrolment/withdraw.ts'
import { parseSelections } from '../../src/selection.ts'
import { type GroupsWorld, groupsWorld } from '../testbed/auto-scaling/world.ts'

const HOOK = 'termination-guard-prod'
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:termination-guard-prod'
const scope = { hookName: HOOK, queueArn: QUEUE }
const base: Wanted = {
  selections: parseSelections('web'),
  ...scope,
  notifierRoleArn: 'arn:aws:iam::111122223333:role/notifier',
  heartbeatTimeoutSeconds: 3600,
  retain: true,
  archivePrefix: 'logs/{group}/{instance}/',
}
const AutoScalingGroupName = 'web'

let world: GroupsWorld
const run = (trigger: 'deployment' | 'sweep', changes: Partial<Wanted> = {}) =>
  enrol(world.aws, { ...base, ...changes }, { trigger })
const call: GroupsWorld['model']['call'] = (...args) => world.model.call(...args)
const group = () =>
  call(world.now, 'DescribeAutoScalingGroups', { AutoScalingGroupNames: ['web'] }).AutoScalingGroups?.[0]
const hook = () => call(world.now, 'DescribeLifecycleHooks', { AutoScalingGroupName }).LifecycleHooks?.[0]
const retains = () => group()?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon === 'retain'
const mark = () => group()?.Tags?.find(({ Key }) => Key === markKey(HOOK))?.Value
const tag = { ResourceId: 'web', ResourceType: 'auto-scaling-group', Key: markKey(HOOK) }
const takeMark = () => call(world.now, 'DeleteTags', { Tags: [tag] })
const garble = (Value: string) => call(world.now, 'CreateOrUpdateTags', { Tags: [{ ...tag, Value }] })
const takeHook = () =>
  call(world.now, 'DeleteLifecycleHook', { AutoScalingGroupName, LifecycleHookName: HOOK })
const putHook = (changes: object) =>
  call(world.now, 'PutLifecycleHook', {
    AutoScalingGroupName,
    LifecycleHookName: HOOK,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    NotificationTargetARN: QUEUE,
    RoleARN: base.notifierRoleArn,
    ...changes,
  })
const setRetention = (TerminateHookAbandon: 'retain' | 'terminate') =>
  call(world.now, 'UpdateAutoScalingGroup', {
    AutoScalingGroupName,
    InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon } },
  })

beforeEach(() => {
  world = groupsWorld()
  call(world.now, 'CreateAutoScalingGroup', {
    AutoScalingGroupName,
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 0,
    MaxSize: 3,
  })
})

describe('a mark that was taken away', () => {
  it('comes back with the next sweep as it was, and that is told', async () => {
    await run('deployment')
    const before = mark()
    takeMark()
    const told = await run('sweep')
    expect(told.changed).toEqual([{ groupName: 'web', what: 'our mark was gone and is back' }])
    expect([mark(), before]).toEqual([before, 'before=terminate heartbeat=3600 retain'])
  })
  it('changes nothing more once it is back', async () => {
    await run('deployment')
    takeMark()
    await run('sweep')
    world.changes.length = 0
    expect((await run('sweep')).changed).toEqual([])
    expect(world.changes).toEqual([])
  })
  it('does not hide the group from a removal, which gives hook and retention back', async () => {
    await run('deployment')
    takeMark()
    expect((await surveyWithdrawal(world.aws, scope)).enrolled).toEqual(['web'])
    expect(await withdraw(world.aws, scope)).toMatchObject({
      withdrawn: ['web'],
      hookLeft: [],
      retentionLeft: [],
    })
    await forget(world.aws, scope)
    expect([hook(), retains(), mark()]).toEqual([undefined, false, undefined])
  })
  it('after a withdrawal lets a sweep enrol the group again, and forgetting gives it back once more', async () => {
    await run('deployment')
    await withdraw(world.aws, scope)
    takeMark()
    await run('sweep')
    expect(hook()).toBeDefined()
    await forget(world.aws, scope)
    expect([hook(), retains(), mark()]).toEqual([undefined, false, undefined])
  })
  it('does not keep the hook at a role that is gone', async () => {
    await run('deployment')
    takeMark()
    const notifierRoleArn = 'arn:aws:iam::111122223333:role/notifier-2'
    expect((await run('deployment', { notifierRoleArn })).changed[0]?.what).toContain('our role again')
    expect(hook()?.RoleARN).toBe(notifierRoleArn)
  })
  it('does not make a person’s heartbeat ours', async () => {
    await run('deployment')
    putHook({ HeartbeatTimeout: 1200 })
    takeMark()
    expect((await run('sweep')).differs[0]?.what).toContain('1200 s, not 3600 s')
    expect(hook()?.HeartbeatTimeout).toBe(1200)
  })
  it('leaves it to the hook to remember that the group retained before', async () => {
    setRetention('retain')
    await run('deployment')
    takeMark()
    await withdraw(world.aws, scope)
    expect([hook(), retains()]).toEqual([undefined, true])
  })
})

describe('a mark without its hook', () => {
  it('was copied to a group that is new, or made again: it gets retention, too, and not the hook alone', async () => {
    await run('deployment')
    const Tags = group()?.Tags?.map(({ Key = '', Value }) => ({ Key, Value }))
    call(world.now, 'DeleteAutoScalingGroup', { AutoScalingGroupName })
    const sizes = { LaunchTemplate: { LaunchTemplateName: 'web' }, MinSize: 0, MaxSize: 3 }
    call(world.now, 'CreateAutoScalingGroup', { AutoScalingGroupName, ...sizes, Tags })
    expect([hook(), retains()]).toEqual([undefined, false])
    const told = await run('sweep')
    expect([hook() !== undefined, retains(), told.differs]).toEqual([true, true, []])
    expect(told.changed[0]?.what).toBe('the hook was gone and is back; abandoned instances are retained')
    await withdraw(world.aws, scope)
    expect([hook(), retains()]).toEqual([undefined, false])
  })
})

describe('a mark that was not finished', () => {
  it('is finished at once where one thing alone was to be set', async () => {
    await run('deployment')
    await run('deployment', { heartbeatTimeoutSeconds: 1800 })
    expect(readMark(mark() ?? '')).toMatchObject({ heartbeatTimeoutSeconds: 1800, pending: false })
  })
  it('is finished where all is as it should be, or what a person sets later would not be seen as theirs', async () => {
    await run('deployment')
    garble('before=terminate heartbeat=3600 retain pending')
    await run('sweep')
    expect(mark()).toBe('before=terminate heartbeat=3600 retain')
  })
  it('of a withdrawal is taken back by a deployment, also where the hook is the group’s own', async () => {
    putHook({ RoleARN: base.notifierRoleArn })
    await run('deployment')
    await withdraw(world.aws, scope)
    setRetention('retain')
    expect(mark()).toContain('withdrawn')
    await run('deployment')
    expect(mark()).not.toContain('withdrawn')
  })
  it('and is taken away was of a group that does not retain yet: the hook is put first, which remembers', async () => {
    world.failAt = 3
    await run('deployment')
    world.failAt = undefined
    expect([hook() !== undefined, retains()]).toEqual([true, false])
    takeMark()
    await run('sweep')
    expect(mark()).toContain('before=terminate')
  })
})

describe('a mark that was garbled', () => {
  it.each([
    '',
    'x',
    'before=perhaps heartbeat=3600',
    'before=terminate heartbeat=36OO',
    'before=terminate extra',
  ])('(%j) is written anew from what the hook remembers', async (value) => {
    await run('deployment')
    const before = mark()
    garble(value)
    expect((await run('sweep')).changed[0]?.what).toBe('our mark could not be read and is written anew')
    expect(mark()).toBe(before)
  })
  it('is read only as a whole: what is written can be read, and nothing else', () => {
    for (const before of ['retain', 'terminate', 'unknown'] as const) {
      const whole = { before, heartbeatTimeoutSeconds: 900, retain: true, pending: false, withdrawn: true }
      expect(readMark(writeMark(whole))).toEqual(whole)
      expect(readMark(`${writeMark(whole)} `)).toBeUndefined()
    }
  })
  it('where the hook is gone too leaves retention on at removal, and tells it with what to type', async () => {
    await run('deployment')
    takeHook()
    garble('x')
    await run('sweep')
    expect(mark()).toContain('before=unknown')
    const withdrawn = await withdraw(world.aws, scope)
    expect(withdrawn).toMatchObject({ withdrawn: ['web'], retentionLeft: ['web'] })
    expect([hook(), retains()]).toEqual([undefined, true])
    expect(withdrawalReport(withdrawn, HOOK).join('\n')).toMatch(
      /left alone +web: it goes on retaining.*update-auto-scaling-group --auto-scaling-group-name 'web'/,
    )
  })
})

describe('a hook', () => {
  it('that a first run could not put was never there, and no line says that it is back', async () => {
    world.failAt = 2
    await run('deployment')
    world.failAt = undefined
    const told = await run('sweep')
    expect(told.changed[0]?.what).toMatch(/^the hook was put/)
  })
  it('to our queue that nothing shows to be ours is found by a removal, left, and told with what to type', async () => {
    putHook({ RoleARN: base.notifierRoleArn })
    const withdrawn = await withdraw(world.aws, scope)
    expect(withdrawn).toMatchObject({ withdrawn: ['web'], hookLeft: ['web'] })
    expect(withdrawalReport(withdrawn, HOOK).join('\n')).toMatch(/web: its hook.*delete-lifecycle-hook/)
    expect(hook()).toBeDefined()
  })
  it('of the group’s own template with a role that the queue does not admit is told', async () => {
    putHook({ RoleARN: 'arn:aws:iam::111122223333:role/their-own' })
    const told = await run('deployment')
    expect(told.differs[0]?.what).toMatch(/role\/their-own.*admits only.*role\/notifier/)
    expect(hook()?.RoleARN).toContain('their-own')
  })
  it('of our name to our queue, but for a launch, is not ours', async () => {
    putHook({ LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' })
    expect((await withdraw(world.aws, scope)).withdrawn).toEqual([])
  })
  it('of our name to another queue is no reason to look at the group at removal', async () => {
    putHook({ NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:other' })
    expect((await withdraw(world.aws, scope)).withdrawn).toEqual([])
  })
  it('keeps the metadata that a person gave it', async () => {
    await run('deployment')
    putHook({ NotificationMetadata: 'ours since March' })
    await run('deployment', { heartbeatTimeoutSeconds: 1800 })
    expect(hook()).toMatchObject({ HeartbeatTimeout: 1800, NotificationMetadata: 'ours since March' })
  })
  it('that an earlier version put without a memory is given one, silently', async () => {
    putHook({ HeartbeatTimeout: 3600 })
    setRetention('retain')
    garble('before=terminate heartbeat=3600 retain')
    expect(await run('sweep')).toMatchObject({ changed: [], differs: [] })
    expect(hook()?.NotificationMetadata).toBe('termination-guard: before=terminate heartbeat=3600 retain')
  })
})

describe('two deployments on one group', () => {
  const other = {
    ...base,
    hookName: 'termination-guard-test',
    queueArn: `${QUEUE.replace(/prod$/, 'test')}`,
  }
  it('are both told of each other, whether the marks are there or not', async () => {
    await run('deployment')
    const told = await run('deployment', other)
    expect(told.differs).toEqual([{ groupName: 'web', what: expect.stringContaining(`the hook ${HOOK}`) }])
    takeMark()
    const [seen] = (await run('sweep', other)).differs
    expect(seen?.what).toContain('Take the group out of one of them')
    expect((await run('sweep')).differs[0]?.what).toContain('termination-guard-test')
  })
  it('and not of a launch hook that bears the name of a guard which is gone', async () => {
    await run('deployment')
    await run('deployment', other)
    const LifecycleHookName = other.hookName
    call(world.now, 'DeleteLifecycleHook', { AutoScalingGroupName, LifecycleHookName })
    putHook({ LifecycleHookName, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' })
    expect((await run('sweep')).differs).toEqual([])
  })
  it('each withdraw from their own hook alone', async () => {
    await run('deployment')
    await run('deployment', other)
    await withdraw(world.aws, scope)
    await forget(world.aws, scope)
    expect(hook()?.LifecycleHookName).toBe('termination-guard-test')
  })
})
