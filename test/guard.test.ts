/** Nothing stalls: whatever AWS does not answer, and for however long, each function is done within the time that it is given. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { SQSRecord } from 'aws-lambda'
import { readSettings } from '../deploy/settings.ts'
import { audit } from '../src/audit/audit.ts'
import type { AwsApi } from '../src/aws/api.ts'
import { SHARED, STALLED_BODY_MS } from '../src/aws/sdk.ts'
import { enrolAndTell } from '../src/enrolment/enrol.ts'
import { type Guard, guardUntil, LONGEST_PASS_SECONDS, passTimes } from '../src/guard.ts'
import { parseSelections } from '../src/selection.ts'
import { sweep } from '../src/sweep/sweep.ts'
import { consume } from '../src/termination/consume.ts'
import { defaults } from './deploy/defaults.ts'
import { awsError, KEY, manifestLine, OneInstance, TOKEN, terminating } from './one-instance.ts'
import { action, file, MINUTE, policy, START } from './termination/observations.ts'

/** The SDK waits between its tries, at most so long each time (standard retry mode, throttled). */
const LONGEST_BACK_OFF_MS = 1000
const { maxAttempts, requestHandler } = SHARED
/** One call with all its tries. */
const LONGEST_CALL_MS =
  maxAttempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout) +
  (maxAttempts - 1) * LONGEST_BACK_OFF_MS

const serverless = readFileSync(join(import.meta.dirname, '..', 'serverless.yml'), 'utf8')
function timeoutMs(functionName: string): number {
  const found = new RegExp(`\\n {2}${functionName}:\\n(?: {4}.*\\n)*? {4}timeout: (\\d+)\\n`).exec(
    serverless,
  )?.[1]
  if (found === undefined) throw new Error(`serverless.yml gives ${functionName} no time`)
  return Number(found) * 1000
}

/** What can be deployed, from the shortest heartbeat to the longest. */
const deployable = [360, 600, 1200, 3600, 7200].map((heartbeat) =>
  readSettings('termination-guard-prod', { ...defaults, groups: 'web', heartbeat, patience: 7200 }),
)

describe.each(deployable)('with a heartbeat of $heartbeatSeconds s', (settings) => {
  const { functionTimeoutSeconds, visibilitySeconds, heartbeatSeconds } = settings
  it('a message is not seen twice at once: it stays hidden for six times what its function may take', () => {
    expect(6 * functionTimeoutSeconds).toBeLessThanOrEqual(visibilitySeconds)
    expect(2 * visibilitySeconds).toBeLessThanOrEqual(heartbeatSeconds)
  })
  it('a pass that may begin ends before its function must, with time to say so', () => {
    for (let seconds = policy.passSeconds; seconds <= functionTimeoutSeconds; seconds++) {
      const { endsAt, closesAt } = passTimes(0, seconds * 1000)
      expect(endsAt).toBeGreaterThanOrEqual(0.5 * Math.min(seconds, LONGEST_PASS_SECONDS) * 1000)
      expect(endsAt).toBeLessThan(closesAt)
      expect(closesAt).toBeLessThan(seconds * 1000)
    }
  })
})

it('most of a short time is the pass’s, and not what is kept for its end', () => {
  expect(passTimes(0, 4000)).toEqual({ endsAt: 3000, closesAt: 3800 })
})

it('a whole pass has time for a call that hangs through all its tries, and for a body that stalls', () => {
  expect(LONGEST_CALL_MS + STALLED_BODY_MS).toBeLessThan(LONGEST_PASS_SECONDS * 1000)
})

describe('where nothing bounds them but themselves, the calls of the longest pass', () => {
  it('take longer than any function has: what bounds a pass is its time, not its calls', async () => {
    const aws = troubled()
    await consume(aws.guard, [record(1)], () => 120_000)
    const chain = aws.calls.length * LONGEST_CALL_MS
    expect(chain).toBeGreaterThan(LONGEST_PASS_SECONDS * 1000)
    expect(aws.calls.length).toBeLessThanOrEqual(14)
  })
})

