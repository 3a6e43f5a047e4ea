import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { failedMessageIds } from '../../../../testbed/local/lambda/batch-response.ts'
import type { FunctionOptions, Invocation } from '../../../../testbed/local/local-aws.ts'
import { afterwards, eventually, localAws, refusalOf } from '../local-aws.ts'

/** A function whose handler is `body`, with `event` and `context` in its scope, mapped to a queue with a dead-letter queue. */
async function mapped(
  body: string,
  options: Partial<FunctionOptions> & {
    visibility?: number
    receives?: number
    batchSize?: number
    concurrency?: number
  } = {},
) {
  const local = await localAws()
  const { aws } = local
  const bundle = await bundleOf(body)
  const { visibility = 30, receives = 100, batchSize = 10, concurrency = 1, ...more } = options
  const dead = await aws.createQueue('dead')
  const queue = await aws.createQueue('guard', {
    VisibilityTimeout: String(visibility),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: receives }),
  })
  const invocations: Invocation[] = []
  const lines: string[] = []
  const handler = aws.deploy({
    name: 'terminations',
    bundle,
    timeoutSeconds: visibility,
    onInvocation: (invocation) => invocations.push(invocation),
    onLine: (line) => lines.push(line),
    ...more,
  })
  const map = () =>
    aws.mapQueue({ queueUrl: queue.url, function: handler, batchSize, maxConcurrency: concurrency })
  const sizes = async () => {
    const answer = await fetch(`${aws.endpoints.sqs}/_fauxqs/queues`)
    const all = (await answer.json()) as Record<string, string | number>[]
    return Object.fromEntries(
      all.map((one) => [
        one.name,
        Number(one.approximateMessageCount) + Number(one.approximateInflightCount),
      ]),
    )
  }
  const empty = () => eventually(async () => (await sizes()).guard === 0)
  return { ...local, queue, handler, map, invocations, lines, sizes, empty }
}

async function bundleOf(body: string, file = 'handler.mjs'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'function-'))
  afterwards(() => rm(directory, { recursive: true, force: true }))
  const path = join(directory, file)
  const head = file.endsWith('.cjs') ? 'exports.handler =' : 'export const handler ='
  await writeFile(path, `let calls = 0\n${head} async (event, context) => { calls += 1\n${body}\n}`)
  return path
}

const bodies = (invocation: Invocation) =>
  (invocation.event as { Records: { body: string }[] }).Records.map(({ body }) => body).sort()

describe('an event source mapping', () => {
  it('hands messages over as Lambda does, and deletes what succeeded', async () => {
    const { aws, map, invocations, empty, queue } = await mapped('return null')
    await aws.send('guard', 'one')
    await map()
    await empty()
    expect(invocations[0]).toMatchObject({
      ended: 'succeeded',
      coldStart: true,
      event: {
        Records: [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: 'one',
            attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) },
            messageAttributes: {},
            eventSource: 'aws:sqs',
            eventSourceARN: queue.arn,
            awsRegion: 'eu-west-1',
          },
        ],
      },
    })
  })

  it('keeps what was reported as failed, and only that, until its visibility timeout ends', async () => {
    const { aws, map, invocations, empty } = await mapped(
      `const bad = event.Records.find(({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1')
       return { batchItemFailures: bad ? [{ itemIdentifier: bad.messageId }] : [] }`,
      { visibility: 1 },
    )
    await aws.send('guard', 'good')
    await aws.send('guard', 'bad')
    await map()
    await empty()
    expect(invocations.map((one) => bodies(one))).toEqual([['bad', 'good'], ['bad']])
  })

  it('keeps the whole batch when the function throws, and the queue redrives it in the end', async () => {
    const { aws, map, invocations, sizes } = await mapped(`throw new Error('no')`, {
      visibility: 1,
      receives: 2,
    })
    await aws.send('guard', 'one')
    await map()
    await eventually(async () => (await sizes()).dead === 1)
    expect(invocations.map(({ ended, error }) => `${ended} ${error}`)).toEqual(
      Array(2).fill('failed Error: no'),
    )
  })

  it('kills a function that runs too long, and keeps its messages', async () => {
    const { aws, map, invocations, empty } = await mapped(
      `if (event.Records[0].attributes.ApproximateReceiveCount === '1') await new Promise((resolve) => setTimeout(resolve, 60_000))`,
      { visibility: 1 },
    )
    await aws.send('guard', 'one')
    await map()
    await empty()
    expect(invocations.map(({ ended, coldStart }) => [ended, coldStart])).toEqual([
      ['timed-out', true],
      ['succeeded', true],
    ])
  })

  it('takes no more messages at once than its batch size, and reuses a warm process', async () => {
    const { aws, map, invocations, lines, empty } = await mapped(`console.log('call ' + calls)`, {
      batchSize: 2,
    })
    for (const body of ['a', 'b', 'c']) await aws.send('guard', body)
    await map()
    await empty()
    expect(invocations.map((one) => bodies(one).length)).toEqual([2, 1])
    expect(invocations.map(({ coldStart }) => coldStart)).toEqual([true, false])
    expect(lines).toEqual(['call 1', 'call 2'])
  })

  it('runs batches beside each other up to its concurrency', async () => {
    const { aws, map, invocations, empty } = await mapped(
      `console.log(JSON.stringify({ at: Date.now() })); await new Promise((resolve) => setTimeout(resolve, 300)); return undefined`,
      { batchSize: 1, concurrency: 2 },
    )
    await aws.send('guard', 'a')
    await aws.send('guard', 'b')
    await map()
    await empty()
    expect(invocations.filter(({ coldStart }) => coldStart)).toHaveLength(2)
  })

  it('is refused when the function may run longer than its messages stay invisible', async () => {
    const { map } = await mapped('return null', { visibility: 5, timeoutSeconds: 6 })
    expect(await refusalOf(map())).toContain(
      'Queue visibility timeout: 5 seconds is less than Function timeout: 6 seconds',
    )
  })

  it('takes nothing more once it is stopped', async () => {
    const { aws, map, sizes, invocations } = await mapped('return null')
    await (await map()).stop()
    await aws.send('guard', 'one')
    expect((await sizes()).guard).toBe(1)
    expect(invocations).toEqual([])
  })
})

