/** EC2, what load balancing says of its instances, and who is asking. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

interface Groups {
  readonly AutoScalingGroups: readonly [{ readonly Instances: readonly { readonly InstanceId: string }[] }]
}

const targets = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/front/0123456789abcdef'
const serving = { AutoScalingGroups: [{ Instances: [{ LifecycleState: 'InService' }] }] }
const stateOf = (InstanceId: string, State: object) => ({
  Reservations: [{ Instances: [{ InstanceId, State }] }],
})

export const ec2Examples: readonly Example[] = [
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name front --launch-template LaunchTemplateName=shop --min-size 1 --max-size 1 --target-group-arns ${targets} --tags Key=Stage,Value=trial,PropagateAtLaunch=true --availability-zones eu-west-1a`,
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names front', {
    until: serving,
    keep: { INSTANCE: ({ AutoScalingGroups: [group] }: Groups) => group.Instances[0]?.InstanceId },
  }),
  typed('aws ec2 describe-instances --instance-ids $INSTANCE', {
    answer: stateOf('$INSTANCE', { Code: 16, Name: 'running' }),
  }),
  typed(
    'aws ec2 describe-instances --filters Name=instance-type,Values=t3.micro Name=availability-zone,Values=eu-west-1a,eu-west-1b',
    {
      answer: stateOf('$INSTANCE', { Name: 'running' }),
    },
  ),
  typed(
    'aws ec2 describe-instances --filters "Name=instance-type,Values=m5.large" --query "Reservations[*].Instances[*].[InstanceId]"',
    { answer: [] },
  ),
  typed(
    "aws ec2 describe-instances --filters Name=tag-key,Values=Stage --query 'Reservations[*].Instances[*].{Instance:InstanceId,AZ:Placement.AvailabilityZone,Stage:Tags[?Key==`Stage`]|[0].Value}'",
    {
      answer: [[{ Instance: '$INSTANCE', AZ: 'eu-west-1a', Stage: 'trial' }]],
    },
  ),
  typed(
    'aws ec2 describe-instances --filters "Name=tag:Stage,Values=trial" --query "Reservations[].Instances[].InstanceId" --output text',
    { prints: /^i-[0-9a-f]{17}\n$/ },
  ),
  typed(
    'aws ec2 describe-instances --filters "Name=tag:Stage,Values=tr*" Name=instance-state-name,Values=running',
    { answer: stateOf('$INSTANCE', { Name: 'running' }) },
  ),
  typed('aws ec2 describe-instances --instance-ids i-00000000000000000', {
    refused: /\(InvalidInstanceID.NotFound\)/,
  }),
  typed(`aws elbv2 describe-target-health --target-group-arn ${targets}`, {
    answer: {
      TargetHealthDescriptions: [
        { Target: { Id: '$INSTANCE', Port: 80 }, TargetHealth: { State: 'healthy' } },
      ],
    },
  }),
  typed(`aws elbv2 describe-target-health --target-group-arn ${targets} --targets Id=$INSTANCE,Port=80`, {
    answer: { TargetHealthDescriptions: [{ Target: { Id: '$INSTANCE' } }] },
  }),
  typed(
    `aws elbv2 describe-target-health --target-group-arn ${targets} --targets Id=i-00000000000000000,Port=80`,
    {
      answer: {
        TargetHealthDescriptions: [
          {
            Target: { Id: 'i-00000000000000000' },
            TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' },
          },
        ],
      },
    },
  ),
  typed(
    'aws elbv2 describe-target-health --target-group-arn arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/none/1',
    { refused: /\(TargetGroupNotFound\)/ },
  ),
  typed('aws ec2 create-tags --resources $INSTANCE --tags "Key=webserver,Value=" "Key=Team,Value=Sales"'),
  typed('aws ec2 describe-instances --filters Name=tag:Team,Values=Sales Name=tag-key,Values=webserver', {
    answer: stateOf('$INSTANCE', { Name: 'running' }),
  }),
  typed('aws ec2 create-tags --resources i-00000000000000000 --tags Key=Team,Value=Sales', {
    refused: /\(InvalidInstanceID.NotFound\)/,
  }),
  typed('aws ec2 get-console-output --instance-id $INSTANCE', {
    answer: { InstanceId: '$INSTANCE', Output: expect.stringContaining('login: ') },
  }),
  typed('aws ec2 reboot-instances --instance-ids $INSTANCE'),
  typed('aws ec2 modify-instance-attribute --instance-id $INSTANCE --disable-api-termination'),
  typed('aws ec2 terminate-instances --instance-ids $INSTANCE', { refused: /\(OperationNotPermitted\)/ }),
  typed('aws ec2 modify-instance-attribute --instance-id $INSTANCE --no-disable-api-termination'),
  typed('aws ec2 terminate-instances --instance-ids $INSTANCE', {
    answer: {
      TerminatingInstances: [
        {
          InstanceId: '$INSTANCE',
          CurrentState: { Code: 32, Name: 'shutting-down' },
          PreviousState: { Code: 16, Name: 'running' },
        },
      ],
    },
  }),
  typed('aws ec2 describe-instances --instance-ids $INSTANCE', {
    until: stateOf('$INSTANCE', { Code: 48, Name: 'terminated' }),
  }),
  typed('aws sts get-caller-identity', {
    answer: { Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' },
  }),
]
