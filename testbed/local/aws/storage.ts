/** SQS and S3 at one port: the queues are fauxqs's, the objects our own. Every request is seen. */
import { createServer } from 'node:http'
import { createBodies } from '../s3/bodies.ts'
import { createKmsKeys, type KmsKeys } from '../s3/kms-keys.ts'
import type { S3 } from '../s3/s3-buckets.ts'
import { createS3Handler } from '../s3/s3-server.ts'
import type { Authentication } from '../wire/authentication.ts'
import { callerOf, type RequestObserver, signedServiceOf } from '../wire/request.ts'
import { endpointsOf } from './endpoints.ts'
import { explained } from './listen.ts'
import { messageMoves } from './message-moves.ts'
import { createQueueServer, isForm } from './queue-server.ts'
import { connectQueues, type Queues } from './queues.ts'

export interface Storage {
  readonly port: number
  readonly keys: KmsKeys
  stop(): Promise<void>
}

export async function startStorage(options: {
  readonly port: number
  readonly region: string
  readonly accountId: string
  /** Where larger objects are kept. */
  readonly directory: string
  readonly authentication: Authentication
  readonly observer: RequestObserver
  /** Whose uploads arrive cut; nobody's, where it is not said. */
  readonly cutsUploadsOf?: ((caller: string) => boolean) | undefined
}): Promise<Storage> {
  const { region, accountId, authentication, observer } = options
  const keys = createKmsKeys(region, accountId)
  const cuts = options.cutsUploadsOf ?? (() => false)
  const newBody = createBodies(options.directory)
  const s3: S3 = { accountId, keys, buckets: new Map(), newBody, cuts }
  let port = options.port
  let moving: Queues | undefined
  const own = () => {
    moving ??= connectQueues(endpointsOf(0, port).sqs, region, authentication)
    return moving
  }
  const queues = await createQueueServer(region, authentication, observer, messageMoves(own), (arn) =>
    own().exists(arn),
  )
  const objects = createS3Handler(s3, region, authentication, observer)
  const server = createServer((request, response) => {
    const isQueues =
      request.headers['x-amz-target'] !== undefined ||
      signedServiceOf(request) === 'sqs' ||
      isForm(request) ||
      request.url?.startsWith('/_fauxqs/') === true
    response.setHeader('date', new Date(authentication.now(callerOf(request))).toUTCString())
    if (isQueues) queues.serve(request, response)
    else objects(request, response)
  })
  // A large object may take as long as it takes.
  server.requestTimeout = 0
  const stop = async () => {
    moving?.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await queues.stop()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, '127.0.0.1', resolve)
    })
  } catch (error) {
    await queues.stop()
    throw explained(error, options.port)
  }
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
  return {
    keys,
    port,
    stop,
  }
}