const operations: readonly (keyof AwsApi)[] = [
  'recordLifecycleActionHeartbeat',
  'completeLifecycleAction',
  'describeAutoScalingInstances',
  'describeAutoScalingGroups',
  'describeLifecycleHooks',
  'describeScalingActivities',
  'putLifecycleHook',
  'updateAutoScalingGroup',
  'createOrUpdateTags',
  'sendCommand',
  'listCommandInvocations',
  'getCommandInvocation',
  'listObjectsV2',
  'headObject',
  'putObject',
  'getObject',
  'changeMessageVisibility',
  'sendMessage',
  'getQueueAttributes',
  'describeInstances',
]
const hangs: readonly (readonly [string, readonly (keyof AwsApi)[]])[] = [
  ...operations.map((one) => [one, [one]] as const),
  ['everything', operations],
  ['everything but the heartbeat', operations.filter((one) => one !== 'recordLifecycleActionHeartbeat')],
]

/** Nothing was flushed yet. */
const fresh = () => new OneInstance()

/** A flush ended, with an object that only its content can prove. */
function flushed(): OneInstance {
  const aws = new OneInstance()
  aws.invocations = [
    {
      CommandId: 'c-1',
      InstanceId: action.instanceId,
      Comment: `${TOKEN} ${action.groupName}`,
      Status: 'Success',
      RequestedDateTime: new Date(START + 1000),
      CommandPlugins: [{ Output: manifestLine([file]), ResponseFinishDateTime: new Date(START + 2000) }],
    },
  ]
  aws.objects.set(KEY, { size: file.size, etag: 'c'.repeat(32) })
  aws.guard.aws.headObject = async () => ({ ServerSideEncryption: 'aws:kms' })
  return aws
}

/** A flush failed long ago, and nothing helps. */
function troubled(): OneInstance {
  const aws = flushed()
  aws.agent = 'dead'
  aws.objects.clear()
  aws.now = START + 30 * MINUTE
  return aws
}

function proven(): OneInstance {
  const aws = flushed()
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  return aws
}

/** As the audit finds it. */
function inService(aws: OneInstance): OneInstance {
  aws.lifecycleState = 'InService'
  return aws
}

const worlds = { fresh, flushed, troubled, proven }

function record(number: number): SQSRecord {
  const body = JSON.stringify({
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    LifecycleHookName: action.hookName,
    AutoScalingGroupName: action.groupName,
    // Half of them are another instance's, which this hook does not hold.
    EC2InstanceId: number % 2 === 1 ? action.instanceId : `i-0000000000000000${number}`,
    LifecycleActionToken: TOKEN,
  })
  const attributes = { SentTimestamp: String(START), ApproximateReceiveCount: '1' }
  const text = number > 7 ? 'nonsense' : body
  return { messageId: `m-${number}`, receiptHandle: 'r', body: text, attributes } as unknown as SQSRecord
}

/** What hangs never answers, as if the SDK had no limit of its own. */
function hanging(aws: OneInstance, stuck: readonly (keyof AwsApi)[]): Guard {
  for (const operation of stuck) aws.guard.aws[operation] = (() => new Promise(() => undefined)) as never
  return enrolling(aws)
}

/** Each page of these comes soon, and there is always one more. */
const listings = [
  'describeAutoScalingInstances',
  'describeAutoScalingGroups',
  'describeScalingActivities',
  'listCommandInvocations',
  'listObjectsV2',
] as const

function endless(aws: OneInstance, operation: (typeof listings)[number]): Guard {
  const more = { NextToken: 'more', NextContinuationToken: 'more', IsTruncated: true }
  aws.guard.aws[operation] = (() => new Promise((resolve) => setTimeout(() => resolve(more), 100))) as never
  return enrolling(aws)
}

function enrolling(aws: OneInstance): Guard {
  const enrolment = {
    selections: parseSelections(action.groupName),
    queueArn: 'arn:q',
    notifierRoleArn: 'arn:r',
    retain: true,
  }
  return { ...aws.guard, clock: { now: Date.now }, policy: { ...policy, enrolment } }
}

