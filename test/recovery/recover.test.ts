import { beforeEach, describe, expect, it } from '@jest/globals'
import { auditComment, commentFor, personComment } from '../../src/flush/commands.ts'
import { metricsOf } from '../../src/journal/metrics.ts'
import { readPolicy } from '../../src/policy.ts'
import { agentsOf } from '../../src/recovery/agents.ts'
import { eachGroup } from '../../src/recovery/found.ts'
import { lookAtHeld } from '../../src/recovery/held.ts'
import { rebootKey } from '../../src/recovery/once-mark.ts'
import { recover } from '../../src/recovery/recover.ts'
import { terminationsOf } from '../../src/recovery/terminations.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { consume } from '../../src/termination/consume.ts'
import { HandTimers } from '../hand-timers.ts'
import { awsError, KEY, manifestLine, OneInstance, TOKEN, terminating } from '../one-instance.ts'
import { action, environment, file, MINUTE, START } from '../termination/observations.ts'

let aws: OneInstance
let recovering: OneInstance['guard']
const { groupName, instanceId } = action
const plenty = () => 60_000
const run = () => sweep(recovering, plenty)
const told = () => aws.journal.filter(({ event }) => event.startsWith('recovery'))
const kept = { ...terminating, EndTime: new Date(START), StatusCode: 'Cancelled' as const }

beforeEach(() => {
  aws = new OneInstance()
  aws.now = START + 30 * MINUTE
  aws.lifecycleState = 'Terminating:Retained'
  aws.activities = [kept]
  aws.information = { InstanceId: instanceId, PingStatus: 'Online', LastPingDateTime: new Date(aws.now) }
  recovering = { ...aws.guard, policy: readPolicy({ ...environment, RECOVER: 'retry' }) }
})

