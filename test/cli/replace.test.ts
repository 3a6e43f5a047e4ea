import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from '@jest/globals'
import { factsOf } from '../../src/cli/group-facts.ts'
import {
  planReplacement,
  planUndoing,
  replacementLines,
  undoingLines,
  undoLines,
} from '../../src/cli/replacement.ts'
import { type ReplacingApi, replace, undo } from '../../src/cli/replacing.ts'
import type { Surroundings } from '../../src/cli/surroundings.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { AwsError } from '../../testbed/aws-error.ts'
import { guardEnvironment, patientWaits } from '../../testbed/local/installed-guard.ts'
import { ConnectionDropped, type LocalAwsOptions } from '../../testbed/local/local-aws.ts'
import { afterwards, eventually, localAws, localAwsByHand, refusalOf } from '../testbed/local/local-aws.ts'
import { typed } from './command-line.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** Preloaded: every signal arrives once more at the worst moment, right before a word is said of what went wrong. */
const RAIN_AT_THE_WORST_MOMENT = `data:text/javascript,${encodeURIComponent(`
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = (...words) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(process.pid, signal)
    return write(...words)
  }
`)}`
/** What the functions are told, and the local AWS tells a shell. */
const SETTINGS = guardEnvironment({
  ...{ bucket: 'logs-of-the-web', waits: patientWaits, profile: loadProfile('beanstalk') },
  queue: {
    url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/guard',
    arn: 'arn:aws:sqs:eu-west-1:000000000000:guard',
  },
  deadLetters: { url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/dead' },
})
const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/0123456789abcdef'
const traffic = { targetGroups: [], unasked: [] }
const group = {
  groupName: 'collectors',
  desired: 1,
  maximum: 1,
  lifecycleState: 'InService',
  guarded: true,
  traffic,
}
const wishes = { hook: 'termination-guard', unguarded: false }

describe('the plan of a replacement', () => {
  it('brings the second instance into service before the only one goes', () => {
    const lines = replacementLines(planReplacement('i-0abcdef12', { ...group, maximum: 4 }, wishes, typed))
    expect(lines).toEqual([
      'raise the desired capacity of collectors from 1 to 2',
      'wait until 1 other instance of it is in service',
      'terminate i-0abcdef12 through Auto Scaling, back to 1; the guard holds it until its logs are in S3',
    ])
  })

  it('makes room in a full group, and takes it back', () => {
    const lines = replacementLines(planReplacement('i-0abcdef12', group, wishes, typed))
    expect(lines[0]).toBe('raise the maximum of collectors from 1 to 2')
    expect(lines.at(-1)).toBe('set the maximum back to 1')
  })

  it.each([
    ['in no group', undefined, 'in no Auto Scaling group'],
    ['on its way out already', { ...group, lifecycleState: 'Terminating:Wait' }, 'not InService'],
    ['in a group without the guard’s hook', { ...group, guarded: false }, '--unguarded'],
  ])('refuses an instance that is %s', (_what, facts, why) => {
    expect(() => planReplacement('i-0abcdef12', facts, wishes, typed)).toThrow(why)
  })

  it('does not promise that the guard holds what it does not', () => {
    const plan = planReplacement(
      'i-0abcdef12',
      { ...group, guarded: false },
      { ...wishes, unguarded: true },
      typed,
    )
    expect(replacementLines(plan).join('\n')).toContain('NOTHING HOLDS IT')
  })

  it('that broke off says what it has changed, and what to type to undo it', () => {
    const plan = planReplacement('i-0abcdef12', group, wishes, typed)
    expect(undoLines(plan, { tag: true, maximum: true, desired: true }, typed)).toEqual([
      'Changed in collectors: the desired capacity (from 1 to 2) and the maximum (from 1 to 2) and the tag termination-guard:replacing. ' +
        'To go on where it was, type the same again. To undo it, type:',
      '  termination-guard replace i-0abcdef12 --undo',
    ])
    expect(undoLines(plan, { tag: false, maximum: false, desired: false }, typed)).toEqual([
      'Nothing was changed.',
    ])
  })
})

describe('of several, the one that came last', () => {
  const [old, older, newest] = ['i-0abcdef12', 'i-0abcdef13', 'i-0abcdef14']
  const hundreds = Array.from({ length: 300 }, (_, at): [string, number] => [`i-1${at}`, 2])
  const undoing = { groupName: 'collectors', instanceId: old, desired: 2, raisesMaximumFrom: undefined }
  it.each([
    ['came later than the others', { [old]: 1, [older]: 2, [newest]: 3 }],
    ['came in the same second as the one that was to go', { [old]: 3, [older]: 2, [newest]: 3 }],
    ['is one of hundreds', { [old]: 1, ...Object.fromEntries(hundreds), [newest]: 3 }],
  ])('goes where a replacement is undone, if it %s', async (_what, launchedAt) => {
    const gone: (string | undefined)[] = []
    const instances = Object.entries(launchedAt).map(([InstanceId, at]) => ({
      ...{ InstanceId, LaunchTime: new Date(at * 1000), LifecycleState: 'InService' as const },
    }))
    const api: Partial<ReplacingApi> = {
      describeAutoScalingGroups: async () =>
        ({ AutoScalingGroups: [{ AutoScalingGroupName: 'collectors', Instances: instances }] }) as never,
      describeInstances: async ({ Filters }) => {
        const { Values = [] } = Filters?.[0] ?? {}
        if (Values.length > 200) throw new AwsError('FilterLimitExceeded', 'no')
        return { Reservations: [{ Instances: instances.filter((one) => Values.includes(one.InstanceId)) }] }
      },
      terminateInstanceInAutoScalingGroup: async ({ InstanceId }) => void gone.push(InstanceId),
      deleteTags: async () => undefined,
    }
    await undo(api as ReplacingApi, { ...undoing, lowersDesired: true })
    expect(gone).toEqual([newest])
  })
})

describe('the way back', () => {
  const replacing = { instanceId: 'i-0abcdef12', desired: 1, maximum: 1 }
  const begun = { ...group, desired: 2, maximum: 2, replacing }

  it('takes back what was changed, and nothing that is somebody else’s', () => {
    const lines = (facts: typeof begun) => undoingLines(planUndoing('i-0abcdef12', facts, typed))
    const tag = 'take the tag termination-guard:replacing from collectors'
    expect(lines(begun)).toEqual([
      'leave collectors with 1 instance: the one that came last goes',
      'set the maximum back to 1',
      tag,
    ])
    expect(lines({ ...begun, desired: 1 })).toEqual(['set the maximum back to 1', tag])
    expect(lines({ ...begun, desired: 5, maximum: 9 })).toEqual([tag])
    expect(lines({ ...begun, maximum: 9, replacing: { ...replacing, maximum: 9 } })).toEqual([
      'leave collectors with 1 instance: the one that came last goes',
      tag,
    ])
  })

  it.each([
    ['nothing is under way', group, 'nothing to undo'],
    [
      'another’s is under way',
      { ...begun, replacing: { ...replacing, instanceId: 'i-0fffffff0' } },
      'nothing',
    ],
    ['it is on its way out', { ...begun, lifecycleState: 'Terminating:Wait' }, 'replace i-0abcdef12'],
    ['it is in no group', undefined, 'nothing to undo'],
  ])('is refused where %s', (_what, facts, why) => {
    expect(() => planUndoing('i-0abcdef12', facts, typed)).toThrow(why)
  })
})

describe('a replacement', () => {
  /** A group of one that is full, with a hook that holds terminating instances. */
  async function fullGroup(options: Partial<LocalAwsOptions> = {}, TargetGroupARNs?: string[]) {
    const { autoScaling, ec2, aws } = await localAws({ timings: { inServiceMs: 300 }, ...options })
    const loadBalancing = new ElasticLoadBalancingV2Client({
      ...{ endpoint: aws.endpoints.autoscaling, region: aws.region, maxAttempts: 1 },
      credentials: aws.credentials('TEST'),
    })
    afterwards(() => loadBalancing.destroy())
    const instanceId = await createFullGroup(autoScaling, undefined, TargetGroupARNs)
    const look = async () =>
      (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.[0]
    const api: ReplacingApi = {
      describeAutoScalingGroups: (input) => autoScaling.send(new DescribeAutoScalingGroupsCommand(input)),
      describeAutoScalingInstances: (input) =>
        autoScaling.send(new DescribeAutoScalingInstancesCommand(input)),
      describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
      describeTargetHealth: (input) => loadBalancing.send(new DescribeTargetHealthCommand(input)),
      createOrUpdateTags: (input) => autoScaling.send(new CreateOrUpdateTagsCommand(input)),
      deleteTags: (input) => autoScaling.send(new DeleteTagsCommand(input)),
      setDesiredCapacity: (input) => autoScaling.send(new SetDesiredCapacityCommand(input)),
      updateAutoScalingGroup: (input) => autoScaling.send(new UpdateAutoScalingGroupCommand(input)),
      terminateInstanceInAutoScalingGroup: (input) =>
        autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(input)),
    }
    const facts = (guarded = true) => factsOf(api, instanceId, async () => guarded)
    /** What was told of the wait, and how one of it goes. */
    const told: string[] = []
    const run = async ({
      waitMs = 60_000,
      signal = new AbortController().signal,
      whileWaiting = async () => {},
    } = {}) =>
      await replace(api, planReplacement(instanceId, await facts(), wishes, typed), waitMs, {
        ...{ typed, interruption: signal, clock: { now: Date.now } },
        terminal: { complain: (line: string) => void told.push(line) },
        pause: async () => {
          await whileWaiting()
          await new Promise((resolve) => setTimeout(resolve, 10))
        },
      } as unknown as Surroundings)
    const undone = async () => await undo(api, planUndoing(instanceId, await facts(), typed))
    /** As Ctrl-C right after the call. */
    const interruptedAfter = (wanted: string) => {
      const interruption = new AbortController()
      aws.observe({ after: ({ operation }) => void (operation === wanted && interruption.abort()) })
      return interruption.signal
    }
    return { aws, autoScaling, api, look, instanceId, facts, interruptedAfter, run, undone, told }
  }

  /** Answers its instance, which is in service. `pass` lets time pass where it does not by itself. */
  async function createFullGroup(
    autoScaling: AutoScalingClient,
    pass?: () => Promise<void>,
    TargetGroupARNs?: string[],
  ) {
    const AutoScalingGroupName = 'web'
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        LaunchTemplate: { LaunchTemplateName: 'web' },
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
        TargetGroupARNs,
      }),
    )
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName,
        LifecycleHookName: 'termination-guard',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      }),
    )
    return eventually(async () => {
      await pass?.()
      const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
      return AutoScalingGroups?.[0]?.Instances?.find((one) => one.LifecycleState === 'InService')?.InstanceId
    })
  }

  it('lets the old instance go only when the new one serves, and leaves the group as it was', async () => {
    const { look, instanceId, facts, run, told } = await fullGroup()
    await run()
    expect(told[0]).toMatch(/^waiting: 0 of 1 other instance serves/)
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
    const states = (await look())?.Instances?.map((one) => [
      one.InstanceId === instanceId,
      one.LifecycleState,
    ])
    expect(states).toContainEqual([false, 'InService'])
    expect(await facts()).toMatchObject({ lifecycleState: expect.stringMatching(/^Terminating/) })
  })

  it('that was interrupted goes on where it was, and the group is never larger than by one', async () => {
    const { look, run, interruptedAfter } = await fullGroup()
    for (let time = 0; time < 3; time++) {
      expect(await refusalOf(run({ signal: interruptedAfter('CreateOrUpdateTags') }))).toContain(
        'To go on where it was, type the same again',
      )
      expect(await look()).toMatchObject({ MaxSize: 2, DesiredCapacity: 2 })
    }
    await run()
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
  })

  it('that somebody else types at the same time, and is quicker with, does not let another one go', async () => {
    const { aws, autoScaling, look, instanceId, run, told } = await fullGroup()
    let terminations = 0
    aws.observe({
      after: ({ operation }) => {
        if (operation === 'TerminateInstanceInAutoScalingGroup') terminations++
      },
    })
    const another = async () => {
      if (terminations > 0) return
      const input = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }
      await autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(input))
    }
    await run({ whileWaiting: another })
    expect(told).not.toEqual([])
    expect(terminations).toBe(1)
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
  })

  it('that broke off when the old one was on its way out leaves the group as it was', async () => {
    const { autoScaling, look, instanceId, facts, run, undone, interruptedAfter } = await fullGroup()
    await refusalOf(run({ signal: interruptedAfter('SetDesiredCapacity') }))
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: true,
      }),
    )
    const plan = planReplacement(instanceId, await facts(), wishes, typed)
    expect(replacementLines(plan)[0]).toContain('is on its way out, leave web with 1 instances')
    expect(await refusalOf(undone())).toContain('it is replaced already')
    await run()
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
  })

  describe('beside which somebody else scales the group out', () => {
    const scaleOut = async (autoScaling: AutoScalingClient) =>
      await autoScaling.send(
        new UpdateAutoScalingGroupCommand({
          ...{ AutoScalingGroupName: 'web', MaxSize: 5, DesiredCapacity: 4 },
        }),
      )
    const scaledOut = { MaxSize: 5, DesiredCapacity: 4, Tags: [] }

    it('takes nothing of that back when it is run again', async () => {
      const { autoScaling, look, facts, run, interruptedAfter } = await fullGroup()
      await refusalOf(run({ signal: interruptedAfter('SetDesiredCapacity') }))
      await scaleOut(autoScaling)
      await run()
      expect(await look()).toMatchObject(scaledOut)
      expect(await facts()).toMatchObject({ lifecycleState: expect.stringMatching(/^Terminating/) })
    })

    it('takes nothing of that back when it comes to its end', async () => {
      const { autoScaling, look, facts, run } = await fullGroup()
      let waits = 0
      const whileWaiting = async () => void (waits++ === 0 && (await scaleOut(autoScaling)))
      await run({ whileWaiting })
      expect(await look()).toMatchObject(scaledOut)
      expect(await facts()).toMatchObject({ lifecycleState: expect.stringMatching(/^Terminating/) })
    })
  })

  it('whose answer was lost says that it may have been made', async () => {
    const { aws, run, undone, look } = await fullGroup()
    let died = false
    aws.observe({
      after: async ({ operation }) => {
        if (operation !== 'SetDesiredCapacity' || died) return
        died = true
        throw new ConnectionDropped('the answer was lost')
      },
    })
    expect(await refusalOf(run())).toContain('Changed in web: the desired capacity (from 1 to 2)')
    await undone()
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
  })

  it.each([
    'CreateOrUpdateTags',
    'UpdateAutoScalingGroup',
    'SetDesiredCapacity',
    'DescribeTargetHealth',
    'TerminateInstanceInAutoScalingGroup',
    'DeleteTags',
  ])('that dies right after %s goes on when it is run again, and the group is as it was', async (step) => {
    const { aws, look, facts, run } = await fullGroup({}, [TARGET_GROUP])
    let sizeAtMost = 0
    let died = 0
    aws.observe({
      after: async ({ operation }) => {
        sizeAtMost = Math.max(sizeAtMost, aws.model.instances().filter(({ member }) => member).length)
        if (operation !== step || died > 0) return
        died++
        throw new ConnectionDropped('the command was killed')
      },
    })
    expect(await refusalOf(run())).not.toBe('no error')
    expect(died).toBe(1)
    const again = await refusalOf(run())
    expect(again).toMatch(step === 'DeleteTags' ? /is being replaced already/ : /^no error$/)
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
    expect(sizeAtMost).toBe(2)
    expect(await facts()).toMatchObject({ lifecycleState: expect.stringMatching(/^Terminating/) })
  })

  it('waits until the load balancer calls the new one healthy, not only Auto Scaling', async () => {
    let passes = false
    let asked = 0
    let first = ''
    const { look, instanceId, facts, run, told } = await fullGroup(
      {
        timings: { inServiceMs: 0 },
        targetHealth: (id) => {
          if (id !== first) asked++
          return { State: id === first || !passes ? 'unhealthy' : 'healthy' }
        },
      },
      [TARGET_GROUP],
    )
    first = instanceId
    asked = 0
    const replaced = run()
    await eventually(() => asked > 3)
    expect(await facts()).toMatchObject({ lifecycleState: 'InService' })
    expect((await look())?.Instances).toHaveLength(2)
    expect(told.at(-1)).toMatch(/^waiting: 0 of 1 other instance serves, i-\w+ unhealthy in web$/)
    passes = true
    await replaced
    expect(await facts()).toMatchObject({ lifecycleState: expect.stringMatching(/^Terminating/) })
  })

  it('by somebody who may not ask the load balancer changes nothing', async () => {
    const { aws, look, run } = await fullGroup({}, [TARGET_GROUP])
    aws.observe({
      before: ({ operation }) => {
        if (operation === 'DescribeTargetHealth') throw new AwsError('AccessDenied', 'not authorized')
      },
    })
    expect(await refusalOf(run())).toMatch(/AccessDenied: not authorized\nNothing was changed/)
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
  })

  it.each([
    ['CreateOrUpdateTags', 'Nothing was changed.'],
    ['UpdateAutoScalingGroup', 'Changed in web: the tag termination-guard:replacing.'],
    ['SetDesiredCapacity', 'Changed in web: the maximum (from 1 to 2) and the tag'],
    [
      'TerminateInstanceInAutoScalingGroup',
      'Changed in web: the desired capacity (from 1 to 2) and the maximum',
    ],
  ])(
    'by somebody who may not %s says by name why, and what was changed until then',
    async (step, changed) => {
      const { aws, run, undone, look } = await fullGroup()
      let isRefused = true
      aws.observe({
        before: ({ operation }) => {
          if (operation === step && isRefused) throw new AwsError('AccessDenied', 'not authorized')
        },
      })
      const refusal = await refusalOf(run())
      expect(refusal).toContain('AccessDenied: not authorized')
      expect(refusal).toContain(changed)
      isRefused = false
      if (step !== 'CreateOrUpdateTags') await undone()
      expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
    },
  )

  it('is not begun while another of the group is under way', async () => {
    const replacing = { instanceId: 'i-0fffffff0', desired: 1, maximum: 1 }
    expect(() => planReplacement('i-0abcdef12', { ...group, replacing }, wishes, typed)).toThrow(
      /To go on with that: {2}termination-guard replace i-0fffffff0\nTo take it back: {2}termination-guard replace i-0fffffff0 --undo$/,
    )
  })

  it('asks of the group whether it is guarded', async () => {
    const { facts } = await fullGroup()
    expect(await facts(true)).toMatchObject({ groupName: 'web', guarded: true })
    expect(await facts(false)).toMatchObject({ groupName: 'web', guarded: false })
  })

  it.each([
    ['takes too long', false, '0 of 1 other'],
    ['is interrupted', true, 'Interrupted'],
  ])('that %s terminates nothing and says what to type to undo it', async (_what, interrupted, why) => {
    const { look, instanceId, facts, run, undone, interruptedAfter } = await fullGroup()
    const refusal = await refusalOf(
      run(interrupted ? { signal: interruptedAfter('SetDesiredCapacity') } : { waitMs: 0 }),
    )
    expect(refusal).toMatch(new RegExp(why))
    expect(refusal).toContain(`replace ${instanceId} --undo`)
    expect(await look()).toMatchObject({ MaxSize: 2, DesiredCapacity: 2 })
    expect(await facts()).toMatchObject({ lifecycleState: 'InService' })
    await undone()
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
    expect(await facts()).toMatchObject({ lifecycleState: 'InService' })
  })

  it.each([
    ['lets the newest go, not the one that serves', 'SetDesiredCapacity', true],
    ['where no second one has come lets nobody go', 'UpdateAutoScalingGroup', false],
  ])('that is undone %s, also when the undoing dies after each step', async (_what, broken, hasSecond) => {
    const { aws, look, instanceId, facts, run, undone } = await fullGroup({ timings: { inServiceMs: 0 } })
    let dies: string | undefined = broken
    aws.observe({
      after: async ({ operation }) => {
        if (operation !== dies) return
        dies = undefined
        throw new ConnectionDropped('the command was killed')
      },
    })
    expect(await refusalOf(run())).toContain('--undo')
    if (hasSecond) await eventually(async () => (await look())?.Instances?.length === 2)
    for (const step of ['TerminateInstanceInAutoScalingGroup', 'UpdateAutoScalingGroup']) {
      dies = step
      await refusalOf(undone())
    }
    dies = undefined
    await refusalOf(undone())
    expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1, Tags: [] })
    expect(await facts()).toMatchObject({ lifecycleState: 'InService' })
    const others = (await look())?.Instances?.filter((one) => one.InstanceId !== instanceId)
    expect(others?.filter((one) => one.LifecycleState === 'InService')).toEqual([])
    expect(await refusalOf(undone())).toContain('nothing to undo')
  })

  it('that signals rain on, through npm or from impatience, still says how to undo it', async () => {
    // On a clock that stands still, the second instance never serves.
    const { autoScaling, aws, pass } = await localAwsByHand({ timings: { inServiceMs: 30_000 } })
    const instanceId = await createFullGroup(autoScaling, () => pass(60))
    const child = spawn(
      process.execPath,
      ['--import', RAIN_AT_THE_WORST_MOMENT, MAIN, 'replace', instanceId],
      {
        env: { PATH: process.env.PATH, ...aws.environment(), ...SETTINGS },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const gone = new Promise<number | null>((resolve) => child.once('close', resolve))
    afterwards(() => child.kill('SIGKILL'))
    const told = { out: '', err: '' }
    child.stdout.on('data', (data) => (told.out += data))
    child.stderr.on('data', (data) => (told.err += data))
    await eventually(
      async () =>
        (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.[0]
          ?.DesiredCapacity === 2,
    )
    const rain = setInterval(() => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal)
    }, 20)
    afterwards(() => clearInterval(rain))
    await gone
    expect(told.out).toContain('wait until 1 other instance of it is in service')
    expect(told.err).toMatch(
      /(^|\n)Interrupted: nothing was terminated\.\nChanged in web: .*\n {2}termination-guard replace i-\w+ --undo/,
    )
  })
})
