import { beforeEach, describe, expect, it } from '@jest/globals'
import type { SQSRecord } from 'aws-lambda'
import type { AwsApi } from '../../src/aws/api.ts'
import { auditComment } from '../../src/flush/commands.ts'
import { readPolicy } from '../../src/policy.ts'
import { RUNGS } from '../../src/rungs.ts'
import { consume } from '../../src/termination/consume.ts'
import { awsError, KEY, manifestLine, OneInstance, TOKEN } from '../one-instance.ts'
import { goodEnd } from './good-end.ts'
import { notification, record, statusOf } from './messages.ts'
import { action, environment, file, MINUTE, policy, START } from './observations.ts'

let aws: OneInstance
beforeEach(() => {
  aws = new OneInstance()
})

const plenty = () => 60_000
const keptBy = async (...records: SQSRecord[]) =>
  (await consume(aws.guard, records, plenty)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
const events = () => aws.journal.map(({ event }) => event)

async function archivedTermination(flushMinutes: number): Promise<void> {
  await keptBy(record(notification))
  aws.now += flushMinutes * MINUTE
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  await keptBy(record(statusOf('c-1'), 'm-2'))
  expect(aws.completed).toEqual(['CONTINUE'])
  expect(await keptBy(record(notification, 'm-1', 2))).toEqual([])
}

it('the message is kept until the action is over, and goes away then', async () => {
  expect(await keptBy(record(notification))).toEqual(['m-1'])
  aws.flushEnds(manifestLine([file]))
  expect(await keptBy(record(notification, 'm-1', 2))).toEqual(['m-1'])
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  expect(await keptBy(record(notification, 'm-1', 3))).toEqual([])
})

it('a batch asks what the hook of its group is set to no oftener than it has passes at once', async () => {
  const ids = [action.instanceId, ...Array.from({ length: 9 }, (_, index) => `i-0fedcba987654321${index}`)]
  // The hook holds each of them.
  aws.guard.aws.recordLifecycleActionHeartbeat = async () => ({})
  await keptBy(...ids.map((id) => record({ ...notification, EC2InstanceId: id }, id)))
  const asked = aws.calls.filter((call) => call === 'describeLifecycleHooks').length
  expect(asked).toBeGreaterThan(0)
  expect(asked).toBeLessThanOrEqual(5)
  expect(aws.commands).toHaveLength(ids.length)
})

it('E3: a termination that needs one flush takes 9 calls besides heartbeats in 3 passes, however long the flush runs', async () => {
  const calls = []
  for (const minutes of [0.1, 1, 14]) {
    aws = new OneInstance()
    await archivedTermination(minutes)
    calls.push(aws.callsBesidesHeartbeats())
    // Lambda time is what passes take: nothing waits in them.
    expect(events().filter((event) => event === 'pass')).toHaveLength(3)
  }
  expect(calls[0]).toHaveLength(9)
  expect(calls[1]).toEqual(calls[0])
  expect(calls[2]).toEqual(calls[0])
})

it('E3: with every rung on it takes two more, which let its disk go, also where the flush is slow', async () => {
  const every = readPolicy({ ...environment, RECOVER: RUNGS.join(',') })
  for (const seconds of [5, 60, 150]) {
    const calls = (await goodEnd(seconds, every)).callsBesidesHeartbeats()
    const plain = (await goodEnd(seconds)).callsBesidesHeartbeats()
    expect([plain.length, calls.length]).toEqual([9, 11])
    expect(calls.filter((call) => call === 'createTags')).toHaveLength(1)
    // Whatever breaks off in between, no disk is let go without its receipt, and no machine before its disk.
    const ends = calls.filter((call) => /^(putObject|createTags|completeLifecycleAction)$/.test(call))
    expect(ends).toEqual(['putObject', 'createTags', 'completeLifecycleAction'])
  }
})

describe('a pass whose agent does not answer asks for each fact once', () => {
  const LISTED = ['listCommandInvocations', 'describeLifecycleHooks', 'sendCommand', 'describeInstances']
  const SOON = [...LISTED, 'changeMessageVisibility']
  beforeEach(() => {
    aws.agent = 'dead'
  })
  it.each([0, 10, 45, 100])('after %i minutes', async (minutes) => {
    aws.now += minutes * MINUTE
    expect(await keptBy(record(notification))).toEqual(['m-1'])
    expect(aws.callsBesidesHeartbeats().sort()).toEqual(SOON.sort())
    expect(aws.calls).toHaveLength(7)
  })
  it('and for its group only where patience is spent', async () => {
    aws.now += policy.patienceSeconds * 1000
    expect(await keptBy(record(notification))).toEqual([])
    expect(aws.completed).toEqual(['ABANDON'])
    const atLast = [...LISTED, 'describeAutoScalingGroups', 'completeLifecycleAction']
    expect(aws.callsBesidesHeartbeats().sort()).toEqual(atLast.sort())
  })
  it('or where only its tags tell where its logs go', async () => {
    const policy = {
      ...aws.guard.policy,
      archive: { ...aws.guard.policy.archive, prefix: '{environment}/{instance}/' },
    }
    aws.groupName = 'plain'
    aws.tags = [{ Key: 'elasticbeanstalk:environment-id', Value: 'e-abcdefghij' }]
    const plain = { ...notification, AutoScalingGroupName: 'plain' }
    for (const minutes of [0, 45, 120]) {
      aws.calls.length = 0
      aws.now = START + minutes * MINUTE
      await consume({ ...aws.guard, policy }, [record(plain)], plenty)
      expect(aws.calls.filter((call) => call === 'describeAutoScalingGroups')).toHaveLength(1)
    }
    expect(aws.completed).toEqual(['ABANDON'])
  })
  it('whatever became of the flushes before it', async () => {
    await keptBy(record(notification))
    aws.agent = 'online'
    await keptBy(record(notification, 'm-1', 2))
    aws.flushEnds('', 'Failed')
    aws.agent = 'dead'
    aws.now += 20 * MINUTE
    aws.calls.length = 0
    expect(await keptBy(record(notification, 'm-1', 3))).toEqual(['m-1'])
    expect(aws.callsBesidesHeartbeats().sort()).toEqual(SOON.sort())
  })
})

it('every call of a pass is in the journal', async () => {
  await archivedTermination(1)
  const told = aws.journal.flatMap((event) => ('calls' in event ? Object.values(event.calls) : []))
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(aws.calls.length)
})

it('the end is told once as completed, and again by whoever finds it over', async () => {
  await archivedTermination(1)
  expect(aws.journal.filter(({ event }) => event === 'action-ended')).toMatchObject([
    { outcome: 'archived', by: 'completed', attempts: 1, flushMs: MINUTE },
    { outcome: 'archived', by: 'found-over' },
  ])
})

it('S5: an end without proof is told, loudly, by the pass that made it', async () => {
  await keptBy(record(notification))
  aws.flushEnds('', 'Failed')
  aws.now += policy.patienceSeconds * 1000
  expect(await keptBy(record(notification, 'm-1', 2))).toEqual([])
  expect(aws.journal.filter(({ event }) => event === 'action-ended')).toMatchObject([
    { outcome: 'retained', by: 'completed' },
  ])
})

describe('a wake-up', () => {
  it('is acknowledged even when the flush must be repeated: the notification is the obligation', async () => {
    await keptBy(record(notification))
    aws.now += MINUTE
    aws.flushEnds('', 'Failed')
    expect(await keptBy(record(statusOf('c-1'), 'm-2'))).toEqual([])
    expect(aws.invocations).toHaveLength(2)
  })
  it('is kept while the next attempt is not due yet, since the notification comes back much later', async () => {
    await keptBy(record(notification))
    aws.flushEnds('', 'Failed')
    expect(await keptBy(record(statusOf('c-1'), 'm-2'))).toEqual(['m-2'])
    aws.now += MINUTE
    expect(await keptBy(record(statusOf('c-1'), 'm-2', 2))).toEqual([])
    expect(aws.invocations).toHaveLength(2)
  })
  it('of a command that is not ours is ignored', async () => {
    aws.invocations.push({ CommandId: 'c-9', InstanceId: action.instanceId, Comment: '', Status: 'Success' })
    expect(await keptBy(record(statusOf('c-9')))).toEqual([])
    expect(events()).toEqual(['message-ignored'])
  })
  it('is acknowledged where the next attempt is further off than the notification’s own next look', async () => {
    for (const seconds of [0, 30, 200, 1000]) {
      aws.now = START + 1000 * seconds
      await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${TOKEN} ${action.groupName}` })
      aws.flushEnds('', 'Failed')
    }
    expect(await keptBy(record(statusOf('c-4'), 'm-2'))).toEqual([])
    expect(aws.journal).toMatchObject([
      { event: 'pass', decided: 'wait', lookAgainSeconds: policy.lookAgainSeconds },
    ])
  })
  it('is acknowledged where nothing but its turn is waited for, as an agent', async () => {
    await keptBy(record(notification))
    aws.flushEnds('', 'Failed')
    aws.now += MINUTE
    aws.agent = 'dead'
    expect(await keptBy(record(statusOf('c-1'), 'm-2'))).toEqual([])
    expect(aws.journal.at(-1)).toMatchObject({ event: 'pass', decided: 'wait', lookAgainSeconds: 30 })
  })
  it('of a command of another document is not even looked up', async () => {
    const { detail, ...event } = statusOf('c-1')
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${TOKEN} ${action.groupName}` })
    aws.calls.length = 0
    expect(await keptBy(record({ ...event, detail: { ...detail, 'document-name': 'another' } }))).toEqual([])
    expect(aws.calls).toEqual([])
  })
  it('whose pass fails is kept like any other message', async () => {
    aws.failing.set('listCommandInvocations', awsError('ThrottlingException'))
    expect(await keptBy(record(statusOf('c-1')))).toEqual(['m-1'])
  })
})