describe('a kept machine whose agent answers again', () => {
  it('begins a new termination, told before, without a smaller group', async () => {
    await run()
    expect(aws.released).toEqual([false])
    expect(told()).toEqual([
      expect.objectContaining({ event: 'recovery', rung: 'retry', instanceId, groupName }),
    ])
    expect(aws.journal.find(({ event }) => event === 'sweep')).toMatchObject({ retained: [instanceId] })
  })

  it.each([
    ['refuses to tell', /^SQS does not tell of dead letters: QueueDoesNotExist/],
    ['answers without a number', /^SQS does not tell of dead letters: .*how many messages are in https:/],
  ])(
    'begins one, and is named, also where SQS %s of dead letters; the sweep fails only then',
    async (how, words) => {
      if (how === 'refuses to tell') aws.failing.set('getQueueAttributes', awsError('QueueDoesNotExist'))
      else aws.guard.aws.getQueueAttributes = async () => ({ Attributes: {} })
      recovering = { ...recovering, aws: aws.guard.aws }
      await expect(run()).rejects.toThrow(words)
      expect(aws.released).toEqual([false])
      const [sweepEvent] = aws.journal.filter(({ event }) => event === 'sweep')
      expect(sweepEvent).toMatchObject({ retained: [instanceId], deadLetters: undefined })
      expect(sweepEvent && metricsOf(sweepEvent).map(({ name }) => name)).not.toContain('DeadLetters')
    },
  )

  it('is asked nothing about where only reboots are on', async () => {
    recovering = { ...aws.guard, policy: readPolicy({ ...environment, RECOVER: 'reboot' }) }
    await run()
    expect(aws.calls).not.toContain('describeInstanceInformation')
    expect(aws.calls).not.toContain('describeScalingActivities')
  })

  it('is left alone where a person let it go since the sweep saw it', async () => {
    aws.guard.aws.listObjectsV2 = async () => {
      aws.lifecycleState = 'Terminating:Wait'
      return { Contents: [] }
    }
    recovering = { ...recovering, aws: aws.guard.aws }
    await run()
    expect(aws.released).toEqual([])
  })

  it('ends archived by the ordinary passes', async () => {
    await run()
    aws.activities = [{ ...terminating, StartTime: new Date(aws.now) }, kept]
    aws.activeToken = TOKEN
    const message = {
      Service: 'AWS Auto Scaling',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    }
    const body = JSON.stringify({
      ...message,
      Time: new Date(aws.now).toISOString(),
      AutoScalingGroupName: groupName,
      EC2InstanceId: instanceId,
      LifecycleActionToken: TOKEN,
      LifecycleHookName: action.hookName,
    })
    const attributes = { SentTimestamp: String(aws.now), ApproximateReceiveCount: '1' }
    const record = { messageId: 'm', receiptHandle: 'r', body, attributes } as never
    await consume(recovering, [record], plenty)
    aws.flushEnds(manifestLine([file]))
    aws.objects.set(KEY, { size: file.size, etag: file.md5 })
    await consume(recovering, [record], plenty)
    expect(aws.completed).toEqual(['CONTINUE'])
  })

  it('is tried again once, however many sweeps see it before Auto Scaling shows it', async () => {
    await run()
    await run()
    expect(aws.released).toHaveLength(1)
  })

  it('is left where its group stopped to retain, or our hook was changed, just before', async () => {
    aws.retains = false
    await run()
    aws.retains = true
    aws.defaultResult = 'CONTINUE'
    await run()
    expect(aws.released).toEqual([])
  })

  it.each(['retry', 'retry,clone'])('is let go right after that was asked, with %s', async (RECOVER) => {
    recovering = { ...aws.guard, policy: readPolicy({ ...environment, RECOVER }) }
    await run()
    const at = aws.calls.indexOf('terminateInstanceInAutoScalingGroup')
    expect(aws.calls.slice(at - 2, at)).toEqual(['describeAutoScalingGroups', 'describeLifecycleHooks'])
  })

  it('is left where the archive is denied', async () => {
    aws.failing.set('listObjectsV2', awsError('AccessDenied'))
    await run()
    expect(aws.released).toEqual([])
  })

  it('is left where nothing tells its place in the archive, or that may not be asked', async () => {
    const ARCHIVE_PREFIX = 'logs/{environment}/{instance}/'
    recovering = { ...aws.guard, policy: readPolicy({ ...environment, RECOVER: 'retry', ARCHIVE_PREFIX }) }
    aws.activities = [{ ...kept, Description: `Terminating EC2 instance: ${instanceId}` }]
    await run()
    expect(aws.released).toEqual([false])
    aws.lifecycleState = 'Terminating:Retained'
    aws.groupName = 'web'
    aws.released = []
    await run()
    expect(aws.released).toEqual([])
    aws.failing.set('describeAutoScalingGroups', awsError('AccessDenied'))
    await run()
    expect(aws.released).toEqual([])
  })

  it('is left where it is in no group any more', async () => {
    aws.guard.aws.listObjectsV2 = async () => {
      aws.lifecycleState = undefined
      return { Contents: [] }
    }
    recovering = { ...recovering, aws: aws.guard.aws }
    await run()
    expect(aws.released).toEqual([])
  })

  it('costs two questions a sweep where SSM knows no agent of it', async () => {
    aws.information = undefined
    await run()
    expect(aws.calls.filter((call) => call === 'describeInstanceInformation')).toHaveLength(2)
    expect(aws.calls).not.toContain('describeScalingActivities')
  })

  it('is told with the sweep before anything is tried: a function may be killed there', async () => {
    await run()
    const events = aws.journal.map(({ event }) => event)
    expect(events.indexOf('sweep')).toBeLessThan(events.indexOf('recovery'))
  })

  it('is all that is looked at where only kept machines are tried', async () => {
    aws.lifecycleState = 'Terminating:Wait'
    aws.activities = [terminating]
    await sweep({ ...recovering, policy: { ...recovering.policy, adoptAfterSeconds: 1e9 } }, plenty)
    const asked = aws.calls.filter((call) => call === 'describeScalingActivities')
    expect(asked).toHaveLength(1)
  })

  it('is told where AWS refuses, and does not stop the sweep', async () => {
    aws.failing.set('terminateInstanceInAutoScalingGroup', awsError('AccessDenied', 'not authorized'))
    await run()
    expect(told().map(({ event }) => event)).toEqual(['recovery', 'recovery-failed'])
  })

  it('costs nothing and is left alone where nothing is to be recovered', async () => {
    await sweep(aws.guard, plenty)
    expect(aws.calls).not.toContain('describeInstanceInformation')
    expect(aws.released).toEqual([])
  })
})

