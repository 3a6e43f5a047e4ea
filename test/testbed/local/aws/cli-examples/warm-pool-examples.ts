/** Auto Scaling: a warm pool, from its first instance to its end. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

const group = '--auto-scaling-group-name bakery'
const pool = (...states: string[]) => ({
  Instances: states.map((LifecycleState) => ({ LifecycleState, InstanceId: expect.stringMatching(/^i-/) })),
})

export const warmPoolExamples: readonly Example[] = [
  typed(
    `aws autoscaling create-auto-scaling-group ${group} --launch-template LaunchTemplateName=shop --min-size 0 --max-size 3 --desired-capacity 1`,
  ),
  typed(`aws autoscaling describe-warm-pool ${group}`, { answer: { Instances: [] } }),
  typed(
    `aws autoscaling put-warm-pool ${group} --pool-state Stopped --max-group-prepared-capacity 2 --instance-reuse-policy ReuseOnScaleIn=true`,
  ),
  typed(`aws autoscaling describe-warm-pool ${group}`, {
    answer: {
      WarmPoolConfiguration: {
        ...{ MaxGroupPreparedCapacity: 2, MinSize: 0, PoolState: 'Stopped' },
        InstanceReusePolicy: { ReuseOnScaleIn: true },
      },
    },
    until: pool('Warmed:Stopped'),
    keep: { SPARE: (it: { Instances: readonly [{ InstanceId: string }] }) => it.Instances[0].InstanceId },
  }),
  typed('aws ec2 start-instances --instance-ids $SPARE', {
    answer: {
      StartingInstances: [
        {
          InstanceId: '$SPARE',
          ...{ CurrentState: { Name: 'pending' }, PreviousState: { Name: 'stopped' } },
        },
      ],
    },
  }),
  typed('aws ec2 start-instances --instance-ids $SPARE', { refused: /\(IncorrectInstanceState\)/ }),
  typed('aws ec2 describe-instances --instance-ids $SPARE', {
    until: { Reservations: [{ Instances: [{ State: { Name: 'running' } }] }] },
  }),
  typed('aws ec2 stop-instances --instance-ids $SPARE', {
    answer: {
      StoppingInstances: [{ CurrentState: { Name: 'stopping' }, PreviousState: { Name: 'running' } }],
    },
  }),
  typed('aws ec2 describe-instances --instance-ids $SPARE', {
    until: { Reservations: [{ Instances: [{ State: { Name: 'stopped' } }] }] },
  }),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names bakery', {
    until: { AutoScalingGroups: [{ WarmPoolSize: 1, Instances: [{ LifecycleState: 'InService' }] }] },
  }),
  typed(`aws autoscaling set-desired-capacity ${group} --desired-capacity 0`),
  typed(`aws autoscaling describe-warm-pool ${group}`, { until: pool('Warmed:Stopped', 'Warmed:Stopped') }),
  typed(`aws autoscaling put-warm-pool ${group} --pool-state Frozen`, {
    refused: /ValidationError|Invalid choice/i,
  }),
  typed(`aws autoscaling delete-warm-pool ${group}`, { refused: /\(ResourceInUse\)/ }),
  typed(`aws autoscaling delete-warm-pool ${group} --force-delete`),
  typed(`aws autoscaling describe-warm-pool ${group}`, { until: pool() }),
]
