/** AWS on this machine: the real wire protocols, real machines behind the instances, nothing left behind. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AutoScaling, EventBridgeEvent } from '../auto-scaling/auto-scaling.ts'
import { createDisks } from './aws/disks.ts'
import { type Endpoints, endpointsOf, environmentFor } from './aws/endpoints.ts'
import type { EventRule } from './aws/event-bridge.ts'
import { listen } from './aws/listen.ts'
import type { LocalAwsOptions } from './aws/local-options.ts'
import { createObservers } from './aws/observers.ts'
import { createPlatform } from './aws/platform.ts'
import { connectQueues, type Queues } from './aws/queues.ts'
import { startStorage } from './aws/storage.ts'
import type { TopicListener } from './aws/topics.ts'
import { createFunctions } from './lambda/function.ts'
import type { FunctionOptions, LocalFunction } from './lambda/lambda-options.ts'
import { type MappingOptions, mapQueue, type QueueMapping } from './lambda/queue-mapping.ts'
import type { Machine } from './machine.ts'
import type { KmsKeys } from './s3/kms-keys.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'
import { type Credentials, createAuthentication } from './wire/authentication.ts'
import type { RequestObserver } from './wire/request.ts'
import { createAwsServer } from './wire/server.ts'

export type { EventFate, EventPattern, EventRule } from './aws/event-bridge.ts'
export type { LocalAwsOptions } from './aws/local-options.ts'
export type { FunctionCall, FunctionOptions, Invocation, LocalFunction } from './lambda/lambda-options.ts'
export type { MappingOptions, QueueMapping } from './lambda/queue-mapping.ts'
export { type AwsRequest, ConnectionDropped, type RequestObserver } from './wire/request.ts'

/** The account everything belongs to: fauxqs knows no other. */
export const accountId = '000000000000'

export interface LocalAws extends Pick<Queues, 'createQueue' | 'createBucket' | 'send'> {
  readonly region: string
  readonly endpoints: Endpoints
  /** A key of the account, whose id is the caller's name in every request seen. Requests that no key signed are refused. */
  credentials(caller: string): Credentials
  /** What a process needs in its environment to use this AWS as that caller. */
  environment(caller?: string): Readonly<Record<string, string>>
  /** A temporary directory, gone after `stop`: disks of machines, bundles. */
  readonly directory: string
  /** Auto Scaling and EC2 as they are. Time passed in is `now()`; call `settle` after changing anything. */
  readonly model: AutoScaling
  now(): number
  /** KMS's keys, as far as S3 uses them. */
  readonly keys: KmsKeys
  /** The machine behind an instance, while EC2 has it. */
  machine(instanceId: string): Machine | undefined
  addRule(rule: EventRule): void
  /** A topic of SNS with one listener. Answers its ARN. */
  createTopic(name: string, listener: TopicListener): string
  publish(event: EventBridgeEvent): void
  /** Sees every request from now on. Answers how to stop that. */
  observe(observer: RequestObserver): () => void
  /** A packaged handler, run as Lambda runs it, in processes of its own. */
  deploy(options: FunctionOptions): LocalFunction
  /** Lambda's event source mapping from a queue to a function. */
  mapQueue(options: MappingOptions): Promise<QueueMapping>
  /** Applies what became due and waits until it has happened. Only needed with a clock of one's own. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Resolves when everything listens. A fixed port that is taken is an error that says what to do, and leaves nothing behind. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const directory = makeTemporaryDirectory('termination-guard-')
  try {
    return await startIn(directory, options)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

async function startIn(directory: string, options: LocalAwsOptions): Promise<LocalAws> {
  const region = options.region ?? 'eu-west-1'
  const authentication = createAuthentication(options.clockBehindMsOf)
  const { observer, observe } = createObservers(options.observer)
  const objects = join(directory, 'objects')
  await mkdir(objects)
  const storage = await startStorage({
    port: options.storagePort ?? 0,
    region,
    accountId,
    directory: objects,
    authentication,
    observer,
    cutsUploadsOf: options.cutsUploadsOf,
  })
  const queues = connectQueues(endpointsOf(0, storage.port).sqs, region, authentication)
  const disks = createDisks(join(directory, 'disks'))
  const platform = createPlatform(options, { region, accountId, queues, disks })
  const server = createAwsServer(platform.services, authentication, observer)
  const port = await listen(server, options.port ?? 0).catch(async (error: unknown) => {
    await storage.stop()
    throw error
  })
  const endpoints = endpointsOf(port, storage.port)
  const environment = (caller = 'LOCAL') =>
    environmentFor(endpoints, region, authentication.credentialsOf(caller))
  const functions = createFunctions({ environment, region, accountId, observe })
  const mappings: QueueMapping[] = []
  return {
    region,
    endpoints,
    credentials: authentication.credentialsOf,
    environment,
    directory,
    observe,
    model: platform.compute.model,
    now: platform.now,
    keys: storage.keys,
    machine: platform.machines.get,
    createQueue: queues.createQueue,
    createBucket: queues.createBucket,
    send: queues.send,
    addRule: (rule) => void platform.bus.rules.push(rule),
    createTopic: platform.topics.create,
    publish: platform.bus.publish,
    deploy: functions.deploy,
    async mapQueue(mapping) {
      const started = await mapQueue(mapping, queues, region)
      mappings.push(started)
      return started
    },
    settle: platform.settle,
    async stop() {
      const unmapped = mappings.map((mapping) => mapping.stop())
      await functions.stop()
      await Promise.all(unmapped)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await platform.stop()
      queues.stop()
      await storage.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