describe('terminations are counted', () => {
  const named = (id: string) => `Terminating EC2 instance: ${id}`
  const activity = (changes: object) => ({ ...kept, ...changes })
  it('by what has not ended the instance, page by page', async () => {
    const pages = [
      [activity({ EndTime: new Date(START + 5) }), activity({ Description: named('i-0000000000000000f') })],
      [
        activity({}),
        activity({ StatusCode: 'Successful' }),
        activity({ Description: `Launching a new EC2 instance: ${instanceId}` }),
      ],
    ]
    aws.guard.aws.describeScalingActivities = async ({ NextToken }) =>
      NextToken ? { Activities: pages[1] } : { Activities: pages[0], NextToken: 'more' }
    const counted = await terminationsOf(aws.guard.aws, groupName, [instanceId])
    expect([...counted]).toEqual([[instanceId, { ended: 2, lastEndedAt: START + 5, isUnderWay: false }]])
  })
  it('as unknown where there are too many to read', async () => {
    let pages = 0
    aws.guard.aws.describeScalingActivities = async () => {
      pages++
      return { Activities: [kept], NextToken: 'more' }
    }
    expect([...(await terminationsOf(aws.guard.aws, groupName, [instanceId]))]).toEqual([])
    expect(pages).toBe(20)
  })
  it('but not that which is under way, and of a machine’s first one nothing is told', async () => {
    const underWay = activity({ EndTime: undefined, StatusCode: 'InProgress' })
    const other = 'i-0000000000000000f'
    const first = { ...underWay, Description: named(other) }
    aws.guard.aws.describeScalingActivities = async () => ({ Activities: [underWay, first, kept] })
    const counted = await terminationsOf(aws.guard.aws, groupName, [instanceId, other])
    expect([...counted]).toEqual([[instanceId, { ended: 1, lastEndedAt: START, isUnderWay: true }]])
  })
})

describe('one termination counts once', () => {
  const flushes = async (...comments: readonly string[]) => {
    aws.agent = 'online'
    for (const Comment of comments) {
      await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment })
      aws.flushEnds('')
    }
    aws.now += 20 * MINUTE
    aws.information = { InstanceId: instanceId, PingStatus: 'Online', LastPingDateTime: new Date(aws.now) }
    await run()
    return aws.released.length
  }
  const adopted = commentFor({ ...action, token: undefined })
  it('although it was flushed by its token and as adopted', async () => {
    expect(await flushes(commentFor(action), adopted)).toBe(1)
  })
  it('and what was flushed of two is waited for longer', async () => {
    expect(await flushes(adopted, commentFor({ ...action, token: undefined, startedAt: START + 1 }))).toBe(0)
  })
  it('whoever else flushed the machine since', async () => {
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    aws.flushEnds('')
    aws.now += 20 * MINUTE
    aws.agent = 'online'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: personComment(groupName) })
    aws.flushEnds('')
    aws.information = { InstanceId: instanceId, PingStatus: 'Online', LastPingDateTime: new Date(aws.now) }
    await run()
    expect(aws.released).toHaveLength(1)
  })
})

it('one id that SSM does not know does not spoil the question for the others', async () => {
  aws.guard.aws.describeInstanceInformation = async ({ Filters }) => {
    const ids = Filters?.[0]?.Values ?? []
    if (ids.includes('i-unknown')) throw awsError('InvalidInstanceId')
    return { InstanceInformationList: ids.map((InstanceId) => ({ InstanceId, PingStatus: 'Online' })) }
  }
  const agents = await agentsOf(aws.guard.aws, ['i-unknown', instanceId])
  expect([...agents.keys()]).toEqual([instanceId])
})

it('tries no more at once than it may, those on their way included', async () => {
  const ids = ['1', '2', '3'].map((digit) => `i-${digit.repeat(17)}`)
  const released: string[] = []
  const now = new Date(aws.now)
  Object.assign(recovering.aws, {
    describeAutoScalingInstances: async ({ InstanceIds }: { InstanceIds?: string[] }) => ({
      AutoScalingInstances: (InstanceIds ?? ids).map((InstanceId, index) => ({
        ...{ InstanceId, AutoScalingGroupName: groupName },
        LifecycleState: !InstanceIds && index === 0 ? 'Terminating:Wait' : 'Terminating:Retained',
      })),
    }),
    describeInstanceInformation: async () => ({
      InstanceInformationList: ids.map((InstanceId) => ({
        InstanceId,
        PingStatus: 'Online',
        LastPingDateTime: now,
      })),
    }),
    describeScalingActivities: async () => ({
      Activities: ids.map((id) => ({ ...kept, Description: `Terminating EC2 instance: ${id}` })),
    }),
    terminateInstanceInAutoScalingGroup: async ({ InstanceId = '' }) => void released.push(InstanceId),
  })
  const policy = { ...recovering.policy, recovery: { ...recovering.policy.recovery, atOnce: 2 } }
  await sweep({ ...recovering, policy }, plenty)
  expect(released).toEqual([ids[1]])
})