describe('what is no action', () => {
  it('the test notification is acknowledged and counted', async () => {
    expect(await keptBy(record({ Event: 'autoscaling:TEST_NOTIFICATION' }))).toEqual([])
    expect(events()).toEqual(['message-ignored'])
  })
  it.each([
    ['malformed', 'nonsense'],
    ['unknown', { hello: 'world' }],
    ['of another hook', { ...notification, LifecycleHookName: 'not-ours' }],
    ['oversized', { ...notification, NotificationMetadata: 'x'.repeat(100_000) }],
  ])(
    'a message that is %s is copied to the dead letters with the reason, and acknowledged',
    async (_what, body) => {
      expect(await keptBy(record(body))).toEqual([])
      expect(aws.deadLetters).toHaveLength(1)
      expect(events()).toEqual(['message-refused'])
    },
  )
  it('the reason is made of what SQS takes, whatever the message held', async () => {
    const reasons: unknown[] = []
    aws.guard.aws.sendMessage = async ({ MessageAttributes }) =>
      void reasons.push(MessageAttributes?.RefusedBecause?.StringValue)
    await keptBy(record({ ...notification, LifecycleHookName: 'evil\u0000\u0007' }))
    expect(reasons).toEqual([`hook evil?? is not ours (${policy.hookName})`])
  })
  it('the reason is no longer than a person reads, however long the names are', async () => {
    aws.hookTarget = `arn:aws:sqs:eu-west-1:999999999999:${'x'.repeat(1500)}`
    const reasons: string[] = []
    aws.guard.aws.sendMessage = async ({ MessageAttributes }) =>
      void reasons.push(MessageAttributes?.RefusedBecause?.StringValue ?? '')
    const event = { 'detail-type': 'EC2 Instance-terminate Lifecycle Action', detail: notification }
    expect(await keptBy(record(event))).toEqual([])
    expect(reasons).toEqual([expect.stringMatching(/^hook termination-guard of group .* notifies arn:/)])
    expect(reasons[0]).toHaveLength(1024)
  })
  it('S2: a message that cannot be copied is kept', async () => {
    aws.failing.set('sendMessage', awsError('ThrottlingException'))
    expect(await keptBy(record('nonsense'))).toEqual(['m-1'])
  })
  it('one bad record never holds up the rest of its batch', async () => {
    expect(await keptBy(record('nonsense', 'm-1'), record(notification, 'm-2'), record('{}', 'm-3'))).toEqual(
      ['m-2'],
    )
    expect(aws.invocations).toHaveLength(1)
  })
})

