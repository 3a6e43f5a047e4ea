/** SQS: fauxqs behind our own server, with every request seen. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { buildApp } from 'fauxqs'
import { AwsError } from '../../aws-error.ts'
import type { Authentication, Flaw } from '../wire/authentication.ts'
import { type Operation, perform } from '../wire/operation.ts'
import { codes, refusedSignature, signatureFlaw } from '../wire/refused-signature.ts'
import { type AwsRequest, ConnectionDropped, callerOf, type RequestObserver } from '../wire/request.ts'
import { correctQueues, type QueueInput } from './queue-corrections.ts'
import { queryErrorCode } from './queue-error-codes.ts'
import { formAnswer, formRefusal, readForm } from './queue-forms.ts'

const judgedHeader = 'x-signature-judged'

const namesQueues = new Set(['CreateQueue', 'GetQueueUrl', 'ListQueues', 'ListDeadLetterSourceQueues'])

/** fauxqs names queues by a host below `localhost`, which not every system resolves. */
function reachable(payload: string): string {
  return payload.replace(/http:\/\/sqs\.[a-z0-9-]+\.localhost:/g, 'http://127.0.0.1:')
}

/** What is used of the server's own reply object. */
interface Reply {
  readonly raw: { destroy(): unknown }
  hijack(): unknown
  header(name: string, value: string): unknown
  code(status: number): unknown
  type(contentType: string): unknown
  send(body: string): unknown
}

export interface QueueServer {
  serve(request: IncomingMessage, response: ServerResponse): void
  stop(): Promise<void>
}

/** `more` are operations that fauxqs does not have; `exists` tells whether there is a queue with an ARN. */
export async function createQueueServer(
  region: string,
  authentication: Authentication,
  observer: RequestObserver,
  more: Readonly<Record<string, Operation>>,
  exists: (arn: string) => Promise<boolean>,
): Promise<QueueServer> {
  const corrections = correctQueues(region, exists)
  // Not startFauxqs: that listens on all interfaces, and lets nobody see the requests.
  const app = buildApp({ logger: false, defaultRegion: region })
  const seen = new WeakMap<object, AwsRequest>()
  const flaws = new WeakMap<object, Flaw>()
  // Of forms, whose signatures were looked at before they became something else. By a header that nobody else can write.
  const judged = new Map<string, Flaw | undefined>()
  app.addHook('preParsing', async (request, _reply, payload) => {
    const body = await bytesOf(payload)
    const id = String(request.headers[judgedHeader])
    const isOurs = judged.has(id) || request.url.startsWith('/_fauxqs/')
    const flaw = isOurs ? judged.get(id) : await signatureFlaw(authentication, 'sqs', request.raw, body)
    judged.delete(id)
    if (flaw !== undefined) flaws.set(request, flaw)
    return Readable.from([body], { objectMode: false })
  })
  app.addHook('preHandler', async (request, reply): Promise<unknown> => {
    const target = request.headers['x-amz-target']
    const call: AwsRequest = {
      service: 'sqs',
      operation: typeof target === 'string' ? (target.split('.').at(-1) ?? '') : '',
      caller: callerOf(request),
      line: `${request.method} ${request.url}`,
    }
    seen.set(request, call)
    try {
      await observer.before?.(call)
      const flaw = flaws.get(request)
      if (flaw !== undefined) {
        refuseSignature(reply, flaw)
        return reply
      }
      await corrections.before(call.operation, inputOf(request))
      if (!Object.hasOwn(more, call.operation)) return undefined
      answer(reply, await perform(more, call.operation, request.body, unknownOperation))
      return reply
    } catch (error) {
      if (error instanceof ConnectionDropped) drop(reply)
      else if (error instanceof AwsError) refuse(reply, error)
      else throw error
      return reply
    }
  })
  app.addHook('onSend', async (request, reply, payload): Promise<unknown> => {
    const call = seen.get(request)
    if (call === undefined) return payload
    try {
      await observer.after?.(call, reply.statusCode)
    } catch (error) {
      if (!(error instanceof ConnectionDropped)) throw error
      drop(reply)
    }
    if (typeof payload !== 'string') return payload
    if (reply.statusCode >= 300) {
      // Not of a flawed signature, of which it stands there.
      if (!flaws.has(request))
        reply.header('x-amzn-query-error', `${queryErrorCode(errorIn(payload))};Sender`)
      return payload
    }
    const output = corrections.after(call.operation, inputOf(request), JSON.parse(payload || '{}'))
    const corrected = JSON.stringify(output)
    return namesQueues.has(call.operation) ? reachable(corrected) : corrected
  })
  await app.ready()
  const serveForm = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bytesOf(request)
    const { operation, input } = readForm(body.toString('utf8'))
    const id = randomUUID()
    judged.set(id, await signatureFlaw(authentication, 'sqs', request, body))
    const answered = await app.inject({
      method: 'POST',
      url: '/',
      headers: {
        'x-amz-target': `AmazonSQS.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        host: request.headers.host,
        ...whoSigned(request),
        [judgedHeader]: id,
      },
      payload: JSON.stringify(input),
    })
    const output = JSON.parse(answered.payload || '{}')
    const isGood = answered.statusCode < 300
    const refused = {
      name: errorIn(answered.payload),
      message: String(output.message ?? output.Message ?? ''),
      queryError: answered.headers['x-amzn-query-error']?.toString(),
    }
    response.writeHead(answered.statusCode, { 'content-type': 'text/xml' })
    response.end(isGood ? formAnswer(operation, output, randomUUID()) : formRefusal(refused, randomUUID()))
  }
  return {
    serve(request, response) {
      // A connection that is dropped is no answer in either protocol.
      if (isForm(request)) serveForm(request, response).catch(() => response.destroy())
      else app.routing(request, response)
    },
    stop: () => app.close(),
  }
}

function errorIn(payload: string): string {
  return (
    String(JSON.parse(payload || '{}').__type)
      .split('#')
      .at(-1) ?? ''
  )
}

/** By which observers know the caller. */
function whoSigned({ headers }: IncomingMessage): Record<string, string> {
  const { authorization, 'x-amz-date': date } = headers
  return authorization === undefined ? {} : { authorization, 'x-amz-date': String(date) }
}

export function isForm({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
}

function inputOf({ body }: { readonly body?: unknown }): QueueInput {
  return typeof body === 'object' && body !== null ? body : {}
}

async function bytesOf(request: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The caller's connection ends without an answer. */
function drop(reply: Reply): void {
  reply.hijack()
  reply.raw.destroy()
}

function answer(reply: Reply, value: unknown): void {
  reply.type('application/x-amz-json-1.0')
  reply.send(JSON.stringify(value))
}

function unknownOperation(operation: string): AwsError {
  return new AwsError('UnknownOperationException', `The local AWS does not have sqs:${operation}`)
}

/** The older protocol's code goes along, by which its clients know it. */
function refuseSignature(reply: Reply, flaw: Flaw): void {
  reply.header('x-amzn-query-error', `${codes[flaw.is][0]};Sender`)
  refuse(reply, refusedSignature('rest-json', flaw))
}

function refuse(reply: Reply, { name, message, $metadata }: AwsError): void {
  reply.code($metadata.httpStatusCode)
  reply.type('application/x-amz-json-1.0')
  reply.send(JSON.stringify({ __type: name, message }))
}
