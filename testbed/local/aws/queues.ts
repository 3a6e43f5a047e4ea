/** The local AWS's own use of SQS and S3, through the same wire as everybody's. */
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

import type { Authentication } from '../wire/authentication.ts'

/** Who signs what the local AWS does by itself, so that it can be told from what its users do. */
export const internalCaller = 'INTERNAL'

export interface Queues {
  createQueue(
    name: string,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<{ readonly url: string; readonly arn: string }>
  createBucket(name: string): Promise<void>
  putObject(bucket: string, key: string, text: string): Promise<void>
  /** To a queue by name or ARN. */
  send(queue: string, body: string): Promise<void>
  exists(queue: string): Promise<boolean>
  /** Of a queue by name or ARN. */
  urlOf(queue: string): Promise<string>
  /** ARNs of the queues whose dead letters come here. */
  sourcesOf(queue: string): Promise<readonly string[]>
  /** How many messages wait in it. */
  waiting(queue: string): Promise<number>
  /** What is there now, without waiting. */
  take(url: string, max: number): Promise<readonly Message[]>
  /** Others see it again at once. */
  putBack(url: string, message: Message): Promise<void>
  /** The same message once more, to a queue by ARN. */
  resend(queue: string, message: Message): Promise<void>
  attributes(url: string): Promise<Readonly<Record<string, string>>>
  /** Waits up to 20 s for messages, or until `signal` says to stop. */
  receive(url: string, max: number, signal: AbortSignal): Promise<readonly Message[]>
  remove(url: string, messages: readonly Message[]): Promise<void>
  stop(): void
}

export function connectQueues(endpoint: string, region: string, authentication: Authentication): Queues {
  const credentials = authentication.credentialsOf(internalCaller)
  const sqs = new SQSClient({ endpoint, region, credentials })
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const urlOf = async (queue: string) => {
    const name = queue.split(':').at(-1) ?? queue
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
    return QueueUrl ?? ''
  }
  const attributes = async (url: string) => {
    const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))
    return answer.Attributes ?? {}
  }
  const receive = async (url: string, max: number, seconds: number, signal?: AbortSignal) => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: seconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      signal === undefined ? {} : { abortSignal: signal },
    )
    return Messages ?? []
  }
  return {
    attributes,
    urlOf,
    async createQueue(name, given) {
      const { QueueUrl: url = '' } = await sqs.send(
        new CreateQueueCommand({ QueueName: name, ...(given ? { Attributes: { ...given } } : {}) }),
      )
      return { url, arn: (await attributes(url)).QueueArn ?? '' }
    },
    async createBucket(name) {
      // As S3 demands it: the Region is said, except in the oldest one.
      const location = region as BucketLocationConstraint
      await s3.send(
        new CreateBucketCommand({
          Bucket: name,
          ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: location } }),
        }),
      )
    },
    async send(queue, body) {
      await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody: body }))
    },
    async exists(queue) {
      try {
        return (await urlOf(queue)) !== ''
      } catch (error) {
        if (error instanceof QueueDoesNotExist) return false
        throw error
      }
    },
    async sourcesOf(queue) {
      // fauxqs does not have ListDeadLetterSourceQueues.
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
      const { QueueArn: target } = await attributes(await urlOf(queue))
      const found = await Promise.all(QueueUrls.map(attributes))
      return found.flatMap(({ QueueArn = '', RedrivePolicy = '{}' }) =>
        JSON.parse(RedrivePolicy).deadLetterTargetArn === target ? [QueueArn] : [],
      )
    },
    async waiting(queue) {
      const { ApproximateNumberOfMessages = '0' } = await attributes(await urlOf(queue))
      return Number(ApproximateNumberOfMessages)
    },
    async putBack(QueueUrl, { ReceiptHandle }) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
    },
    async resend(queue, { Body, MessageAttributes }) {
      const QueueUrl = await urlOf(queue)
      await sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: Body,
          ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
        }),
      )
    },
    async putObject(Bucket, Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
    },
    take: (url, max) => receive(url, max, 0),
    receive: (url, max, signal) => receive(url, max, 20, signal),
    async remove(url, messages) {
      if (messages.length === 0) return
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }))
    },
    stop() {
      sqs.destroy()
      s3.destroy()
    },
  }
}
