/** SQS and S3: fauxqs, on this machine only, with every request seen. */
import { buildApp } from 'fauxqs'
import { AwsError } from '../../aws-error.ts'
import {
  type AwsRequest,
  ConnectionDropped,
  callerOf,
  identifyStorage,
  type RequestObserver,
} from '../wire/request.ts'
import { element } from '../wire/xml.ts'
import { explained } from './listen.ts'

const namesQueues = new Set(['CreateQueue', 'GetQueueUrl', 'ListQueues', 'ListDeadLetterSourceQueues'])

/** fauxqs names queues by a host below `localhost`, which not every system resolves. */
function reachable(payload: string): string {
  return payload.replace(/http:\/\/sqs\.[a-z0-9-]+\.localhost:/g, 'http://127.0.0.1:')
}

/** What is used of the server's own reply object. */
interface Reply {
  readonly raw: { destroy(): unknown }
  hijack(): unknown
  code(status: number): unknown
  type(contentType: string): unknown
  send(body: string): unknown
}

export interface Storage {
  readonly port: number
  stop(): Promise<void>
}

/** A single PUT may be up to 5 GB in S3; here everything is kept in memory. */
const maxObjectBytes = 1024 * 1024 * 1024

export async function startStorage(options: {
  readonly port: number
  readonly region: string
  readonly observer: RequestObserver
}): Promise<Storage> {
  // Not startFauxqs: that listens on all interfaces, and lets nobody see the requests.
  const app = buildApp({ logger: false, defaultRegion: options.region })
  app.removeContentTypeParser('*')
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxObjectBytes }, (_request, body, done) => {
    done(null, body)
  })
  const seen = new WeakMap<object, AwsRequest>()
  app.addHook('preHandler', async (request, reply): Promise<unknown> => {
    const target = request.headers['x-amz-target']
    const [service, operation] = identifyStorage(
      request.method,
      request.url,
      typeof target === 'string' ? target : undefined,
    )
    const call: AwsRequest = {
      service,
      operation,
      caller: callerOf(request),
      line: `${request.method} ${request.url}`,
    }
    seen.set(request, call)
    try {
      await options.observer.before?.(call)
      return undefined
    } catch (error) {
      if (error instanceof ConnectionDropped) drop(reply)
      else if (error instanceof AwsError) refuse(reply, call, error)
      else throw error
      return reply
    }
  })
  app.addHook('onSend', async (request, reply, payload): Promise<unknown> => {
    const call = seen.get(request)
    if (call === undefined) return payload
    try {
      await options.observer.after?.(call, reply.statusCode)
    } catch (error) {
      if (!(error instanceof ConnectionDropped)) throw error
      drop(reply)
    }
    return typeof payload === 'string' && namesQueues.has(call.operation) ? reachable(payload) : payload
  })
  try {
    await app.listen({ port: options.port, host: '127.0.0.1' })
  } catch (error) {
    await app.close()
    throw explained(error, options.port, '--storage-port')
  }
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () => app.close(),
  }
}

/** The caller's connection ends without an answer. */
function drop(reply: Reply): void {
  reply.hijack()
  reply.raw.destroy()
}

function refuse(reply: Reply, { service }: AwsRequest, { name, message, $metadata }: AwsError): void {
  const isSqs = service === 'sqs'
  reply.code($metadata.httpStatusCode)
  reply.type(isSqs ? 'application/x-amz-json-1.0' : 'application/xml')
  reply.send(
    isSqs
      ? JSON.stringify({ __type: name, message })
      : element('Error', { Code: name, Message: message }, 'member'),
  )
}