describe('a function', () => {
  const sdk = createRequire(import.meta.url).resolve('@aws-sdk/client-auto-scaling')
  const pass = `await import('${sdk}').then(({ AutoScaling }) =>
    new AutoScaling({ maxAttempts: 1 }).describeAutoScalingGroups({}))`

  it.each(['handler.mjs', 'handler.cjs'])(
    'is a bundle like %s, with an environment and a context of its own',
    async (file) => {
      const { aws } = await localAws()
      const bundle = await bundleOf(
        `return { event, mine: process.env.MINE, leaked: process.env.NODE_OPTIONS, id: context.awsRequestId,
        remaining: context.getRemainingTimeInMillis(), name: context.functionName }`,
        file,
      )
      const handler = aws.deploy({ name: 'f', bundle, timeoutSeconds: 10, variables: { MINE: 'yes' } })
      const { answer, requestId } = await handler.invoke({ a: 1 })
      expect(answer).toMatchObject({ event: { a: 1 }, mine: 'yes', id: requestId, name: 'f' })
      expect(answer).not.toHaveProperty('leaked')
      const { remaining } = answer as { remaining: number }
      expect(remaining).toBeGreaterThan(0)
      expect(remaining).toBeLessThanOrEqual(10_000)
    },
  )

  it('that cannot be loaded fails, and says why', async () => {
    const { aws } = await localAws()
    const handler = aws.deploy({ name: 'f', bundle: '/nowhere/handler.mjs' })
    expect(await handler.invoke({})).toMatchObject({
      ended: 'failed',
      error: expect.stringContaining('/nowhere'),
    })
  })

  it('has its AWS calls counted', async () => {
    const { aws } = await localAws()
    const handler = aws.deploy({ name: 'f', bundle: await bundleOf(`${pass}; ${pass}`), timeoutSeconds: 20 })
    expect(await handler.invoke({})).toMatchObject({ ended: 'succeeded', awsCalls: 2 })
  })

  it.each(['before', 'after'] as const)(
    'can be killed at its second AWS call, %s the call has its effect',
    async (moment) => {
      const { aws } = await localAws()
      const effects: string[] = []
      const bundle = await bundleOf(`${pass}; ${pass}; ${pass}`)
      const handler = aws.deploy({
        name: 'f',
        bundle,
        timeoutSeconds: 20,
        killAt: ({ invocation, call }) => (invocation === 1 && call === 2 ? moment : undefined),
      })
      aws.observe({ after: ({ operation }) => void effects.push(operation) })
      expect(await handler.invoke({})).toMatchObject({ ended: 'killed', awsCalls: 2 })
      expect(effects).toHaveLength(moment === 'before' ? 1 : 2)
      expect(await handler.invoke({})).toMatchObject({ ended: 'succeeded', coldStart: true })
    },
  )

  it('can be killed some time into an invocation', async () => {
    const { aws } = await localAws()
    const bundle = await bundleOf('await new Promise((resolve) => setTimeout(resolve, 60_000))')
    const handler = aws.deploy({ name: 'f', bundle, timeoutSeconds: 60, killAfterMs: () => 50 })
    expect((await handler.invoke({})).ended).toBe('killed')
  })

  it('can be invoked on a schedule', async () => {
    const { aws } = await localAws()
    const seen: Invocation[] = []
    const handler = aws.deploy({
      name: 'f',
      bundle: await bundleOf('return 1'),
      onInvocation: (one) => seen.push(one),
    })
    const stop = handler.schedule(50)
    await eventually(() => seen.length >= 2)
    stop()
    expect(seen[0]?.event).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event' })
  })
})

describe('ReportBatchItemFailures', () => {
  const ids = ['a', 'b']

  it.each([[undefined], [null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    'answered with %j is success',
    (answer) => {
      expect(failedMessageIds(answer, ids)).toEqual([])
    },
  )

  it.each([
    ['ok'],
    [[]],
    [{ batchItemFailures: 'a' }],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ messageId: 'a' }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'a' }, null] }],
  ])('answered with %j fails the whole batch', (answer) => {
    expect(failedMessageIds(answer, ids)).toEqual(ids)
  })

  it('keeps the messages that were named', () => {
    expect(failedMessageIds({ batchItemFailures: [{ itemIdentifier: 'b' }] }, ids)).toEqual(['b'])
  })
})
