/** SQS: queues, messages, dead letters. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

interface Url {
  readonly QueueUrl: string
}
interface Received {
  readonly Messages: readonly [{ readonly ReceiptHandle: string }, { readonly ReceiptHandle: string }?]
}

const arn = (name: string) => `arn:aws:sqs:eu-west-1:000000000000:${name}`
const url = ({ QueueUrl }: Url) => QueueUrl
const handle = ({ Messages: [message] }: Received) => message.ReceiptHandle

export const sqsExamples: readonly Example[] = [
  typed('aws sqs create-queue --queue-name lost', { keep: { LOST: url } }),
  typed('aws sqs create-queue --queue-name orders --attributes file://create-queue.json', {
    files: {
      'create-queue.json': {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('lost'), maxReceiveCount: '3' }),
        MessageRetentionPeriod: '259200',
      },
    },
    keep: { ORDERS: url },
  }),
  typed('aws sqs get-queue-url --queue-name orders', { answer: { QueueUrl: '$ORDERS' } }),
  typed('aws sqs list-queues', { answer: { QueueUrls: ['$LOST', '$ORDERS'] } }),
  typed('aws sqs list-queues --queue-name-prefix ord', { answer: { QueueUrls: ['$ORDERS'] } }),
  typed('aws sqs get-queue-attributes --queue-url $ORDERS --attribute-names All', {
    answer: {
      Attributes: {
        QueueArn: arn('orders'),
        MessageRetentionPeriod: '259200',
        VisibilityTimeout: '30',
        DelaySeconds: '0',
        ReceiveMessageWaitTimeSeconds: '0',
        MaximumMessageSize: expect.stringMatching(/^(262144|1048576)$/),
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '0',
      },
    },
  }),
  typed('aws sqs set-queue-attributes --queue-url $ORDERS --attributes file://set-queue-attributes.json', {
    files: { 'set-queue-attributes.json': { VisibilityTimeout: '120', MaximumMessageSize: '131072' } },
  }),
  typed(
    'aws sqs get-queue-attributes --queue-url $ORDERS --attribute-names VisibilityTimeout MaximumMessageSize',
    {
      answer: { Attributes: { VisibilityTimeout: '120', MaximumMessageSize: '131072' } },
    },
  ),
  typed('aws sqs list-dead-letter-source-queues --queue-url $LOST', { answer: { queueUrls: ['$ORDERS'] } }),
  typed('aws sqs tag-queue --queue-url $ORDERS --tags Till=1'),
  typed('aws sqs list-queue-tags --queue-url $ORDERS', { answer: { Tags: { Till: '1' } } }),
  typed('aws sqs untag-queue --queue-url $ORDERS --tag-keys Till'),
  typed('aws sqs list-queue-tags --queue-url $ORDERS', { prints: /^$/ }),
  typed(
    'aws sqs send-message --queue-url $ORDERS --message-body "three apples" --delay-seconds 0 --message-attributes file://attributes.json',
    {
      files: { 'attributes.json': { Town: { DataType: 'String', StringValue: 'Bath' } } },
      answer: { MD5OfMessageBody: '061f520386e66eec2d7403ad04004617' },
    },
  ),
  typed(
    'aws sqs receive-message --queue-url $ORDERS --attribute-names All --message-attribute-names All --max-number-of-messages 10',
    {
      answer: {
        Messages: [
          {
            Body: 'three apples',
            Attributes: { ApproximateReceiveCount: '1' },
            MessageAttributes: { Town: { DataType: 'String', StringValue: 'Bath' } },
          },
        ],
      },
      keep: { HANDLE: handle },
    },
  ),
  typed(
    'aws sqs change-message-visibility --queue-url $ORDERS --receipt-handle $HANDLE --visibility-timeout 36000',
  ),
  typed('aws sqs delete-message --queue-url $ORDERS --receipt-handle $HANDLE'),
  typed('aws sqs send-message-batch --queue-url $ORDERS --entries file://batch.json', {
    files: {
      'batch.json': [
        { Id: 'a', MessageBody: 'one pear' },
        { Id: 'b', MessageBody: 'two pears' },
      ],
    },
    answer: { Successful: [{ Id: 'a' }, { Id: 'b' }] },
  }),
  typed('aws sqs receive-message --queue-url $ORDERS --max-number-of-messages 2', {
    answer: { Messages: [{ Body: 'one pear' }, { Body: 'two pears' }] },
    keep: { HANDLE: handle, SECOND: ({ Messages: [, second] }: Received) => second?.ReceiptHandle },
  }),
  typed(
    'aws sqs change-message-visibility-batch --queue-url $ORDERS --entries Id=a,ReceiptHandle=$HANDLE,VisibilityTimeout=60 Id=b,ReceiptHandle=$SECOND,VisibilityTimeout=60',
    {
      answer: { Successful: [{ Id: 'a' }, { Id: 'b' }] },
    },
  ),
  typed(
    'aws sqs delete-message-batch --queue-url $ORDERS --entries Id=a,ReceiptHandle=$HANDLE Id=b,ReceiptHandle=$SECOND',
    {
      answer: { Successful: [{ Id: 'a' }, { Id: 'b' }] },
    },
  ),
  typed('aws sqs send-message --queue-url $ORDERS --message-body "never mind"'),
  typed('aws sqs purge-queue --queue-url $ORDERS'),
  typed('aws sqs receive-message --queue-url $ORDERS', { prints: /^$/ }),
  typed('aws sqs delete-queue --queue-url $ORDERS'),
  typed('aws sqs get-queue-url --queue-name orders', { refused: /NonExistentQueue/ }),
]
