/** The local AWS's own use of SQS and S3, through the same wire as everybody's. */
import { type BucketLocationConstraint, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'

/** Who signs what the local AWS does by itself, so that it can be told from what its users do. */
export const internalCaller = 'INTERNAL'

export interface Queues {
  createQueue(
    name: string,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<{ readonly url: string; readonly arn: string }>
  createBucket(name: string): Promise<void>
  /** To a queue by name or ARN. */
  send(queue: string, body: string): Promise<void>
  exists(queue: string): Promise<boolean>
  attributes(url: string): Promise<Readonly<Record<string, string>>>
  /** Waits up to 20 s for messages, or until `signal` says to stop. */
  receive(url: string, max: number, signal: AbortSignal): Promise<readonly Message[]>
  remove(url: string, messages: readonly Message[]): Promise<void>
  stop(): void
}

export function connectQueues(endpoint: string, region: string): Queues {
  const credentials = { accessKeyId: internalCaller, secretAccessKey: 'local' }
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
  return {
    attributes,
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
    async receive(url, max, signal) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: max,
          WaitTimeSeconds: 20,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: signal },
      )
      return Messages ?? []
    },
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
