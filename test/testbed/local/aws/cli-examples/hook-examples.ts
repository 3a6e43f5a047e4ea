/** Auto Scaling: a hook and what waits at it, a refresh, and the end of a group. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

interface Member {
  readonly InstanceId: string
}
interface Groups {
  readonly AutoScalingGroups: readonly [{ readonly Instances: readonly Member[] }]
}
interface Messages {
  readonly Messages?: readonly { readonly Body: string }[]
}

const role = 'arn:aws:iam::000000000000:role/notifier'
const hook = '--lifecycle-hook-name farewell --auto-scaling-group-name till'
const serving = { AutoScalingGroups: [{ Instances: [{ LifecycleState: 'InService' }] }] }
const first = ({ AutoScalingGroups: [group] }: Groups) => group.Instances[0]?.InstanceId
const token = ({ Messages = [] }: Messages) =>
  Messages.map(({ Body }) => JSON.parse(Body).LifecycleActionToken).find((found) => found !== undefined)
const received = { Messages: [{ Body: expect.stringMatching(/"LifecycleActionToken":"[0-9a-f-]{36}"/) }] }

export const hookExamples: readonly Example[] = [
  typed('aws sqs create-queue --queue-name guard', {
    keep: { QUEUE_URL: (it: { QueueUrl: string }) => it.QueueUrl },
  }),
  typed('aws sqs get-queue-attributes --queue-url $QUEUE_URL --attribute-names QueueArn', {
    keep: { QUEUE_ARN: (it: { Attributes: { QueueArn: string } }) => it.Attributes.QueueArn },
  }),
  typed(
    'aws autoscaling create-auto-scaling-group --auto-scaling-group-name till --launch-template LaunchTemplateName=shop --min-size 1 --max-size 3 --availability-zones eu-west-1a',
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names till', {
    until: serving,
    keep: { INSTANCE: first },
  }),
  typed('aws autoscaling describe-lifecycle-hook-types', {
    answer: {
      LifecycleHookTypes: ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'],
    },
  }),
  typed(
    `aws autoscaling put-lifecycle-hook ${hook} --lifecycle-transition autoscaling:EC2_INSTANCE_TERMINATING`,
  ),
  typed('aws autoscaling describe-lifecycle-hooks --auto-scaling-group-name till', {
    answer: {
      LifecycleHooks: [
        {
          LifecycleHookName: 'farewell',
          AutoScalingGroupName: 'till',
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          HeartbeatTimeout: 3600,
          GlobalTimeout: 172_800,
          DefaultResult: 'ABANDON',
        },
      ],
    },
  }),
  typed(
    `aws autoscaling put-lifecycle-hook ${hook} --heartbeat-timeout 120 --notification-target-arn $QUEUE_ARN --role-arn ${role}`,
  ),
  typed(
    'aws autoscaling describe-lifecycle-hooks --auto-scaling-group-name till --lifecycle-hook-names farewell',
    {
      answer: {
        LifecycleHooks: [
          {
            HeartbeatTimeout: 120,
            GlobalTimeout: 12_000,
            NotificationTargetARN: '$QUEUE_ARN',
            RoleARN: role,
          },
        ],
      },
    },
  ),
  typed('aws sqs receive-message --queue-url $QUEUE_URL', {
    answer: { Messages: [{ Body: expect.stringContaining('autoscaling:TEST_NOTIFICATION') }] },
  }),
  typed(
    'aws autoscaling terminate-instance-in-auto-scaling-group --instance-id $INSTANCE --no-should-decrement-desired-capacity',
    {
      answer: { Activity: { StatusCode: 'InProgress', AutoScalingGroupName: 'till' } },
    },
  ),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $INSTANCE', {
    until: { AutoScalingInstances: [{ LifecycleState: 'Terminating:Wait' }] },
  }),
  typed('aws sqs receive-message --queue-url $QUEUE_URL', { until: received, keep: { TOKEN: token } }),
  typed(`aws autoscaling record-lifecycle-action-heartbeat ${hook} --lifecycle-action-token $TOKEN`),
  typed(`aws autoscaling record-lifecycle-action-heartbeat ${hook} --instance-id $INSTANCE`),
  typed(
    `aws autoscaling complete-lifecycle-action ${hook} --lifecycle-action-result CONTINUE --lifecycle-action-token $TOKEN`,
  ),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $INSTANCE', {
    until: { AutoScalingInstances: [] },
  }),
  typed(
    `aws autoscaling complete-lifecycle-action ${hook} --lifecycle-action-result CONTINUE --lifecycle-action-token $TOKEN`,
    {
      refused: /\(ValidationError\).*No active Lifecycle Action found with token/,
    },
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names till', {
    until: serving,
    keep: { INSTANCE: first },
  }),
  // A refresh waits for whoever is protected.
  typed(
    'aws autoscaling set-instance-protection --instance-ids $INSTANCE --auto-scaling-group-name till --protected-from-scale-in',
  ),
  typed(
    'aws autoscaling start-instance-refresh --auto-scaling-group-name till --preferences file://preferences.json',
    {
      files: { 'preferences.json': { MinHealthyPercentage: 50, InstanceWarmup: 120 } },
      keep: { REFRESH: (it: { InstanceRefreshId: string }) => it.InstanceRefreshId },
    },
  ),
  typed(
    'aws autoscaling describe-instance-refreshes --auto-scaling-group-name till --instance-refresh-ids $REFRESH',
    {
      answer: {
        InstanceRefreshes: [
          {
            InstanceRefreshId: '$REFRESH',
            AutoScalingGroupName: 'till',
            Preferences: { MinHealthyPercentage: 50, InstanceWarmup: 120 },
          },
        ],
      },
    },
  ),
  typed('aws autoscaling cancel-instance-refresh --auto-scaling-group-name till', {
    answer: { InstanceRefreshId: '$REFRESH' },
  }),
  typed('aws autoscaling describe-instance-refreshes --auto-scaling-group-name till --max-records 1', {
    answer: { InstanceRefreshes: [{ Status: 'Cancelled' }] },
  }),
  typed(`aws autoscaling delete-lifecycle-hook ${hook}`),
  typed('aws autoscaling describe-lifecycle-hooks --auto-scaling-group-name till', {
    answer: { LifecycleHooks: [] },
  }),
  typed('aws autoscaling delete-auto-scaling-group --auto-scaling-group-name till', {
    refused: /\(ResourceInUse\)/,
  }),
  typed('aws autoscaling delete-auto-scaling-group --auto-scaling-group-name till --force-delete'),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names till', {
    until: { AutoScalingGroups: [] },
  }),
]
