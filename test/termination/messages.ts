/** What the queue brings of the one instance: its hook's notification, and the event of a flush that ended. */
import type { SQSRecord } from 'aws-lambda'
import { TOKEN } from '../one-instance.ts'
import { action, policy, START } from './observations.ts'

export const notification = {
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  LifecycleHookName: action.hookName,
  AutoScalingGroupName: action.groupName,
  EC2InstanceId: action.instanceId,
  LifecycleActionToken: TOKEN,
  Time: new Date(START).toISOString(),
}

export const statusOf = (commandId: string) => ({
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  detail: { 'command-id': commandId, 'document-name': policy.documentName, 'instance-id': action.instanceId },
})

/** As SQS hands it to the function. */
export function record(body: unknown, messageId = 'm-1', receives = 1, sentAt = START): SQSRecord {
  return {
    messageId,
    receiptHandle: `r-${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SenderId: 'AROA',
      ApproximateFirstReceiveTimestamp: String(START),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:termination-guard',
    awsRegion: 'eu-west-1',
  }
}
