import { execFileSync } from 'node:child_process'
import type { Activity } from '@aws-sdk/client-auto-scaling'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { type Enrolment, enrol, enrolAndTell } from '../../src/enrolment/enrol.ts'
import { markKey } from '../../src/enrolment/mark.ts'
import type { Wanted } from '../../src/enrolment/plan.ts'
import { forget, surveyWithdrawal, withdraw } from '../../src/enrolment/withdraw.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { parseSelections } from '../../src/selection.ts'
import { policy as anyPolicy } from '../termination/observations.ts'
import { type GroupsWorld, groupsWorld } from '../testbed/auto-scaling/world.ts'

const HOOK = 'termination-guard-prod'
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:termination-guard-prod'
const base: Wanted = {
  selections: parseSelections('web,tag:team=data'),
  hookName: HOOK,
  queueArn: QUEUE,
  notifierRoleArn: 'arn:aws:iam::111122223333:role/notifier',
  heartbeatTimeoutSeconds: 3600,
  retain: true,
  archivePrefix: 'logs/{group}/{instance}/',
}

let world: GroupsWorld
const deploy = (changes: Partial<Wanted> = {}) =>
  enrol(world.aws, { ...base, ...changes }, { trigger: 'deployment' })
const sweep = (changes: Partial<Wanted> = {}) =>
  enrol(world.aws, { ...base, ...changes }, { trigger: 'sweep' })
const scope = { hookName: HOOK, queueArn: QUEUE }

function createGroup(name: string, tags: Record<string, string> = {}, propagates = true): void {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: propagates }))
  const sizes = { LaunchTemplate: { LaunchTemplateName: 'web' }, MinSize: 0, MaxSize: 3, DesiredCapacity: 0 }
  world.model.call(world.now, 'CreateAutoScalingGroup', { AutoScalingGroupName: name, ...sizes, Tags })
}
const group = (name: string) =>
  world.model.call(world.now, 'DescribeAutoScalingGroups', { AutoScalingGroupNames: [name] })
    .AutoScalingGroups?.[0]
const hook = (name: string) =>
  world.model.call(world.now, 'DescribeLifecycleHooks', { AutoScalingGroupName: name }).LifecycleHooks?.[0]
const retains = (name: string) =>
  group(name)?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon === 'retain'
const putHook = (name: string, changes: object) =>
  world.model.call(world.now, 'PutLifecycleHook', {
    AutoScalingGroupName: name,
    LifecycleHookName: HOOK,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    RoleARN: 'arn:aws:iam::111122223333:role/notifier',
    ...changes,
  })
const setRetention = (name: string, TerminateHookAbandon: 'retain' | 'terminate') =>
  world.model.call(world.now, 'UpdateAutoScalingGroup', {
    AutoScalingGroupName: name,
    InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon } },
  })

/** An instance that runs; then it is told to go, and waits at the hook. */
function instanceOf(name: string): string {
  world.model.call(world.now, 'SetDesiredCapacity', { AutoScalingGroupName: name, DesiredCapacity: 1 })
  for (const effect of world.model.advance(world.now))
    if (effect.do === 'launch') world.model.machineStarted(world.now, effect.instanceId)
  world.model.advance(world.now + 1)
  return group(name)?.Instances?.[0]?.InstanceId ?? ''
}
const terminate = (InstanceId: string) =>
  world.model.call(world.now + 1, 'TerminateInstanceInAutoScalingGroup', {
    InstanceId,
    ShouldDecrementDesiredCapacity: true,
  })

/** Lets something happen right after each call of an operation. */
function rightAfter(operation: 'deleteLifecycleHook', happens: () => unknown): void {
  const call = world.aws[operation]
  const aws = {
    ...world.aws,
    [operation]: async (input: Parameters<typeof call>[0]) => {
      const answer = await call(input)
      happens()
      return answer
    },
  }
  Object.assign(world.aws, aws)
}

beforeEach(() => {
  world = groupsWorld()
})

