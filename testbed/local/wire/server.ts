/** One HTTP server for Auto Scaling, EC2, Elastic Load Balancing, SNS, STS (Query, XML), Systems Manager and the Recycle Bin (JSON): the request says whom it is for. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AwsError } from '../../aws-error.ts'
import type { Authentication } from './authentication.ts'
import { notServed, refuseService } from './not-served.ts'
import { type Operation, perform } from './operation.ts'
import { parseQuery, typed } from './query.ts'
import { answerQuery, type QueryServices, queryServiceOf, refuseQuery } from './query-protocol.ts'
import { recycleBinCallOf, recycleBinReply, refuseRecycleBin, unknownRoute } from './recycle-bin-routes.ts'
import { type Dialect, requireSignature } from './refused-signature.ts'
import {
  type AwsRequest,
  ConnectionDropped,
  callerOf,
  type RequestObserver,
  type Service,
  signedServiceOf,
} from './request.ts'

export interface Services extends QueryServices {
  readonly ssm: Readonly<Record<string, Operation>>
  readonly rbin: Readonly<Record<string, Operation>>
}

interface Reply {
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly type: string
  readonly body: string
}

const dialects: Partial<Record<Service, Dialect>> = { ec2: 'ec2', ssm: 'json', rbin: 'rest-json' }

const maxBodyBytes = 8 * 1024 * 1024

/** Not yet listening. */
export function createAwsServer(
  services: Services,
  authentication: Authentication,
  observer: RequestObserver,
): Server {
  return createServer((request, response) => {
    serve(services, authentication, observer, request, response).catch((error: unknown) => {
      if (!(error instanceof ConnectionDropped)) console.error(error)
      response.destroy()
    })
  })
}

async function serve(
  services: Services,
  authentication: Authentication,
  observer: RequestObserver,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(request)
  const body = bytes.toString('utf8')
  const call = identify(request, body)
  const seen: AwsRequest = {
    service: call.service,
    operation: call.operation,
    caller: callerOf(request),
    line: `${request.method} ${request.url}`,
  }
  const missing = notServed(request, body)
  const authenticate = () =>
    requireSignature(authentication, dialects[call.service] ?? 'query', call.service, request, bytes)
  const reply =
    missing === undefined
      ? await answer(services, observer, authenticate, call, seen)
      : { status: missing.$metadata.httpStatusCode, ...refuseService(request, body, missing) }
  await observer.after?.(seen, reply.status)
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-type': reply.type,
    'x-amzn-requestid': randomUUID(),
    date: new Date(authentication.now(seen.caller)).toUTCString(),
  })
  response.end(reply.body)
}

interface Call {
  readonly service: Service
  readonly operation: string
  readonly input: Record<string, unknown>
}

async function answer(
  services: Services,
  observer: RequestObserver,
  authenticate: () => Promise<void>,
  { service, operation, input }: Call,
  seen: AwsRequest,
): Promise<Reply> {
  try {
    await observer.before?.(seen)
    await authenticate()
    if (service === 'ssm') return json(200, await perform(services.ssm, operation, input, unknownTarget))
    if (service === 'rbin')
      return recycleBinReply(operation, await perform(services.rbin, operation, input, unknownRoute))
    return { status: 200, type: 'text/xml', body: await answerQuery(services, service, operation, input) }
  } catch (error) {
    if (error instanceof ConnectionDropped) throw error
    const failure = error instanceof AwsError ? error : internalFailure(error)
    const status = failure.$metadata.httpStatusCode
    if (service === 'ssm') return json(status, { __type: failure.name, message: failure.message })
    if (service === 'rbin') return refuseRecycleBin(failure)
    return { status, type: 'text/xml', body: refuseQuery(service, failure) }
  }
}

function identify(request: IncomingMessage, body: string): Call {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const [prefix, operation = ''] = target.split('.')
    return { service: prefix === 'AmazonSSM' ? 'ssm' : 'unknown', operation, input: parseJson(body) }
  }
  if (signedServiceOf(request) === 'rbin') {
    const { operation, input } = recycleBinCallOf(request.method, request.url)
    return { service: 'rbin', operation, input: { ...parseJson(body), ...input } }
  }
  const { Action, Version, ...fields } = parseQuery(body === '' ? (request.url?.split('?')[1] ?? '') : body)
  return {
    service: queryServiceOf(String(Version ?? '')),
    operation: String(Action ?? ''),
    input: typed(fields) as Record<string, unknown>,
  }
}

function parseJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body || '{}')
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  return {}
}

function json(status: number, value: unknown): Reply {
  return { status, type: 'application/x-amz-json-1.1', body: JSON.stringify(value ?? {}, epochDates) }
}

/** JSON 1.1 writes a time as seconds since 1970. */
function epochDates(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key]
  return original instanceof Date ? original.getTime() / 1000 : value
}

function unknownTarget(operation: string): AwsError {
  return new AwsError('UnknownOperationException', `The local AWS does not have ssm:${operation}`)
}

function internalFailure(error: unknown): AwsError {
  console.error(error)
  return new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > maxBodyBytes) throw new ConnectionDropped('a request body above 8 MB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
