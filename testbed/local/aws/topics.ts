/** SNS, as a hook and a function use it: topics with whoever listens, and nobody's mail. */
import { randomUUID } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import type { Operation } from '../wire/operation.ts'

/** Takes the event that SNS hands to a function. */
export type TopicListener = (event: object) => void | Promise<void>

export interface Topics {
  readonly operations: Readonly<Record<'Publish', Operation>>
  /** A new topic with one listener. Answers its ARN. */
  create(name: string, listener: TopicListener): string
  has(arn: string): boolean
  /** What Auto Scaling says of a lifecycle action. */
  notify(arn: string, body: string): Promise<void>
}

interface PublishInput {
  readonly TopicArn?: string
  readonly TargetArn?: string
  readonly Subject?: string
  readonly Message?: string
}

export function createTopics(region: string, accountId: string, failed: (error: unknown) => void): Topics {
  const listeners = new Map<string, TopicListener>()
  const deliver = async (arn: string, MessageId: string, message: string, subject: string | undefined) => {
    const Sns = { ...notification(arn, message, subject, region), MessageId }
    const EventSubscriptionArn = `${arn}:${randomUUID()}`
    const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, Sns }
    await listeners.get(arn)?.({ Records: [record] })
  }
  return {
    operations: {
      // A topic that nobody made here is taken for one whose subscribers are elsewhere.
      Publish({ TopicArn, TargetArn, Subject, Message }: PublishInput) {
        const arn = TopicArn ?? TargetArn ?? ''
        if (!/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/.test(arn))
          throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn')
        if (!Message) throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message')
        const MessageId = randomUUID()
        deliver(arn, MessageId, Message, Subject).catch(failed)
        return { MessageId }
      },
    },
    create(name, listener) {
      const arn = `arn:aws:sns:${region}:${accountId}:${name}`
      listeners.set(arn, listener)
      return arn
    },
    has: (arn) => listeners.has(arn),
    notify: (arn, body) => deliver(arn, randomUUID(), body, subjectOf(body)),
  }
}

function notification(TopicArn: string, Message: string, Subject: string | undefined, region: string) {
  const home = `https://sns.${region}.amazonaws.com`
  return {
    Type: 'Notification',
    TopicArn,
    Subject: Subject ?? null,
    Message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertUrl: `${home}/SimpleNotificationService-local.pem`,
    UnsubscribeUrl: `${home}/?Action=Unsubscribe`,
    MessageAttributes: {},
  }
}

/** As Auto Scaling writes it, both spaces included. */
function subjectOf(body: string): string {
  const { Event, EC2InstanceId, LifecycleTransition, AutoScalingGroupName } = JSON.parse(body)
  if (Event !== undefined) return `Auto Scaling: test notification for group "${AutoScalingGroupName}"`
  const what = String(LifecycleTransition).split('_').at(-1)
  return `Auto Scaling:  Lifecycle action '${what}' for instance ${EC2InstanceId} in progress.`
}