describe('enrolment', () => {
  it('gives every chosen group the hook and retention, by name and by tag, and leaves the others alone', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    createGroup('unrelated', { team: 'web' })
    const told = await deploy()
    expect(told).toMatchObject({ enrolled: ['web', 'collector'], refused: [], differs: [], missing: [] })
    for (const name of ['web', 'collector']) {
      expect(hook(name)).toMatchObject({
        DefaultResult: 'ABANDON',
        HeartbeatTimeout: 3600,
        NotificationTargetARN: QUEUE,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      })
      expect(retains(name)).toBe(true)
    }
    expect(hook('unrelated')).toBeUndefined()
  })
  it.each([
    ['by their names', (names: readonly string[]) => names.join(',')],
    ['by a tag', () => 'tag:many=yes'],
  ])('reaches every one of more groups than AWS answers at once, %s', async (_how, choosing) => {
    const names = Array.from({ length: 120 }, (_, index) => `group-${index}`)
    for (const name of names) createGroup(name, { many: 'yes' })
    const { guarded } = await deploy({ selections: parseSelections(choosing(names)) })
    expect(guarded.toSorted()).toEqual(names.toSorted())
  })
  it('marks the group alone: no instance of it carries the mark', async () => {
    createGroup('web')
    await deploy()
    const marks = group('web')?.Tags?.filter(({ Key }) => Key === markKey(HOOK))
    expect(marks).toEqual([expect.objectContaining({ PropagateAtLaunch: false })])
  })
  it('changes nothing when run again', async () => {
    createGroup('web')
    await deploy()
    world.changes.length = 0
    expect(await sweep()).toMatchObject({ guarded: ['web'], enrolled: [], changed: [] })
    expect(world.changes).toEqual([])
  })
  it('brings back a hook that was deleted by hand, and says so', async () => {
    createGroup('web')
    await deploy()
    world.model.call(world.now, 'DeleteLifecycleHook', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: HOOK,
    })
    expect((await sweep()).changed).toEqual([{ groupName: 'web', what: 'the hook was gone and is back' }])
    expect(hook('web')).toBeDefined()
  })
  it('says what to type for a group whose name a shell would read', async () => {
    const name = "web'$(reboot)"
    createGroup(name, { team: 'data' })
    putHook(name, { NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:other' })
    const [refused] = (await deploy()).refused
    const [, word = ''] =
      /--auto-scaling-group-name (.*) --lifecycle-hook-name/.exec(refused?.why ?? '') ?? []
    expect(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(name)
  })
  it('refuses a foreign hook of the same name, says whom it notifies and what to type, and enrols the others', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    putHook('web', { NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:other' })
    const told = await deploy()
    expect(told.refused[0]?.why).toMatch(/notifies arn:aws:sqs:\S+:other.*delete-lifecycle-hook/)
    expect(told.enrolled).toEqual(['collector'])
    expect(hook('web')?.NotificationTargetARN).toContain('other')
    expect(retains('web')).toBe(false)
  })
  it.each([
    [
      'is for launching instances',
      { LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', NotificationTargetARN: QUEUE },
      /which is for autoscaling:EC2_INSTANCE_LAUNCHING/,
    ],
    ['speaks through EventBridge, and was not put by the guard', {}, /which notifies nobody/],
  ])('refuses a hook of our name that %s', async (_what, changes, why) => {
    createGroup('web')
    putHook('web', changes)
    const before = hook('web')
    expect((await deploy()).refused).toEqual([{ groupName: 'web', why: expect.stringMatching(why) }])
    expect([hook('web'), retains('web')]).toEqual([before, false])
  })
  it('refuses a group whose choosing tag does not propagate: its instances could not be flushed', async () => {
    createGroup('collector', { team: 'data' }, false)
    expect((await deploy()).refused[0]?.why).toContain('PropagateAtLaunch')
    expect(hook('collector')).toBeUndefined()
  })
  describe('where the archive’s prefix has {environment}', () => {
    const archivePrefix = 'resources/environments/logs/publish/{environment}/{instance}/'
    const id = { 'elasticbeanstalk:environment-id': 'e-abcdefghij' }
    it('refuses a group of no environment, which nobody could look up, and says what to do', async () => {
      createGroup('web')
      const why = (await deploy({ archivePrefix })).refused[0]?.why
      expect(why).toMatch(
        /no Elastic Beanstalk environment.*write a prefix without.*profile.*or tag the group/,
      )
      expect([hook('web'), retains('web')]).toEqual([undefined, false])
    })
    it('refuses a group whose tag names none', async () => {
      createGroup('web', { 'elasticbeanstalk:environment-id': '' })
      expect((await deploy({ archivePrefix })).refused).toHaveLength(1)
    })
    it('accepts a group whose tag names its environment', async () => {
      createGroup('web', id)
      expect((await deploy({ archivePrefix })).enrolled).toEqual(['web'])
    })
    it('accepts a group whose name shows its environment', async () => {
      const name = 'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1A2B3C'
      createGroup(name)
      const selections = parseSelections(name)
      expect((await deploy({ archivePrefix, selections })).enrolled).toEqual([name])
    })
  })
  it('says which named groups do not exist yet', async () => {
    expect((await deploy()).missing).toEqual(['web'])
  })
  it.each([
    ['ours, whatever a person set', QUEUE],
    ['somebody else’s', `${QUEUE}-2`],
  ])('writes over no hook that one answer left out: %s', async (_, NotificationTargetARN) => {
    createGroup('web')
    putHook('web', { HeartbeatTimeout: 1200, NotificationTargetARN })
    let asked = 0
    const { describeLifecycleHooks } = world.aws
    const aws = Object.assign(Object.create(world.aws), {
      describeLifecycleHooks: async (input: never) =>
        asked++ === 0 ? { LifecycleHooks: [] } : await describeLifecycleHooks(input),
    })
    await enrol(aws, base, { trigger: 'sweep' })
    expect(hook('web')).toMatchObject({ HeartbeatTimeout: 1200, NotificationTargetARN })
  })
  it('leaves a heartbeat that a person set, and tells it', async () => {
    createGroup('web')
    await deploy()
    putHook('web', { HeartbeatTimeout: 1200 })
    const told = await sweep()
    expect(told).toMatchObject({ changed: [], differs: [{ groupName: 'web' }] })
    expect(told.differs[0]?.what).toContain('1200 s, not 3600 s')
    expect(hook('web')?.HeartbeatTimeout).toBe(1200)
  })
  it('changes a heartbeat that it set itself when the configuration changes', async () => {
    createGroup('web')
    await deploy()
    expect((await deploy({ heartbeatTimeoutSeconds: 1800 })).changed[0]?.what).toBe(
      'heartbeat 3600 s → 1800 s',
    )
    expect(hook('web')?.HeartbeatTimeout).toBe(1800)
  })
  it('a heartbeat that a broken-off deployment did not set is no person’s', async () => {
    createGroup('web')
    await deploy()
    world.changes.length = 0
    world.failAt = 2
    expect((await deploy({ heartbeatTimeoutSeconds: 1800 })).refused).toHaveLength(1)
    world.failAt = undefined
    expect(hook('web')?.HeartbeatTimeout).toBe(3600)
    expect(await sweep({ heartbeatTimeoutSeconds: 1800 })).toMatchObject({ differs: [] })
    expect(hook('web')?.HeartbeatTimeout).toBe(1800)
  })
  it('leaves a default result that a person set, also where it sets the heartbeat anew', async () => {
    createGroup('web')
    await deploy()
    putHook('web', { DefaultResult: 'CONTINUE' })
    await deploy({ heartbeatTimeoutSeconds: 1800 })
    expect(hook('web')).toMatchObject({ HeartbeatTimeout: 1800, DefaultResult: 'CONTINUE' })
  })
  it('never takes away retention that was on before, also where it had to switch it on again', async () => {
    createGroup('web')
    setRetention('web', 'retain')
    await deploy()
    setRetention('web', 'terminate')
    await sweep()
    expect(retains('web')).toBe(true)
    await deploy({ retain: false })
    expect(retains('web')).toBe(true)
    expect(await withdraw(world.aws, scope)).toMatchObject({ withdrawn: ['web'], retentionLeft: ['web'] })
    expect(retains('web')).toBe(true)
  })
  it('leaves retention off where a person switched it off, and tells what that costs', async () => {
    createGroup('web')
    await deploy()
    setRetention('web', 'terminate')
    expect((await sweep()).differs[0]?.what).toContain('retention was switched off')
    expect(retains('web')).toBe(false)
  })
  it('tells a default result of CONTINUE, with which a dead guard would lose logs', async () => {
    createGroup('web')
    await deploy()
    putHook('web', { DefaultResult: 'CONTINUE' })
    expect((await sweep()).differs[0]?.what).toContain('default result is CONTINUE')
  })
  it('accepts a hook to our queue from the group’s own template as it is', async () => {
    createGroup('web')
    putHook('web', { NotificationTargetARN: QUEUE, HeartbeatTimeout: 900 })
    const told = await deploy()
    expect(told).toMatchObject({ guarded: ['web'], refused: [] })
    expect(hook('web')?.HeartbeatTimeout).toBe(900)
  })
  it('puts the deployment’s new role where the old one is gone', async () => {
    createGroup('web')
    await deploy()
    await deploy({ notifierRoleArn: 'arn:aws:iam::111122223333:role/notifier-2' })
    expect(hook('web')?.RoleARN).toBe('arn:aws:iam::111122223333:role/notifier-2')
  })
  it('gives retention back when it is switched off in the configuration, unless it was on before', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    setRetention('collector', 'retain')
    await deploy()
    await deploy({ retain: false })
    expect([retains('web'), retains('collector')]).toEqual([false, true])
  })
  it.each([1, 2, 3, 4])(
    'a run that breaks off at its change %i is taken up by the next one',
    async (failAt) => {
      createGroup('web')
      world.failAt = failAt
      expect((await deploy()).refused).toHaveLength(1)
      world.failAt = undefined
      expect(await sweep()).toMatchObject({ guarded: ['web'], refused: [], differs: [] })
      expect([hook('web') !== undefined, retains('web')]).toEqual([true, true])
      await withdraw(world.aws, scope)
      expect([hook('web'), retains('web')]).toEqual([undefined, false])
    },
  )
  it('a launch enrols the group of the instance and looks at no other', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    const told = await enrol(world.aws, base, { trigger: 'launch', groupName: 'collector' })
    expect(told.enrolled).toEqual(['collector'])
    expect(hook('web')).toBeUndefined()
  })
  it('a launch in a group that is not chosen changes nothing, and costs one question', async () => {
    createGroup('unrelated')
    let asked = 0
    const { describeLifecycleHooks } = world.aws
    world.aws.describeLifecycleHooks = async (input) => {
      asked++
      return await describeLifecycleHooks(input)
    }
    await enrol(world.aws, base, { trigger: 'launch', groupName: 'unrelated' })
    expect([world.changes, asked]).toEqual([[], 0])
  })
  it('is once of a group that is chosen by its name and by a tag', async () => {
    createGroup('web', { team: 'data' })
    const told = await deploy()
    expect([told.guarded, told.enrolled]).toEqual([['web'], ['web']])
  })
  it('calls nothing back that was never there', async () => {
    createGroup('web')
    expect((await deploy()).changed).toEqual([
      { groupName: 'web', what: 'the hook was put; abandoned instances are retained' },
    ])
  })
  it('switches retention on also where it is off by somebody’s word', async () => {
    createGroup('web')
    const { describeAutoScalingGroups } = world.aws
    const off = { RetentionTriggers: { TerminateHookAbandon: 'terminate' as const } }
    world.aws.describeAutoScalingGroups = async (input) => {
      const { AutoScalingGroups = [] } = await describeAutoScalingGroups(input)
      return { AutoScalingGroups: AutoScalingGroups.map((one) => ({ ...one, InstanceLifecyclePolicy: off })) }
    }
    await deploy()
    expect(retains('web')).toBe(true)
  })
  it('leaves a heartbeat that a person set, also where it puts the hook anew', async () => {
    createGroup('web')
    await deploy()
    putHook('web', { NotificationTargetARN: QUEUE, HeartbeatTimeout: 1200 })
    await deploy({ notifierRoleArn: 'arn:aws:iam::111122223333:role/notifier-2' })
    expect(hook('web')).toMatchObject({
      RoleARN: expect.stringContaining('notifier-2'),
      HeartbeatTimeout: 1200,
    })
  })
  it('leaves retention on where a person, and not a deployment, switched it on', async () => {
    createGroup('web')
    await deploy({ retain: false })
    setRetention('web', 'retain')
    expect((await deploy({ retain: false })).changed).toEqual([])
    expect(retains('web')).toBe(true)
    expect(await withdraw(world.aws, scope)).toMatchObject({ withdrawn: ['web'], retentionLeft: ['web'] })
    expect(retains('web')).toBe(true)
  })
  it('refuses by the deployment’s own prefix', async () => {
    createGroup('web')
    const event: JournalEvent[] = []
    const { hookName, queueArn, notifierRoleArn, retain, selections } = base
    const archive = { ...anyPolicy.archive, prefix: 'logs/{environment}/{instance}/' }
    const policy = {
      ...{ ...anyPolicy, hookName, archive },
      enrolment: { queueArn, notifierRoleArn, retain, selections },
    }
    const journal = (one: JournalEvent) => void event.push(one)
    await enrolAndTell({ aws: world.aws, policy, random: () => 0.5, journal }, { trigger: 'sweep' })
    expect(event).toMatchObject([{ refused: [{ groupName: 'web' }] }])
  })
})

/** As if the group had gone right after it was listed: from then on, Auto Scaling has no such name. */
function goneOnceListed(name: string, except?: 'DescribeLifecycleHooks'): void {
  const call = world.model.call.bind(world.model)
  Object.assign(world.model, {
    call: (now: number, operation: Parameters<typeof call>[1], input: object) => {
      const isAbout = JSON.stringify(input).includes(`"${name}"`)
      if (isAbout && operation !== 'DescribeAutoScalingGroups' && operation !== except) throw missing
      return call(now, operation, input as never)
    },
  })
}
const missing = Object.assign(new Error('AutoScalingGroup name not found - null'), {
  name: 'ValidationError',
  $metadata: { httpStatusCode: 400 },
})
const throttled = Object.assign(new Error('Rate exceeded'), {
  name: 'Throttling',
  $metadata: { httpStatusCode: 400 },
})

describe('a group that is gone by the time it is looked at', () => {
  it.each([undefined, 'DescribeLifecycleHooks'] as const)(
    'is no group that could not be enrolled, nor one that is guarded (still answered: %s)',
    async (except) => {
      createGroup('web')
      createGroup('collector', { team: 'data' })
      goneOnceListed('web', except)
      expect(await sweep()).toMatchObject({ guarded: ['collector'], refused: [] })
    },
  )
  it('stops no withdrawal from the others, whether it was guarded or anybody’s', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    createGroup('unrelated')
    await deploy()
    goneOnceListed('unrelated')
    goneOnceListed('web')
    expect(await surveyWithdrawal(world.aws, scope)).toMatchObject({ enrolled: ['web', 'collector'] })
    expect(await withdraw(world.aws, scope)).toMatchObject({ open: [], hookLeft: [], retentionLeft: [] })
    expect(hook('collector')).toBeUndefined()
    expect(await forget(world.aws, scope)).toEqual([])
    expect(group('collector')?.Tags?.map(({ Key }) => Key)).not.toContain(markKey(HOOK))
  })
  it('keeps nothing from being forgotten where only its mark could not be taken away any more', async () => {
    createGroup('web')
    await deploy()
    await withdraw(world.aws, scope)
    world.aws.deleteTags = async () => {
      throw missing
    }
    expect(await forget(world.aws, scope)).toEqual([])
  })
})

