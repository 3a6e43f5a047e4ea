/** A person's patience, over the wire: with an AWS that throttles, is silent, breaks off, or is in trouble. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  type LambdaServiceException as ServiceException,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { patience, toldWhileWaiting } from '../../src/aws/persons-calls.ts'
import { itWhere } from '../flush/it-where.ts'

const SOON_MS = 1000
/** What becomes of the next calls, the last one of all that follow. */
let answers: ((response: ServerResponse) => void)[] = []
let asked = 0
const server = createServer((_request, response) => {
  const answer = answers[Math.min(asked++, answers.length - 1)]
  answer?.(response)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = 0
})

const well = (response: ServerResponse) => void response.end('{"FunctionName":"guard"}')
const refused = (status: number, type: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'x-amzn-errortype': type }).end('{"message":"no"}')
const throttled = refused(429, 'TooManyRequestsException')
const silent = () => undefined
const brokenOff = (response: ServerResponse) =>
  void response.writeHead(200, { 'content-length': '100' }).write('{"Func')

async function call() {
  const told: string[] = []
  const tell = (line: string) => void told.push(line)
  const client = new LambdaClient({
    ...{ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: 'eu-west-1' },
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    ...patience(tell, toldWhileWaiting(tell), {}, SOON_MS)(),
  })
  const answer = client.send(new GetFunctionConfigurationCommand({ FunctionName: 'guard' }))
  const ended = await answer.then(
    ({ FunctionName, $metadata }) => ({ ended: FunctionName, tries: $metadata.attempts }),
    ({ name, message, $metadata }: ServiceException) => ({ ended: name, message, tries: $metadata.attempts }),
  )
  client.destroy()
  return { ...ended, told }
}

const goesThroughProxies = process.allowedNodeEnvironmentFlags.has('--use-env-proxy')
itWhere(goesThroughProxies, 'this Node knows of no proxies')(
  'goes through the proxy that is named',
  async () => {
    const connected: (string | undefined)[] = []
    const proxy = createServer().on('connect', ({ url }, socket) => {
      connected.push(url)
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const client = new LambdaClient({
      ...{ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } },
      ...patience(
        () => undefined,
        toldWhileWaiting(() => undefined),
        { HTTPS_PROXY },
      )(),
    })
    await expect(client.send(new GetFunctionConfigurationCommand({ FunctionName: 'x' }))).rejects.toThrow(
      /proxy|tunnel/i,
    )
    client.destroy()
    proxy.close()
    expect(connected).toContain('lambda.eu-west-1.amazonaws.com:443')
  },
)

it('outlives throttling, and says that it waits', async () => {
  answers = [throttled, throttled, throttled, well]
  const { ended, tries, told } = await call()
  expect({ ended, tries }).toEqual({ ended: 'guard', tries: 4 })
  expect(told).toContain('AWS throttles: tried 2 of 8 times, waiting to try again')
})

it('outlives trouble within AWS', async () => {
  answers = [refused(500, 'ServiceException'), refused(503, 'ServiceUnavailable'), well]
  expect(await call()).toMatchObject({ ended: 'guard', tries: 3 })
})

it.each([
  ['never answers', silent],
  ['breaks off in the middle of its answer', brokenOff],
])('tries twice where AWS %s', async (_what, answer) => {
  answers = [answer]
  const { ended, tries } = await call()
  expect(tries).toBe(2)
  expect(ended).not.toBe('guard')
})

it('says who did not answer, and within what time', async () => {
  answers = [silent]
  expect(await call()).toMatchObject({
    ended: 'TimeoutError',
    message: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer within 1 s$/),
  })
})

it('tries once more where a call is lost', async () => {
  answers = [(response) => void response.destroy(), well]
  expect(await call()).toMatchObject({ ended: 'guard', tries: 2 })
})

it('and where all are, tells that as it is, and not as silence', async () => {
  answers = [(response) => void response.destroy()]
  expect(await call()).toMatchObject({ message: expect.stringMatching(/hang up|ECONNRESET/), tries: 2 })
})

it('a refusal is an answer', async () => {
  answers = [refused(403, 'AccessDeniedException')]
  expect(await call()).toMatchObject({ ended: 'AccessDeniedException', tries: 1 })
})

it('the longest wait is told, at first after a second, then ever more rarely', async () => {
  const told: string[] = []
  const timers: { at: number; callBack: () => void }[] = []
  let now = 0
  const clock = {
    now: () => now,
    after: (ms: number, callBack: () => void) => {
      const timer = { at: now + ms, callBack }
      timers.push(timer)
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1))
    },
  }
  const pass = (ms: number) => {
    for (const until = now + ms; now < until; ) {
      now += 100
      for (const due of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(due), 1)
        due.callBack()
      }
    }
  }
  const whileWaiting = toldWhileWaiting((line) => void told.push(line), clock)
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const both = [whileWaiting('sqs', first.promise), whileWaiting('ssm', second.promise)]
  pass(900)
  expect(told).toEqual([])
  pass(7100)
  first.resolve()
  await both[0]
  pass(1000)
  second.resolve()
  await both[1]
  pass(60_000)
  expect(told).toEqual([
    'sqs has not answered for 1 s',
    'sqs has not answered for 3 s',
    'sqs has not answered for 7 s',
    'ssm has not answered for 9 s',
  ])
})