describe.each(Object.entries(worlds))('where the instance is %s', (_world, make) => {
  beforeEach(() => {
    jest.useFakeTimers({ now: make().now + 20 * MINUTE })
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  /** Milliseconds that the work took in a function of so many. */
  async function took(
    limitMs: number,
    work: (remainingMs: () => number) => Promise<unknown>,
  ): Promise<number> {
    const startedAt = Date.now()
    let isOver = false
    const over = work(() => startedAt + limitMs - Date.now()).then(
      () => (isOver = true),
      () => (isOver = true),
    )
    await jest.advanceTimersByTimeAsync(1)
    while (!isOver && Date.now() < startedAt + limitMs) await jest.advanceTimersByTimeAsync(250)
    if (isOver) await over
    return Date.now() - startedAt
  }
  const expectInTime = async (limitMs: number, work: (remainingMs: () => number) => Promise<unknown>) =>
    expect(await took(limitMs, work)).toBeLessThan(limitMs)

  it.each(listings)(
    'a batch, a sweep and an audit end in time where %s never comes to its end',
    async (listing) => {
      const records = Array.from({ length: 10 }, (_, index) => record(index))
      for (const { functionTimeoutSeconds } of [deployable[0], deployable.at(-1)].flatMap((one) => one ?? []))
        await expectInTime(functionTimeoutSeconds * 1000, (left) =>
          consume(endless(make(), listing), records, left),
        )
      const adopted = make()
      adopted.activities = [terminating]
      await expectInTime(timeoutMs('sweep'), (left) => sweep(endless(adopted, listing), left))
      await expectInTime(timeoutMs('audit'), (left) => audit(endless(inService(make()), listing), left))
    },
  )

  it.each(hangs)(
    'a batch, a sweep, an audit and an enrolment end in time where %s hangs',
    async (_what, stuck) => {
      const records = Array.from({ length: 10 }, (_, index) => record(index))
      for (const { functionTimeoutSeconds } of [deployable[0], deployable.at(-1)].flatMap((one) => one ?? []))
        await expectInTime(functionTimeoutSeconds * 1000, (left) =>
          consume(hanging(make(), stuck), records, left),
        )
      const adopted = make()
      adopted.activities = [terminating]
      await expectInTime(timeoutMs('sweep'), (left) => sweep(hanging(adopted, stuck), left))
      await expectInTime(timeoutMs('audit'), (left) => audit(hanging(inService(make()), stuck), left))
      await expectInTime(timeoutMs('enrol'), (left) => {
        const guard = hanging(make(), stuck)
        const { endsAt } = passTimes(Date.now(), left())
        return enrolAndTell(guardUntil(guard, endsAt), { trigger: 'launch', groupName: action.groupName })
      })
    },
  )
})

it('a receipt that cannot be written holds nobody up, in the shortest function either', async () => {
  jest.useFakeTimers({ now: START + 20 * MINUTE })
  try {
    const aws = proven()
    const over = consume(hanging(aws, ['putObject']), [record(1)], () => 30_000)
    await jest.advanceTimersByTimeAsync(30_000)
    await over
    expect(aws.completed).toEqual(['CONTINUE'])
  } finally {
    jest.useRealTimers()
  }
})

it('what is limited twice ends with the first of the two', () => {
  const outer = guardUntil(fresh().guard, 1000)
  expect([guardUntil(outer, 500).endsAt, guardUntil(outer, 2000).endsAt]).toEqual([500, 1000])
})

it('where a pass failed and the hook does not answer either, it is still said when to look again', async () => {
  jest.useFakeTimers({ now: START + 20 * MINUTE })
  try {
    const aws = fresh()
    aws.failing.set('recordLifecycleActionHeartbeat', awsError('Throttling'))
    const over = consume(hanging(aws, ['describeLifecycleHooks']), [record(1)], () => 120_000)
    await jest.advanceTimersByTimeAsync(100_000)
    await over
    expect(aws.visibility).toHaveLength(1)
  } finally {
    jest.useRealTimers()
  }
})

it.each([
  ['sweep', 300],
  ['audit', 3600],
])('one %s is over before the next begins', (name, everySeconds) => {
  expect(timeoutMs(name)).toBeLessThan(everySeconds * 1000)
})