describe('a group that Auto Scaling does not answer for', () => {
  const silent = () => {
    const { describeLifecycleHooks } = world.aws
    world.aws.describeLifecycleHooks = async (input) => {
      if (input.AutoScalingGroupName === 'web') throw throttled
      return await describeLifecycleHooks(input)
    }
  }
  const journal: JournalEvent[] = []
  const sweepAndTell = (random: () => number, by: Enrolment = { trigger: 'sweep' }) => {
    const { selections, queueArn, notifierRoleArn, retain } = base
    const enrolment = { selections, queueArn, notifierRoleArn, retain }
    const archive = { ...anyPolicy.archive, prefix: base.archivePrefix }
    const policy = { ...anyPolicy, archive, hookName: HOOK, heartbeatTimeoutSeconds: 3600, enrolment }
    const guard = {
      aws: world.aws,
      policy,
      random,
      journal: (event: JournalEvent) => void journal.push(event),
    }
    return enrolAndTell(guard, by)
  }
  beforeEach(() => {
    journal.length = 0
    createGroup('web')
    createGroup('collector', { team: 'data' })
  })
  it('is tried again by the next sweep: it is as guarded as it was, and refused is another thing', async () => {
    await deploy()
    silent()
    expect(await sweepAndTell(() => 0.5)).toEqual(['collector'])
    expect(journal).toEqual([
      { event: 'group-failed', groupName: 'web', error: 'Throttling', errorMessage: 'Rate exceeded' },
      expect.objectContaining({ event: 'enrolment', refused: [], missing: [] }),
    ])
  })
  it('is not always the same one where the time is short', async () => {
    const first = new Set<string | undefined>()
    for (const draws of [
      [0.1, 0.9],
      [0.9, 0.1],
    ])
      first.add((await sweepAndTell(() => draws.shift() ?? 0))[0])
    expect(first).toEqual(new Set(['web', 'collector']))
  })
  it('or one that launches a machine is news only where something is changed or refused', async () => {
    const launched = async () => {
      journal.length = 0
      return [
        await sweepAndTell(() => 0.5, { trigger: 'launch', groupName: 'web' }),
        journal.map(({ event }) => event),
      ]
    }
    await deploy()
    expect(await launched()).toEqual([['web'], []])
    world.model.call(world.now, 'UpdateAutoScalingGroup', {
      AutoScalingGroupName: 'web',
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
    })
    world.model.call(world.now, 'DeleteLifecycleHook', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: HOOK,
    })
    expect(await launched()).toEqual([['web'], ['enrolment']])
    putHook('web', { NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:other' })
    expect(await launched()).toEqual([[], ['enrolment']])
  })
  it('fails the deployment, after which nobody comes', async () => {
    silent()
    expect((await deploy()).refused).toEqual([{ groupName: 'web', why: 'Throttling: Rate exceeded' }])
  })
})

it('a function that was not told whom to enrol asks nothing, and guards nobody by that', async () => {
  const journal: JournalEvent[] = []
  const untold = { ...anyPolicy, enrolment: undefined }
  const guard = { aws: {} as typeof world.aws, policy: untold, random: () => 0 }
  const told = enrolAndTell({ ...guard, journal: (event) => journal.push(event) }, { trigger: 'sweep' })
  expect([await told, journal]).toEqual([[], []])
})

it('a hook of ours whose target was taken away by an empty one notifies our queue again', async () => {
  createGroup('web')
  await deploy()
  const { describeLifecycleHooks } = world.aws
  world.aws.describeLifecycleHooks = async (input) => {
    const { LifecycleHooks = [] } = await describeLifecycleHooks(input)
    return { LifecycleHooks: LifecycleHooks.map((one) => ({ ...one, NotificationTargetARN: '' })) }
  }
  expect(await sweep()).toMatchObject({
    refused: [],
    changed: [{ groupName: 'web', what: 'the hook notifies our queue with our role again' }],
  })
})

describe('withdrawal', () => {
  it('leaves nothing behind: no hook, no mark, and retention as it was', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    setRetention('collector', 'retain')
    await deploy()
    expect(await withdraw(world.aws, scope)).toMatchObject({ withdrawn: ['web', 'collector'], open: [] })
    await forget(world.aws, scope)
    expect([hook('web'), hook('collector')]).toEqual([undefined, undefined])
    expect([retains('web'), retains('collector')]).toEqual([false, true])
    expect(group('web')?.Tags?.map(({ Key }) => Key)).not.toContain(markKey(HOOK))
  })
  it('does nothing at all while an action is open in any group, and names the instance', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    await deploy()
    const instanceId = instanceOf('collector')
    terminate(instanceId)
    world.changes.length = 0
    const refused = await withdraw(world.aws, scope)
    expect(refused.open).toEqual([{ groupName: 'collector', instanceId, lifecycleState: 'Terminating:Wait' }])
    expect([refused.withdrawn, world.changes]).toEqual([[], []])
  })
  it('deletes no hook at which an instance arrived in the meantime, and names it', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    await deploy()
    const instanceId = instanceOf('collector')
    rightAfter('deleteLifecycleHook', () => terminate(instanceId))
    const refused = await withdraw(world.aws, scope)
    expect(refused).toMatchObject({ withdrawn: ['web'], open: [{ groupName: 'collector', instanceId }] })
    expect([hook('web'), hook('collector') !== undefined]).toEqual([undefined, true])
  })
  it('forgetting leaves a hook with an open action, and its mark, and names it', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    await deploy()
    const instanceId = instanceOf('collector')
    terminate(instanceId)
    const left = await forget(world.aws, scope)
    expect(left).toEqual([{ groupName: 'collector', instanceId, lifecycleState: 'Terminating:Wait' }])
    expect([hook('web'), hook('collector') !== undefined]).toEqual([undefined, true])
    expect(group('collector')?.Tags?.map(({ Key }) => Key)).toContain(markKey(HOOK))
  })
  it('a sweep in between does not enrol a withdrawn group again; a deployment does', async () => {
    createGroup('web')
    await deploy()
    await withdraw(world.aws, scope)
    await sweep()
    expect(hook('web')).toBeUndefined()
    expect((await deploy()).enrolled).toEqual(['web'])
  })
  it('says so before the hook goes, so that a sweep meanwhile does not bring it back', async () => {
    createGroup('web')
    await deploy()
    let meanwhile: unknown
    rightAfter('deleteLifecycleHook', () => {
      meanwhile ??= group('web')?.Tags?.find(({ Key }) => Key === markKey(HOOK))?.Value
    })
    await withdraw(world.aws, scope)
    expect(meanwhile).toContain('withdrawn')
  })
  it('takes a hook of ours along whose target was taken away', async () => {
    createGroup('web')
    await deploy()
    const { describeLifecycleHooks } = world.aws
    world.aws.describeLifecycleHooks = async (input) => {
      const { LifecycleHooks = [] } = await describeLifecycleHooks(input)
      return { LifecycleHooks: LifecycleHooks.map((one) => ({ ...one, NotificationTargetARN: '' })) }
    }
    expect((await withdraw(world.aws, scope)).hookLeft).toEqual([])
    expect(hook('web')).toBeUndefined()
  })
  it('leaves a hook that a person aimed elsewhere since', async () => {
    createGroup('web')
    await deploy()
    putHook('web', { NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:other' })
    expect(await withdraw(world.aws, scope)).toMatchObject({ withdrawn: ['web'], hookLeft: ['web'] })
    expect(hook('web')?.NotificationTargetARN).toContain('other')
  })
  it.each([
    ['Terminating', true],
    ['Terminating:Wait', true],
    ['Warmed:Terminating:Wait', true],
    ['Warmed:Pending:Wait', true],
    ['ReplacingRootVolume:Wait', true],
    ['Terminating:Proceed', false],
    ['Terminating:Retained', false],
    ['InService', false],
  ])('an instance in %s stands in its way: %s', async (LifecycleState, isOpen) => {
    createGroup('web')
    await deploy()
    const instanceId = instanceOf('web')
    const { describeAutoScalingGroups } = world.aws
    world.aws.describeAutoScalingGroups = async (input) => {
      const { AutoScalingGroups = [] } = await describeAutoScalingGroups(input)
      const at = <One extends object>(one: One) => ({ ...one, LifecycleState: LifecycleState as 'InService' })
      return {
        AutoScalingGroups: AutoScalingGroups.map((one) => ({ ...one, Instances: one.Instances?.map(at) })),
      }
    }
    const { open, withdrawn } = await withdraw(world.aws, scope)
    expect([open.map((one) => one.instanceId), withdrawn]).toEqual(
      isOpen ? [[instanceId], []] : [[], ['web']],
    )
  })
  it('is stood in the way of by what its own group holds just before, and no other that the answer holds, too', async () => {
    createGroup('web')
    await deploy()
    const { describeAutoScalingGroups } = world.aws
    world.aws.describeAutoScalingGroups = async (input) => {
      const { AutoScalingGroups: [web] = [] } = await describeAutoScalingGroups(input)
      if (!input.AutoScalingGroupNames || !web) return { AutoScalingGroups: web && [web] }
      const open = { InstanceId: 'i-1', LifecycleState: 'Terminating:Wait' } as NonNullable<
        typeof web.Instances
      >[0]
      return { AutoScalingGroups: [{ ...web, Instances: [open], AutoScalingGroupName: 'another' }, web] }
    }
    expect(await withdraw(world.aws, scope)).toMatchObject({ open: [], withdrawn: ['web'] })
  })
  it('is not from a group of which an answer says nothing just before: somebody may wait at its hook', async () => {
    createGroup('web')
    await deploy()
    const { describeAutoScalingGroups } = world.aws
    let isGoneThen = false
    world.aws.describeAutoScalingGroups = async (input) => {
      if (!input.AutoScalingGroupNames) return await describeAutoScalingGroups(input)
      if (isGoneThen) goneOnceListed('web')
      return { AutoScalingGroups: [] }
    }
    await expect(withdraw(world.aws, scope)).rejects.toThrow(/who waits in group web, so that its hook stays/)
    expect(hook('web')).toBeDefined()
    isGoneThen = true
    expect(await withdraw(world.aws, scope)).toMatchObject({ withdrawn: ['web'], open: [] })
  })
  it('is not from a group that a deployment of a longer name has marked', async () => {
    createGroup('web')
    await deploy({ hookName: `${HOOK}-2` })
    expect(await withdraw(world.aws, { ...scope, queueArn: `${QUEUE}-2` })).toMatchObject({ withdrawn: [] })
  })
  it('an instance that leaves the warm pool stands in its way, though its group does not list it', async () => {
    createGroup('web')
    await deploy()
    const put = (MaxGroupPreparedCapacity: number) =>
      world.model.call(world.now, 'PutWarmPool', { AutoScalingGroupName: 'web', MaxGroupPreparedCapacity })
    put(1)
    for (const effect of world.model.advance(world.now))
      if (effect.do === 'launch') world.model.machineStarted(world.now, effect.instanceId)
    put(0)
    world.model.advance(world.now)
    expect(group('web')?.Instances).toEqual([])
    const { open, withdrawn } = await withdraw(world.aws, scope)
    expect(open).toMatchObject([{ groupName: 'web', lifecycleState: 'Warmed:Terminating:Wait' }])
    expect(withdrawn).toEqual([])
    expect(hook('web')).toBeDefined()
    expect((await surveyWithdrawal(world.aws, scope)).open).toEqual(open)
    world.aws.describeAutoScalingInstances = async () => ({ AutoScalingInstances: [] })
    const again = await withdraw(world.aws, scope)
    expect(again.open.map(({ instanceId }) => instanceId)).toEqual(open.map(({ instanceId }) => instanceId))
    expect(hook('web')).toBeDefined()
  })
  it.each([
    ['is over', 'Terminating EC2 instance: i-0123456789abcdef0', new Date()],
    ['launches a machine', 'Launching a new EC2 instance into warm pool: i-0123456789abcdef0', undefined],
  ])('an activity that %s stands in nobody’s way', async (_, Description, EndTime) => {
    createGroup('web')
    await deploy()
    const put = { AutoScalingGroupName: 'web', MaxGroupPreparedCapacity: 0 }
    world.model.call(world.now, 'PutWarmPool', put)
    const activity = { Description, EndTime } as Activity
    world.aws.describeScalingActivities = async () => ({ Activities: [activity] })
    expect(await withdraw(world.aws, scope)).toMatchObject({ open: [], withdrawn: ['web'] })
  })
  it('what waits in another group with a warm pool stands in nobody’s way; each machine is named once', async () => {
    createGroup('web')
    createGroup('unrelated')
    await deploy()
    const put = (AutoScalingGroupName: string) =>
      world.model.call(world.now, 'PutWarmPool', { AutoScalingGroupName, MaxGroupPreparedCapacity: 0 })
    put('web')
    put('unrelated')
    world.model.advance(world.now)
    const [held, kept] = [instanceOf('unrelated'), instanceOf('web')]
    const { describeAutoScalingInstances, describeAutoScalingGroups } = world.aws
    const at = <One extends { InstanceId?: string | undefined }>(one: One) => ({
      ...one,
      LifecycleState: (one.InstanceId === held
        ? 'Terminating:Wait'
        : 'Warmed:Pending:Retained') as 'InService',
    })
    world.aws.describeAutoScalingInstances = async (input) => {
      const { AutoScalingInstances = [] } = await describeAutoScalingInstances(input)
      return { AutoScalingInstances: AutoScalingInstances.map(at) }
    }
    world.aws.describeAutoScalingGroups = async (input) => {
      const { AutoScalingGroups = [] } = await describeAutoScalingGroups(input)
      return {
        AutoScalingGroups: AutoScalingGroups.map((one) => ({ ...one, Instances: one.Instances?.map(at) })),
      }
    }
    expect(await withdraw(world.aws, scope)).toMatchObject({
      ...{ open: [], withdrawn: ['web'] },
      retained: [{ groupName: 'web', instanceId: kept, lifecycleState: 'Warmed:Pending:Retained' }],
    })
  })
  it('leaves a hook of the group’s own template', async () => {
    createGroup('web')
    putHook('web', { NotificationTargetARN: QUEUE })
    await deploy()
    expect(await withdraw(world.aws, scope)).toMatchObject({ hookLeft: ['web'] })
    expect(hook('web')).toBeDefined()
  })
  it('withdraws only from groups that are no longer chosen, when asked to', async () => {
    createGroup('web')
    createGroup('collector', { team: 'data' })
    await deploy()
    const except = parseSelections('web')
    expect((await withdraw(world.aws, { ...scope, except })).withdrawn).toEqual(['collector'])
    expect(hook('web')).toBeDefined()
  })
})