it('a message that calls itself older than it can be does not spend the patience of its action', async () => {
  await keptBy(record(notification))
  aws.flushEnds('', 'Failed')
  await keptBy(record({ ...notification, Time: '1970-01-01T00:00:00Z' }, 'm-1', 2))
  expect(aws.completed).toEqual([])
})

it('a message that does not say when it began is as old as its sending', async () => {
  aws.agent = 'dead'
  aws.now = START + 1000 * policy.patienceSeconds
  await keptBy(record({ ...notification, Time: undefined }))
  expect(aws.completed).toEqual(['ABANDON'])
})

it('a message of which SQS does not tell when it was sent is as old as its first receive', async () => {
  const { attributes, ...rest } = record({ ...notification, Time: undefined })
  const unsent = { ...rest, attributes: { ...attributes, SentTimestamp: '' } }
  aws.agent = 'dead'
  await keptBy(unsent)
  aws.now = START + 1000 * policy.patienceSeconds
  await keptBy(unsent)
  expect(aws.completed).toEqual(['ABANDON'])
})

it('nothing has been held for less than no time, also where the queue’s clock is ahead of ours', async () => {
  aws.agent = 'dead'
  aws.machine = 'terminated'
  await keptBy(record({ ...notification, Time: undefined }, 'm-1', 1, aws.now + 5 * MINUTE))
  expect(aws.journal).toContainEqual(expect.objectContaining({ event: 'action-ended', heldMs: 0 }))
})