describe('of two that are kept, where one may be tried,', () => {
  const ids = ['1', '2'].map((digit) => `i-${digit.repeat(17)}`)
  const standing = (InstanceId: string) => ({
    ...{ InstanceId, AutoScalingGroupName: groupName, LifecycleState: 'Terminating:Retained' },
  })
  const triedWhere = async (PingStatus: string, refusal?: Error) => {
    const asked: string[] = []
    Object.assign(recovering.aws, {
      describeAutoScalingInstances: async ({ InstanceIds = ids }: { InstanceIds?: string[] }) => ({
        AutoScalingInstances: InstanceIds.map(standing),
      }),
      describeInstanceInformation: async () => ({
        InstanceInformationList: ids.map((InstanceId, index) => ({
          ...{ InstanceId, LastPingDateTime: new Date(aws.now) },
          PingStatus: index === 0 ? PingStatus : 'Online',
        })),
      }),
      describeScalingActivities: async () => ({
        Activities: ids.map((id) => ({ ...kept, Description: `Terminating EC2 instance: ${id}` })),
      }),
      terminateInstanceInAutoScalingGroup: async ({ InstanceId = '' }) => {
        asked.push(InstanceId)
        if (refusal) throw refusal
      },
    })
    const policy = { ...recovering.policy, recovery: { ...recovering.policy.recovery, atOnce: 1 } }
    await sweep({ ...recovering, policy }, plenty)
    return asked
  }
  it('one that AWS refuses counts as on its way: whatever the answer was, it may be', async () => {
    expect(await triedWhere('Online', awsError('InternalFailure'))).toEqual([ids[0]])
  })
  it('one that is left as it is takes no place of the other', async () => {
    expect(await triedWhere('ConnectionLost')).toEqual([ids[1]])
  })
})

it('counts those that are on their way in any group, also in one that keeps no machine', async () => {
  const inTwoGroups = async (seen: string) => {
    const released: string[] = []
    const [waiting = '', retained = ''] = ['1', '2'].map((digit) => `i-${digit.repeat(17)}`)
    const standing = [
      { InstanceId: waiting, AutoScalingGroupName: 'another', LifecycleState: 'Terminating:Wait' },
      { InstanceId: retained, AutoScalingGroupName: groupName, LifecycleState: 'Terminating:Retained' },
    ]
    Object.assign(recovering.aws, {
      describeAutoScalingInstances: async ({ InstanceIds }: { InstanceIds?: string[] }) => ({
        AutoScalingInstances: standing.filter(
          ({ InstanceId }) => InstanceIds?.includes(InstanceId) !== false,
        ),
      }),
      describeInstanceInformation: async () => ({
        InstanceInformationList: [
          { InstanceId: retained, PingStatus: 'Online', LastPingDateTime: new Date(aws.now) },
        ],
      }),
      describeScalingActivities: async ({ AutoScalingGroupName = '' }) => {
        const Description = `Terminating EC2 instance: ${AutoScalingGroupName === 'another' ? seen : retained}`
        return { Activities: [{ ...kept, Description }] }
      },
      terminateInstanceInAutoScalingGroup: async ({ InstanceId = '' }) => void released.push(InstanceId),
    })
    const policy = { ...recovering.policy, recovery: { ...recovering.policy.recovery, atOnce: 1 } }
    await sweep({ ...recovering, policy }, plenty)
    return released.length
  }
  expect(await inTwoGroups('i-11111111111111111')).toBe(0)
  expect(await inTwoGroups('i-33333333333333333')).toBe(1)
})

