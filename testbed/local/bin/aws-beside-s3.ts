/** What scripts on an instance ask of other services than S3: that their own termination goes on, and that somebody is told. */
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'

/** Values of options, by their names on the command line. */
type Options = Readonly<Record<string, unknown>>

/** Answers what the CLI prints; `undefined` where the operation is none of these. */
export async function operateBesideS3(
  operation: string,
  options: Options,
  region: string,
): Promise<string | undefined> {
  const given = (name: string) => options[name] as string | undefined
  const action = {
    AutoScalingGroupName: given('auto-scaling-group-name'),
    LifecycleHookName: given('lifecycle-hook-name'),
    LifecycleActionToken: given('lifecycle-action-token'),
    InstanceId: given('instance-id'),
  }
  switch (operation) {
    case 'autoscaling complete-lifecycle-action': {
      const LifecycleActionResult = given('lifecycle-action-result')
      const command = new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult })
      await using(new AutoScalingClient({ region }), (client) => client.send(command))
      return ''
    }
    case 'autoscaling record-lifecycle-action-heartbeat': {
      const command = new RecordLifecycleActionHeartbeatCommand(action)
      await using(new AutoScalingClient({ region }), (client) => client.send(command))
      return ''
    }
    case 'autoscaling describe-auto-scaling-instances': {
      const InstanceIds = given('instance-ids')?.split(/\s+/)
      const command = new DescribeAutoScalingInstancesCommand({ InstanceIds })
      const answer = await using(new AutoScalingClient({ region }), (client) => client.send(command))
      return JSON.stringify({ AutoScalingInstances: answer.AutoScalingInstances }, null, 4)
    }
    case 'sns publish': {
      const to = { TopicArn: given('topic-arn'), TargetArn: given('target-arn') }
      const command = new PublishCommand({ ...to, Message: given('message'), Subject: given('subject') })
      const { MessageId } = await using(new SNSClient({ region }), (client) => client.send(command))
      return JSON.stringify({ MessageId }, null, 4)
    }
  }
  return undefined
}

async function using<Client extends { destroy(): void }, Answer>(
  client: Client,
  use: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}
