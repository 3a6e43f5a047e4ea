import {
  CreateAutoScalingGroupCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { describe, expect, it } from '@jest/globals'
import { afterwards, eventually, localAws, refusalOf } from '../local-aws.ts'

interface TopicEvent {
  readonly Records: readonly {
    readonly EventSource: string
    readonly Sns: { readonly TopicArn: string; readonly Subject: string | null; readonly Message: string }
  }[]
}

async function heard() {
  const local = await localAws()
  const events: TopicEvent[] = []
  const topic = local.aws.createTopic('told', (event) => void events.push(event as TopicEvent))
  const { endpoints, region } = local.aws
  const credentials = local.aws.credentials('TEST')
  const sns = new SNSClient({ endpoint: endpoints.autoscaling, region, credentials, maxAttempts: 1 })
  afterwards(() => sns.destroy())
  return { ...local, events, topic, sns }
}

describe('a topic', () => {
  it('hands its listener what is published, as SNS hands it to a function', async () => {
    const { events, topic, sns } = await heard()
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn: topic, Message: 'hello', Subject: 'a word' }),
    )
    expect(events).toEqual([
      {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: expect.stringMatching(`^${topic}:[0-9a-f-]{36}$`),
            Sns: expect.objectContaining({
              Type: 'Notification',
              MessageId,
              TopicArn: topic,
              Subject: 'a word',
              Message: 'hello',
              MessageAttributes: {},
            }),
          },
        ],
      },
    ])
  })

  it('is taken for somebody else’s where nobody made it here, and refused where it is none', async () => {
    const { events, topic, sns } = await heard()
    const publish = (TargetArn: string, Message = 'hello') =>
      sns.send(new PublishCommand({ TargetArn, Message }))
    expect(await publish(`${topic}-of-others`)).toHaveProperty('MessageId')
    expect(await refusalOf(publish('told'))).toMatch(/^InvalidParameter/)
    expect(await refusalOf(publish(topic, ''))).toMatch(/^InvalidParameter.*Empty message/)
    expect(events).toEqual([])
  })

  it('gets the notifications of a hook, the test first', async () => {
    const { autoScaling, events, topic } = await heard()
    const AutoScalingGroupName = 'web'
    const group = {
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 0,
      MaxSize: 1,
    }
    await autoScaling.send(new CreateAutoScalingGroupCommand({ ...group, DesiredCapacity: 1 }))
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName,
        LifecycleHookName: 'theirs',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        NotificationTargetARN: topic,
        RoleARN: 'arn:aws:iam::000000000000:role/notifier',
      }),
    )
    await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 0 }))
    const [test, action] = await eventually(() => events.length > 1 && events)
    const said = (event: TopicEvent | undefined) => event?.Records[0]?.Sns
    expect(said(test)?.Subject).toBe('Auto Scaling: test notification for group "web"')
    const message = JSON.parse(said(action)?.Message ?? '')
    expect(message).toMatchObject({ LifecycleHookName: 'theirs', AutoScalingGroupName })
    const { EC2InstanceId } = message
    expect(said(action)?.Subject).toBe(
      `Auto Scaling:  Lifecycle action 'TERMINATING' for instance ${EC2InstanceId} in progress.`,
    )
  })
})