describe('a held machine whose agent is silent', () => {
  beforeEach(() => {
    aws.lifecycleState = 'Terminating:Wait'
    aws.activities = [terminating]
    aws.agent = 'dead'
    aws.information = undefined
    aws.console = 'Out of memory: Killed process 812 (amazon-ssm-agen)\u0007\n'
    recovering = { ...aws.guard, policy: readPolicy({ ...environment, RECOVER: 'reboot' }) }
  })
  it('is rebooted once, and what stood on its console is told before', async () => {
    await run()
    await run()
    expect(aws.reboots).toBe(1)
    expect(told()).toEqual([
      expect.objectContaining({
        rung: 'reboot',
        console: 'Out of memory: Killed process 812 (amazon-ssm-agen)\n',
      }),
    ])
    const order = ['getConsoleOutput', 'createTags', 'rebootInstances'].map((call) => aws.calls.indexOf(call))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })
  it('is rebooted with no more others by one sweep than may be recovered at once', async () => {
    const ids = [instanceId, ...['1', '2'].map((digit) => `i-${digit.repeat(17)}`)]
    const waiting = ids.map((id) => ({ instanceId: id, groupName, lifecycleState: 'Terminating:Wait' }))
    const Activities = ids.map((id) => ({ ...terminating, Description: `Terminating EC2 instance: ${id}` }))
    const rebooted: string[] = []
    Object.assign(recovering.aws, {
      describeScalingActivities: async () => ({ Activities }),
      describeInstances: async ({ InstanceIds: [InstanceId] = [''] }: { InstanceIds?: string[] }) => ({
        Reservations: [{ Instances: [{ InstanceId, State: { Name: 'running' } }] }],
      }),
      describeAutoScalingInstances: async ({
        InstanceIds: [InstanceId] = [''],
      }: {
        InstanceIds?: string[]
      }) => ({
        AutoScalingInstances: [
          { InstanceId, AutoScalingGroupName: groupName, LifecycleState: 'Terminating:Wait' },
        ],
      }),
      recordLifecycleActionHeartbeat: async () => ({}),
      rebootInstances: async ({ InstanceIds = [] }: { InstanceIds?: string[] }) =>
        void rebooted.push(...InstanceIds),
    })
    const policy = { ...recovering.policy, recovery: { ...recovering.policy.recovery, atOnce: 2 } }
    await recover({ ...recovering, policy }, { waiting, retained: [] }, plenty)
    expect(rebooted).toEqual(ids.slice(0, 2))
  })
  it('is rebooted although its console cannot be had', async () => {
    aws.guard.aws.getConsoleOutput = async () => {
      throw awsError('UnsupportedOperation', 'not on this type')
    }
    await sweep({ ...recovering, aws: aws.guard.aws }, plenty)
    expect(aws.reboots).toBe(1)
  })
  it('is not rebooted where its tag cannot be written', async () => {
    aws.failing.set('createTags', awsError('UnauthorizedOperation'))
    await run()
    expect(aws.reboots).toBe(0)
    expect(told().map(({ event }) => event)).toEqual(['recovery', 'recovery-failed'])
  })
  it.each(['Pending', 'Delayed'])('is rebooted although a flush waits for it: %s', async (StatusDetails) => {
    aws.agent = 'online'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    Object.assign(aws.invocations[0] ?? {}, { Status: 'Pending', StatusDetails })
    await run()
    expect(aws.reboots).toBe(1)
  })
  it('is left while a flush runs on it', async () => {
    aws.agent = 'online'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    Object.assign(aws.invocations[0] ?? {}, { Status: 'InProgress', StatusDetails: 'InProgress' })
    await run()
    expect(aws.reboots).toBe(0)
  })
  it('S1: was flushed, although one answer of SSM does not say so', async () => {
    aws.agent = 'online'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    aws.flushEnds(manifestLine([]))
    const whole = await aws.guard.aws.listCommandInvocations({ InstanceId: instanceId })
    let asked = 0
    aws.guard.aws.listCommandInvocations = async () => (asked++ === 0 ? { CommandInvocations: [] } : whole)
    expect((await lookAtHeld(aws.guard, action)).look.wasFlushed).toBe(true)
  })
  it('is what its own flushes say, and not an audit’s, but that one runs', async () => {
    aws.agent = 'online'
    const look = async () => (await lookAtHeld(aws.guard, action)).look
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: auditComment(groupName) })
    expect(await look()).toMatchObject({ isFlushing: true })
    aws.flushEnds('x\n----------ERROR-------\nno space left on device', 'Failed')
    expect(await look()).toMatchObject({ isFlushing: false, said: undefined })
    aws.flushEnds(manifestLine([]))
    expect(await look()).toMatchObject({ wasFlushed: false })
    aws.flushEnds('', 'TimedOut')
    Object.assign(aws.invocations[0] ?? {}, { StatusDetails: 'DeliveryTimedOut' })
    expect(await look()).toMatchObject({ unfetchedAt: undefined })
  })
  it('fetches what runs and fails: a machine that answers is not rebooted for a flush that failed', async () => {
    aws.agent = 'online'
    aws.information = { InstanceId: instanceId, PingStatus: 'Online', LastPingDateTime: new Date(aws.now) }
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    for (const status of ['Failed', 'TimedOut', 'Cancelled'] as const) {
      aws.flushEnds('', status)
      expect((await lookAtHeld(aws.guard, action)).look.unfetchedAt).toBeUndefined()
    }
    await run()
    expect(aws.reboots).toBe(0)
  })
  it('fetches nothing where the last that was given up was never fetched, though another is sent since', async () => {
    aws.agent = 'online'
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    aws.flushEnds('', 'TimedOut')
    Object.assign(aws.invocations[0] ?? {}, { StatusDetails: 'DeliveryTimedOut' })
    const sentAt = aws.now
    aws.now += MINUTE
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(action) })
    Object.assign(aws.invocations[0] ?? {}, { Status: 'Pending', StatusDetails: 'Pending' })
    expect((await lookAtHeld(aws.guard, action)).look).toMatchObject({
      unfetchedAt: sentAt,
      isFlushing: false,
    })
  })
  it.each(['stopped', 'stopping', 'pending'])('is left where it is %s', async (machine) => {
    aws.machine = machine
    expect((await lookAtHeld(aws.guard, action)).look.isRunning).toBe(false)
  })
  it('is not rebooted again where its tag cannot be read', async () => {
    const answer = await aws.guard.aws.describeInstances({ InstanceIds: [instanceId] })
    for (const one of answer.Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [])
      one.Tags = [{ Key: rebootKey(environment.HOOK_NAME), Value: 'yesterday' }]
    aws.guard.aws.describeInstances = async () => answer
    recovering = { ...recovering, aws: aws.guard.aws }
    await run()
    expect(aws.reboots).toBe(0)
  })
  it('S4: is left where our hook holds it for another reason than its end', async () => {
    aws.lifecycleState = 'Warmed:Pending:Wait'
    expect((await lookAtHeld(aws.guard, action)).look.isHeld).toBe(false)
    aws.lifecycleState = 'Terminating:Wait'
    expect((await lookAtHeld(aws.guard, action)).look.isHeld).toBe(true)
  })
  it('S4: is left where our hook does not hold it', async () => {
    aws.activeToken = undefined
    await run()
    expect(aws.reboots).toBe(0)
  })
  it('is flushed by the ordinary pass when its agent is back', async () => {
    await run()
    aws.agent = 'online'
    await run()
    expect(aws.invocations).toHaveLength(1)
  })
})