it('a message that comes late spends the patience that went by before', async () => {
  const late = record({ ...notification, Time: new Date(START - 30 * MINUTE).toISOString() })
  aws.agent = 'dead'
  await keptBy(late)
  aws.now = START + 1000 * policy.patienceSeconds - 30 * MINUTE
  await keptBy(late)
  expect(aws.completed).toEqual(['ABANDON'])
})

it('a flush that never ended has taken no time that anybody knows', async () => {
  await keptBy(record(notification))
  aws.now = START + 1000 * policy.patienceSeconds
  await keptBy(record(notification, 'm-1', 2))
  expect(aws.journal).toContainEqual(expect.objectContaining({ event: 'action-ended', flushMs: 0 }))
})

it('S4: a notification is of our hook, although that notifies another queue by now', async () => {
  aws.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
  await keptBy(record(notification))
  expect(aws.commands).toHaveLength(1)
})

it('an event of what was flushed goes on, although its hook notifies another queue by now', async () => {
  await keptBy(record(notification))
  aws.flushEnds('', 'Failed')
  aws.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
  const event = { 'detail-type': 'EC2 Instance-terminate Lifecycle Action', detail: notification }
  expect(await keptBy(record(event))).toEqual(['m-1'])
  expect(aws.deadLetters).toEqual([])
})

it('nobody waits for an audit that runs: it stops nothing', async () => {
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: auditComment(action.groupName) })
  await keptBy(record(notification))
  expect(aws.commands).toHaveLength(2)
})

it('a status event that may not be looked up is counted and goes: it is only a wake-up', async () => {
  aws.guard.aws.listCommandInvocations = async () => {
    throw awsError('AccessDeniedException', 'no')
  }
  expect(await keptBy(record(statusOf('c-1')))).toEqual([])
  expect(aws.journal).toMatchObject([{ event: 'message-ignored', why: 'c-1: AccessDeniedException: no' }])
})

it('a message that calls itself younger than its sending does not hold its action for ever', async () => {
  const early = record({ ...notification, Time: '2036-01-02T03:04:05Z' })
  aws.agent = 'dead'
  await keptBy(early)
  aws.now += 1000 * policy.patienceSeconds
  await keptBy(early)
  expect(aws.completed).toEqual(['ABANDON'])
})

