/** Lambda's event source mapping: takes messages from a queue, invokes the function, deletes what it did not report. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '@aws-sdk/client-sqs'
import type { Queues } from '../aws/queues.ts'
import { failedMessageIds } from './batch-response.ts'
import type { LocalFunction } from './lambda-options.ts'

export interface MappingOptions {
  readonly queueUrl: string
  readonly function: LocalFunction
  /** 1–10. Larger batches would need a batching window, which is not modelled. */
  readonly batchSize?: number
  /** Batches at the same time. Lambda allows 2–1000; 1 is allowed here. */
  readonly maxConcurrency?: number
  /** The function may report single messages as failed. Without it, a failure fails the batch. */
  readonly reportBatchItemFailures?: boolean
}

export interface QueueMapping {
  /** Takes no more messages; resolves when the batches under way are done. */
  stop(): Promise<void>
}

/** Refuses, as Lambda does, a function that may run longer than its messages stay invisible. */
export async function mapQueue(
  options: MappingOptions,
  queues: Queues,
  region: string,
): Promise<QueueMapping> {
  const { queueUrl, batchSize = 10, maxConcurrency = 2, reportBatchItemFailures = true } = options
  if (batchSize < 1 || batchSize > 10) throw new RangeError('batchSize must be between 1 and 10')
  const { QueueArn: arn = '', VisibilityTimeout: visibility = '30' } = await queues.attributes(queueUrl)
  if (options.function.timeoutSeconds > Number(visibility))
    throw new RangeError(
      `InvalidParameterValueException: Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${options.function.timeoutSeconds} seconds`,
    )
  const stopping = new AbortController()
  const batches = new Set<Promise<void>>()

  const handle = async (messages: readonly Message[]) => {
    const { ended, answer } = await options.function.invoke({
      Records: messages.map((message) => recordOf(message, arn, region)),
    })
    // An error, a timeout or a killed process: nothing is deleted, the messages come back when their visibility timeout ends.
    if (ended !== 'succeeded') return
    const ids = messages.map(({ MessageId }) => MessageId ?? '')
    const kept = new Set(reportBatchItemFailures ? failedMessageIds(answer, ids) : [])
    await queues.remove(
      queueUrl,
      messages.filter(({ MessageId }) => !kept.has(MessageId ?? '')),
    )
  }
  const poll = async () => {
    while (!stopping.signal.aborted) {
      if (batches.size >= maxConcurrency) {
        await Promise.race(batches)
        continue
      }
      try {
        const messages = await queues.receive(queueUrl, batchSize, stopping.signal)
        if (messages.length === 0) continue
        const batch = handle(messages)
          .catch(() => {})
          .finally(() => batches.delete(batch))
        batches.add(batch)
      } catch {
        // No queue, or no answer: Lambda keeps trying.
        await sleep(500, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }
  const polling = poll()
  return {
    async stop() {
      stopping.abort()
      await polling
      await Promise.all(batches)
    },
  }
}

function recordOf(message: Message, eventSourceARN: string, awsRegion: string): object {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: attributesOf(message),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  }
}

function attributesOf({ MessageAttributes }: Message): object {
  return Object.fromEntries(
    Object.entries(MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  )
}