describe('groups are recovered one after the other', () => {
  const standing = ['one', 'two', 'three'].map((group) => ({
    ...{ instanceId, groupName: group, lifecycleState: 'Terminating:Wait' },
  }))
  const recovered = async (remainingMs: () => number, failing = '') => {
    const seen: string[] = []
    await eachGroup(recovering, standing, remainingMs, async (_, group) => {
      if (group.groupName === failing) throw awsError('InternalFailure')
      seen.push(group.groupName)
    })
    return seen
  }
  it('and one that fails is told, and does not stop the others', async () => {
    expect(await recovered(plenty, 'one')).toEqual(['two', 'three'])
    expect(aws.journal).toContainEqual(
      expect.objectContaining({ event: 'group-failed', groupName: 'one', error: 'InternalFailure' }),
    )
  })
  it('each in a minute: one that AWS does not answer for leaves the others theirs', async () => {
    const time = new HandTimers(aws)
    const hanging = { ...recovering.aws, describeInstances: () => new Promise<never>(() => undefined) }
    const seen: string[] = []
    const all = eachGroup(
      { ...recovering, aws: hanging, clock: time.clock },
      standing,
      () => 240_000,
      async (limited, { groupName }) => {
        seen.push(groupName)
        if (seen.length === 1) await limited.aws.describeInstances({})
      },
    )
    await time.pass(61_000)
    await all
    expect(seen).toHaveLength(3)
  })
  it('as long as there is time for one', async () => {
    const times = [60_000, 60_000, 60_000, 60_000].values()
    expect(await recovered(() => times.next().value ?? 0)).toEqual(['one', 'two'])
  })
})