describe('trouble', () => {
  it('throttling costs time, never an action: the message comes back later and later', async () => {
    for (const receives of [1, 2, 3]) {
      aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling', 'Rate exceeded'))
      expect(await keptBy(record(notification, 'm-1', receives))).toEqual(['m-1'])
    }
    expect(aws.visibility).toEqual([20, 40, 80])
    expect(events()).toEqual(['pass-failed', 'pass-failed', 'pass-failed'])
  })
  it.each([
    [0, 870],
    [0.999, 930],
  ])('messages come back spread by half a minute at most (chance %d)', async (chance, seconds) => {
    const guard = { ...aws.guard, random: () => chance }
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    await consume(guard, [record(notification, 'm-1', 20)], plenty)
    expect(aws.visibility).toEqual([seconds])
  })
  it('a message of which SQS does not tell how often it came is taken for a new one', async () => {
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    const { attributes, ...one } = record(notification)
    const { ApproximateReceiveCount: _, ...untold } = attributes
    await keptBy({ ...one, attributes: untold as typeof attributes })
    expect(aws.visibility).toEqual([20])
  })
  it('S3: however often a pass fails, the next look comes within the hook’s heartbeat', async () => {
    aws.heartbeatTimeout = 60
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    await keptBy(record(notification, 'm-1', 9))
    expect(aws.visibility).toEqual([20])
  })
  it('no message is hidden for longer than SQS can', async () => {
    const slow = { ...policy, lookAgainSeconds: 43_200, heartbeatTimeoutSeconds: 1e6, pendingSeconds: 900 }
    aws.heartbeatTimeout = 1e6
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    await consume(
      { ...aws.guard, policy: slow, random: () => 0.999 },
      [record(notification, 'm-1', 20)],
      plenty,
    )
    expect(aws.visibility).toEqual([43_200])
  })
  it('a visibility that cannot be set leaves the queue’s own in force', async () => {
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    aws.failing.set('changeMessageVisibility', awsError('Throttling'))
    expect(await keptBy(record(notification))).toEqual(['m-1'])
  })
  it('no pass is started when the function’s time is nearly over; those messages simply stay', async () => {
    const response = await consume(aws.guard, [record(notification)], () => 1000)
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }])
    expect(aws.calls).toEqual(['describeLifecycleHooks'])
    expect(aws.visibility).toEqual([])
    expect(events()).toEqual(['passes-deferred'])
  })
  it('a pass is started while there is as much time as one takes', async () => {
    await consume(aws.guard, [record(notification)], () => 1000 * policy.passSeconds)
    expect(aws.commands).toHaveLength(1)
    await consume(aws.guard, [record(notification)], () => 1000 * policy.passSeconds - 1)
    expect(events()).toEqual(['pass', 'passes-deferred'])
  })
  it('asks once what their group’s hook is set to', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `i-0fedcba98765432${10 + index}`)
    const bodies = ids.map((id) => record({ ...notification, EC2InstanceId: id }, id))
    await consume(aws.guard, bodies, () => 1000)
    expect(aws.calls.length).toBeLessThanOrEqual(5)
    expect(new Set(aws.calls)).toEqual(new Set(['describeLifecycleHooks']))
  })
  it('S3: or come back in time, where a person has shortened the hook', async () => {
    aws.heartbeatTimeout = 300
    await consume(aws.guard, [record(notification)], () => 1000)
    expect(aws.visibility).toEqual([100])
  })
  it('E1: two messages of one instance in one batch start one flush', async () => {
    await keptBy(record(notification, 'm-1'), record(notification, 'm-2'))
    expect(aws.invocations).toHaveLength(1)
  })
  it.each<[string, object, keyof AwsApi]>([
    ['a notification', notification, 'recordLifecycleActionHeartbeat'],
    ['a status event', statusOf('c-1'), 'listCommandInvocations'],
  ])(
    'E1: nothing else about an instance is looked at before %s of it is over',
    async (_, first, operation) => {
      await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: `${TOKEN} ${action.groupName}` })
      const answers = new OneInstance().guard.aws[operation] as (input: unknown) => Promise<never>
      let goOn = () => {}
      const held = new Promise<void>((resolve) => {
        goOn = resolve
      })
      aws.guard.aws[operation] = (async (input: unknown) => held.then(() => answers(input))) as never
      aws.calls.length = 0
      const others = [
        notification,
        statusOf('c-1'),
        { ...notification, LifecycleActionToken: 'x'.repeat(36) },
      ]
      const batch = [first, ...others].map((body, index) => record(body, `m-${index}`))
      const consumed = consume(aws.guard, batch, plenty)
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
      expect(aws.calls).toEqual([operation])
      goOn()
      await consumed
      expect(aws.calls.length).toBeGreaterThan(batch.length)
    },
  )
})
