/** S3 over HTTP. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AwsError } from '../../aws-error.ts'
import type { Authentication } from '../wire/authentication.ts'
import {
  type AwsRequest,
  ConnectionDropped,
  callerOf,
  type RequestObserver,
  regionOf,
} from '../wire/request.ts'
import { requestedBucket, requirePermission } from './access.ts'
import { createBucket, listBuckets } from './operations/buckets.ts'
import { routeOf } from './routes.ts'
import type { S3 } from './s3-buckets.ts'
import { notImplemented, S3Error } from './s3-errors.ts'
import type { S3Answer, S3Request } from './s3-request.ts'
import { requireS3Signature } from './s3-signature.ts'
import { s3ErrorDocument } from './s3-xml.ts'

/** `region` is meant by requests that are signed for none. */
export function createS3Handler(
  s3: S3,
  region: string,
  authentication: Authentication,
  observer: RequestObserver,
): RequestListener {
  return (message, response) => {
    serve(s3, region, authentication, observer, message, response).catch((error: unknown) => {
      if (!isDisconnect(error)) console.error(error)
      response.destroy()
    })
  }
}

async function serve(
  s3: S3,
  region: string,
  authentication: Authentication,
  observer: RequestObserver,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { place, named, perform } = understand(s3, region, message)
  const seen: AwsRequest = {
    service: 's3',
    operation: named,
    caller: callerOf(message),
    line: `${message.method} ${message.url}`,
  }
  let answer: S3Answer
  try {
    await observer.before?.(seen)
    await requireS3Signature(authentication, message)
    answer = await perform()
  } catch (error) {
    if (isDisconnect(error)) throw error
    answer = refusal(error instanceof AwsError ? error : internalError(error), message, place)
  }
  await observer.after?.(seen, answer.status ?? 200)
  await send(answer, message, response)
}

interface Understood {
  readonly place: string
  /** AWS's name of the operation. */
  readonly named: string
  perform(): S3Answer | Promise<S3Answer>
}

function understand(s3: S3, region: string, message: IncomingMessage): Understood {
  // Not a URL's own reading, which would take `..` for a way up and a key for another.
  const [place = '', ...search] = (message.url ?? '/').split('?')
  const query = new URLSearchParams(search.join('?'))
  const [, bucketName = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(place) ?? []
  const key = decoded(rawKey)
  const method = message.method ?? ''
  const request = (operation: string): S3Request => ({
    s3,
    operation,
    bucketName: decoded(bucketName) ?? '',
    key: key ?? '',
    query,
    headers: message.headers,
    caller: callerOf(message),
    region: regionOf(message) ?? region,
    message,
  })
  if (bucketName === '' && method === 'GET')
    return { place, named: 'ListBuckets', perform: () => listBuckets(request('ListBuckets')) }
  if (rawKey === '' && method === 'PUT' && [...query.keys()].every((name) => name === 'x-id'))
    return { place, named: 'CreateBucket', perform: () => createBucket(request('CreateBucket')) }
  const route = routeOf(method, rawKey === '' ? 'bucket' : 'object', query, message.headers)
  return {
    place,
    named: route?.name ?? method,
    async perform() {
      if (key === undefined || leadsOut(key))
        throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
      if (Buffer.byteLength(key) > 1024)
        throw new S3Error('KeyTooLongError', 'Your key is too long', 400, {
          elements: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: '1024' },
        })
      if (route === undefined) throw notImplemented([...query.keys()].join(', '))
      const asked = request(route.name)
      const bucket = requestedBucket(asked)
      if (route.action !== undefined) await requirePermission(asked, bucket, route.action)
      return route.operation({ ...asked, bucket })
    },
  }
}

function refusal(error: AwsError, message: IncomingMessage, Resource: string): S3Answer {
  const { elements = {}, headers = {} } = error instanceof S3Error ? error : {}
  const status = error.$metadata.httpStatusCode
  if (message.method === 'HEAD' || status === 304) return { status, headers }
  const body = s3ErrorDocument({
    Code: error.name,
    Message: error.message,
    ...elements,
    Resource,
    RequestId: randomUUID(),
    HostId: randomBytes(24).toString('base64'),
  })
  return { status, headers, body }
}

async function send(
  { status = 200, headers = {}, body }: S3Answer,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.statusCode = status
  response.setHeader('server', 'AmazonS3')
  response.setHeader('x-amz-request-id', randomBytes(8).toString('hex').toUpperCase())
  if (typeof body === 'string') response.setHeader('content-type', 'application/xml')
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value)
  if (body instanceof Readable) {
    await pipeline(body, response)
    return
  }
  if (message.method !== 'HEAD' && status !== 204 && status !== 304)
    response.setHeader('content-length', Buffer.byteLength(body ?? ''))
  response.end(message.method === 'HEAD' ? undefined : body)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** `..` is a name like others, as long as those before it are not fewer: so S3 has it. */
function leadsOut(key: string): boolean {
  let depth = 0
  for (const name of key.split('/')) {
    if (name === '..') depth -= 1
    else if (name !== '' && name !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

/** The other side went away: nobody is left to answer. */
function isDisconnect(error: unknown): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR']
  return (
    error instanceof ConnectionDropped ||
    (typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code)))
  )
}

function internalError(error: unknown): AwsError {
  console.error(error)
  return new S3Error('InternalError', error instanceof Error ? error.message : String(error), 500)
}
