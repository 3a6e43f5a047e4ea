/** Where fauxqs is kinder than SQS: what it takes and SQS refuses, and what SQS tells of dead letters and it does not. */
import { AwsError } from '../../aws-error.ts'

export interface QueueCorrections {
  /** Throws what SQS answers and fauxqs would not. */
  before(operation: string, input: QueueInput): Promise<void>
  /** The answer to a call, as SQS gives it. */
  after(operation: string, input: QueueInput, output: QueueOutput): QueueOutput
}

/** What is read of any request. */
export interface QueueInput {
  readonly QueueName?: string
  readonly QueueUrl?: string
  readonly Attributes?: Readonly<Record<string, string>>
  readonly ReceiptHandle?: string
  readonly VisibilityTimeout?: number
  readonly DelaySeconds?: number
  readonly MessageAttributes?: Readonly<Record<string, { readonly DataType?: string }>>
  readonly AttributeNames?: readonly string[]
  readonly MessageSystemAttributeNames?: readonly string[]
}

interface Received {
  readonly MessageId?: string
  readonly ReceiptHandle?: string
  readonly Attributes?: Readonly<Record<string, string>>
}

/** What is read of any answer. */
export interface QueueOutput {
  readonly MessageId?: string
  readonly Successful?: readonly { readonly MessageId?: string }[]
  readonly Messages?: readonly Received[]
  readonly Tags?: Readonly<Record<string, string>>
}

const usualVisibility = 30

/** `exists` tells whether there is a queue with an ARN. */
export function correctQueues(region: string, exists: (arn: string) => Promise<boolean>): QueueCorrections {
  // By the message, the queue that it was sent to.
  const origins = new Map<string, string>()
  // By the receipt, until when it counts.
  const visibleAt = new Map<string, number>()
  const visibility = new Map<string, number>()
  const arnOf = (url = '') => {
    const [name = '', account = ''] = url.split('/').reverse()
    return `arn:aws:sqs:${region}:${account}:${name}`
  }
  const hide = (receipt: string, queue: string, seconds: number | undefined) =>
    visibleAt.set(receipt, Date.now() + (seconds ?? visibility.get(queue) ?? usualVisibility) * 1000)
  const received = (message: Received, input: QueueInput): Received => {
    const queue = nameOf(input)
    if (message.ReceiptHandle !== undefined) hide(message.ReceiptHandle, queue, input.VisibilityTimeout)
    const origin = origins.get(message.MessageId ?? '')
    const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
    const isAsked = names.includes('All') || names.includes(sourceAttribute)
    if (origin === undefined || origin === arnOf(input.QueueUrl) || !isAsked) return message
    return { ...message, Attributes: { ...message.Attributes, [sourceAttribute]: origin } }
  }
  return {
    async before(operation, input) {
      const { ReceiptHandle: receipt, Attributes: { RedrivePolicy: redrive, VisibilityTimeout } = {} } = input
      if (redrive) await checkRedrive(redrive, exists)
      checkNumbersAndNames(input)
      if (VisibilityTimeout !== undefined) visibility.set(nameOf(input), Number(VisibilityTimeout))
      if (receipt === undefined) return
      if (!isReceipt(receipt))
        throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${receipt}" is not valid.`)
      const until = visibleAt.get(receipt)
      if (operation === 'ChangeMessageVisibility' && until !== undefined && until <= Date.now())
        throw new AwsError(
          'MessageNotInflight',
          'Message does not exist or is not available for visibility timeout change.',
        )
    },
    after(operation, input, output) {
      const { ReceiptHandle: receipt } = input
      const { MessageId, Successful = [], Messages } = output
      if (/^SendMessage/.test(operation))
        for (const id of [MessageId, ...Successful.map((one) => one.MessageId)])
          if (id !== undefined) origins.set(id, arnOf(input.QueueUrl))
      if (receipt !== undefined && operation === 'ChangeMessageVisibility')
        hide(receipt, nameOf(input), input.VisibilityTimeout)
      else if (receipt !== undefined) visibleAt.delete(receipt)
      if (Messages !== undefined)
        return { ...output, Messages: Messages.map((message) => received(message, input)) }
      return operation === 'ListQueueTags' && Object.keys(output.Tags ?? {}).length === 0 ? {} : output
    },
  }
}

const sourceAttribute = 'DeadLetterQueueSourceArn'

function nameOf({ QueueName, QueueUrl = '' }: QueueInput): string {
  return QueueName ?? QueueUrl.split('/').at(-1) ?? ''
}

/** As fauxqs makes them. */
function isReceipt(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** Of a message that is sent, and of a queue that is made. */
function checkNumbersAndNames({
  QueueName = 'a',
  DelaySeconds = 0,
  MessageAttributes = {},
}: QueueInput): void {
  const refuse = (what: string) => new AwsError('InvalidParameterValue', what)
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(QueueName))
    throw refuse('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
  if (!(DelaySeconds >= 0 && DelaySeconds <= 900))
    throw refuse(
      `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    )
  const attributes = Object.entries(MessageAttributes)
  if (attributes.length > 10)
    throw refuse('Number of message attributes [more than 10] exceeds the allowed maximum [10].')
  for (const [name, { DataType = '' }] of attributes)
    if (
      !/^[\w.-]{1,256}$/.test(name) ||
      /^(aws|amazon)\./i.test(name) ||
      !/^(String|Number|Binary)(\.|$)/.test(DataType)
    )
      throw refuse(`The message attribute '${name}' has an invalid name or type ('${DataType}').`)
}

const mostReceives = 1000

async function checkRedrive(text: string, exists: (arn: string) => Promise<boolean>): Promise<void> {
  const refuse = (reason: string) =>
    new AwsError(
      'InvalidParameterValue',
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    )
  const { deadLetterTargetArn: target, maxReceiveCount: count } = readRedrive(text) ?? {}
  if (target === undefined || count === undefined)
    throw refuse(
      'Redrive policy does not contain mandatory attributes: deadLetterTargetArn, maxReceiveCount.',
    )
  if (!Number.isInteger(Number(count)) || Number(count) < 1 || Number(count) > mostReceives)
    throw refuse(
      `Invalid value for maxReceiveCount: ${count}, valid values are from 1 to ${mostReceives} both inclusive.`,
    )
  if (!(await exists(String(target)))) throw refuse('Dead letter target does not exist.')
}

function readRedrive(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
