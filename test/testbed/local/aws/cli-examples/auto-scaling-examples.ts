/** Auto Scaling: groups and their tags, hooks, instances on their way in and out. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

const subnets = 'subnet-0a1b2c3d,subnet-4e5f6a7b'
const targets = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/shop/0123456789abcdef'
const role = 'arn:aws:iam::000000000000:role/notifier'

interface Groups {
  readonly AutoScalingGroups: readonly [{ readonly Instances: readonly { readonly InstanceId: string }[] }]
}
interface Queue {
  readonly QueueUrl: string
}
interface Activities {
  readonly Activities: readonly [{ readonly ActivityId: string }]
}
interface Token {
  readonly NextToken?: string
}
const instanceAt = (place: number) => (answer: Groups) =>
  answer.AutoScalingGroups[0].Instances[place]?.InstanceId
const nextToken = ({ NextToken }: Token) => NextToken
const group = (name: string, fields: object) => ({
  AutoScalingGroups: [{ AutoScalingGroupName: name, ...fields }],
})
const serving = (count: number) =>
  group('shop', { Instances: Array.from({ length: count }, () => ({ LifecycleState: 'InService' })) })
const stands = (LifecycleState: string) => ({ AutoScalingInstances: [{ LifecycleState }] })

const hooked = {
  AutoScalingGroupName: 'shop-hooked',
  LaunchTemplate: { LaunchTemplateId: 'lt-0aa11bb22cc33dd44' },
  LifecycleHookSpecificationList: [
    {
      LifecycleHookName: 'greet',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      NotificationTargetARN: '$QUEUE_ARN',
      RoleARN: role,
      NotificationMetadata: 'for the till',
      HeartbeatTimeout: 1200,
      DefaultResult: 'ABANDON',
    },
    {
      LifecycleHookName: 'farewell',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: 90,
      DefaultResult: 'CONTINUE',
    },
  ],
  MinSize: 0,
  MaxSize: 5,
  TargetGroupARNs: [targets],
  VPCZoneIdentifier: subnets,
  Tags: [
    {
      ResourceType: 'auto-scaling-group',
      ResourceId: 'shop-hooked',
      PropagateAtLaunch: true,
      Key: 'stage',
      Value: 'trial',
    },
  ],
}

const mixed = {
  AutoScalingGroupName: 'shop-batch',
  CapacityRebalance: true,
  MixedInstancesPolicy: {
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateName: 'shop', Version: '$Latest' },
      Overrides: [
        {
          InstanceType: 'm7g.large',
          LaunchTemplateSpecification: { LaunchTemplateName: 'shop-arm', Version: '$Latest' },
        },
        { InstanceType: 'm7i.large' },
      ],
    },
    InstancesDistribution: {
      OnDemandPercentageAboveBaseCapacity: 25,
      SpotAllocationStrategy: 'capacity-optimized',
    },
  },
}

const groups: readonly Example[] = [
  typed('aws sqs create-queue --queue-name guard', {
    keep: { QUEUE_URL: ({ QueueUrl }: Queue) => QueueUrl },
  }),
  typed('aws sqs get-queue-attributes --queue-url $QUEUE_URL --attribute-names QueueArn', {
    keep: {
      QUEUE_ARN: ({ Attributes }: { readonly Attributes: { readonly QueueArn: string } }) =>
        Attributes.QueueArn,
    },
  }),
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop --launch-template LaunchTemplateId=lt-0aa11bb22cc33dd44 --min-size 1 --max-size 5 --vpc-zone-identifier "${subnets}"`,
  ),
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop-front --launch-template LaunchTemplateId=lt-0aa11bb22cc33dd44 --target-group-arns ${targets} --health-check-type ELB --health-check-grace-period 300 --min-size 0 --max-size 2 --vpc-zone-identifier "${subnets}"`,
  ),
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop-batch --launch-template LaunchTemplateId=lt-0aa11bb22cc33dd44,Version='$Latest' --min-size 0 --max-size 4 --desired-capacity 1 --placement-group shop-rack --vpc-zone-identifier "subnet-4e5f6a7b"`,
  ),
  typed(
    "aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop-alone --launch-template LaunchTemplateName=shop,Version='1' --min-size 0 --max-size 1 --availability-zones eu-west-1b",
  ),
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop-old --launch-configuration-name shop-lc --min-size 0 --max-size 3 --termination-policies "OldestInstance" --tags "ResourceId=shop-old,ResourceType=auto-scaling-group,Key=Tier,Value=Till,PropagateAtLaunch=true" --vpc-zone-identifier "${subnets}"`,
  ),
  typed('aws autoscaling create-auto-scaling-group --cli-input-json file://group.json', {
    files: { 'group.json': hooked },
  }),
  typed(
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name shop-chosen --launch-template LaunchTemplateName=shop --min-size 0 --max-size 5 --termination-policies "arn:aws:lambda:eu-west-1:000000000000:function:Choose:live" --vpc-zone-identifier "${subnets}"`,
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names shop', {
    until: serving(1),
    answer: group('shop', {
      MinSize: 1,
      MaxSize: 5,
      DesiredCapacity: 1,
      VPCZoneIdentifier: subnets,
      LoadBalancerNames: [],
      TargetGroupARNs: [],
      TerminationPolicies: ['Default'],
      NewInstancesProtectedFromScaleIn: false,
    }),
    keep: { INSTANCE: instanceAt(0) },
  }),
  typed(
    'aws autoscaling describe-auto-scaling-groups --max-items 10 --auto-scaling-group-names "shop-front" "shop-batch"',
    {
      answer: {
        AutoScalingGroups: [
          { TargetGroupARNs: [targets], HealthCheckType: 'ELB', HealthCheckGracePeriod: 300 },
          { PlacementGroup: 'shop-rack', LaunchTemplate: { Version: '$Latest' } },
        ],
      },
    },
  ),
  typed('aws autoscaling describe-auto-scaling-groups --max-items 20 --region us-west-2'),
  typed('aws autoscaling describe-auto-scaling-groups --max-items 1', { keep: { TOKEN: nextToken } }),
  typed('aws autoscaling describe-auto-scaling-groups --starting-token $TOKEN', {
    answer: {
      AutoScalingGroups: [
        'shop-front',
        'shop-batch',
        'shop-alone',
        'shop-old',
        'shop-hooked',
        'shop-chosen',
      ].map((name) => ({ AutoScalingGroupName: name })),
    },
  }),
  typed(
    "aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[?LaunchConfigurationName!=`null`]'",
    {
      answer: [{ AutoScalingGroupName: 'shop-old', TerminationPolicies: ['OldestInstance'] }],
    },
  ),
  typed('aws autoscaling update-auto-scaling-group --auto-scaling-group-name shop --min-size 2 --max-size 8'),
  typed(
    `aws autoscaling update-auto-scaling-group --auto-scaling-group-name shop-old --health-check-type ELB --health-check-grace-period 300 --vpc-zone-identifier "${subnets}"`,
  ),
  typed(
    'aws autoscaling update-auto-scaling-group --auto-scaling-group-name shop-old --placement-group shop-rack --termination-policies "NewestInstance"',
  ),
  typed(
    "aws autoscaling update-auto-scaling-group --auto-scaling-group-name shop-front --launch-template LaunchTemplateId=lt-0aa11bb22cc33dd44,Version='$Latest'",
  ),
  typed(
    "aws autoscaling update-auto-scaling-group --auto-scaling-group-name shop-alone --launch-template LaunchTemplateName=shop,Version='2'",
  ),
  typed('aws autoscaling update-auto-scaling-group --cli-input-json file://mixed.json', {
    files: { 'mixed.json': mixed },
  }),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names shop-batch', {
    answer: group('shop-batch', mixed),
  }),
]

const tags: readonly Example[] = [
  typed(
    'aws autoscaling create-or-update-tags --tags ResourceId=shop,ResourceType=auto-scaling-group,Key=Tier,Value=Till,PropagateAtLaunch=true ResourceId=shop,ResourceType=auto-scaling-group,Key=Team,Value=Sales,PropagateAtLaunch=true',
  ),
  typed('aws autoscaling describe-tags', {
    answer: {
      Tags: ['Tier', 'Team', 'Tier', 'stage'].map((Key) => ({ Key, ResourceType: 'auto-scaling-group' })),
    },
  }),
  typed('aws autoscaling describe-tags --filters Name=auto-scaling-group,Values=shop', {
    answer: {
      Tags: [{ Key: 'Tier', Value: 'Till', ResourceId: 'shop', PropagateAtLaunch: true }, { Key: 'Team' }],
    },
  }),
  typed('aws autoscaling describe-tags --filters Name=auto-scaling-group,Values=shop --max-items 1', {
    keep: { TOKEN: nextToken },
  }),
  typed(
    'aws autoscaling describe-tags --filters Name=auto-scaling-group,Values=shop --starting-token $TOKEN',
    {
      answer: { Tags: [{ Key: 'Team', Value: 'Sales' }] },
    },
  ),
  typed(
    'aws autoscaling delete-tags --tags ResourceId=shop,ResourceType=auto-scaling-group,Key=Team,Value=Sales',
  ),
]

const instances: readonly Example[] = [
  typed(
    'aws autoscaling set-desired-capacity --auto-scaling-group-name shop --desired-capacity 3 --honor-cooldown',
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names shop', {
    until: serving(3),
    keep: { INSTANCE: instanceAt(0), SECOND: instanceAt(1) },
  }),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $INSTANCE', {
    answer: {
      AutoScalingInstances: [
        {
          InstanceId: '$INSTANCE',
          AutoScalingGroupName: 'shop',
          LifecycleState: 'InService',
          HealthStatus: 'HEALTHY',
          LaunchTemplate: { LaunchTemplateId: 'lt-0aa11bb22cc33dd44' },
          ProtectedFromScaleIn: false,
        },
      ],
    },
  }),
  typed('aws autoscaling describe-auto-scaling-instances --max-items 1', { keep: { TOKEN: nextToken } }),
  typed('aws autoscaling describe-auto-scaling-instances --starting-token $TOKEN', {
    answer: { AutoScalingInstances: [{}, {}, {}] },
  }),
  typed(
    "aws autoscaling describe-auto-scaling-instances --query 'AutoScalingInstances[?LaunchConfigurationName!=`null`]'",
    { answer: [] },
  ),
  typed(
    'aws autoscaling set-instance-protection --instance-ids $INSTANCE --auto-scaling-group-name shop --protected-from-scale-in',
  ),
  typed(
    'aws autoscaling set-instance-protection --instance-ids $INSTANCE --auto-scaling-group-name shop --no-protected-from-scale-in',
  ),
  typed(
    'aws autoscaling enter-standby --instance-ids $INSTANCE --auto-scaling-group-name shop --should-decrement-desired-capacity',
    {
      answer: { Activities: [{ AutoScalingGroupName: 'shop', StatusCode: 'InProgress' }] },
    },
  ),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $INSTANCE', {
    until: stands('Standby'),
  }),
  typed('aws autoscaling exit-standby --instance-ids $INSTANCE --auto-scaling-group-name shop', {
    answer: { Activities: [{ StatusCode: 'PreInService' }] },
  }),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $INSTANCE', {
    until: stands('InService'),
  }),
  typed(
    'aws autoscaling detach-instances --instance-ids $SECOND --auto-scaling-group-name shop --should-decrement-desired-capacity',
    {
      answer: { Activities: [{ StatusCode: 'InProgress' }] },
    },
  ),
  typed('aws autoscaling describe-auto-scaling-instances --instance-ids $SECOND', {
    until: { AutoScalingInstances: [] },
  }),
  typed('aws autoscaling attach-instances --instance-ids $SECOND --auto-scaling-group-name shop'),
  typed(
    'aws autoscaling suspend-processes --auto-scaling-group-name shop --scaling-processes AlarmNotification',
  ),
  typed(
    'aws autoscaling resume-processes --auto-scaling-group-name shop --scaling-processes AlarmNotification',
  ),
  typed('aws autoscaling set-instance-health --instance-id $SECOND --health-status Unhealthy'),
  typed(
    'aws autoscaling terminate-instance-in-auto-scaling-group --instance-id $INSTANCE --no-should-decrement-desired-capacity',
    {
      answer: { Activity: { StatusCode: 'InProgress', AutoScalingGroupName: 'shop' } },
    },
  ),
  typed('aws autoscaling describe-scaling-activities --auto-scaling-group-name shop --max-items 1', {
    answer: {
      Activities: [
        {
          AutoScalingGroupName: 'shop',
          Progress: expect.any(Number),
          Description: expect.stringMatching(/^(Launching a new|Terminating) EC2 instance: i-/),
        },
      ],
    },
    keep: { ACTIVITY: ({ Activities: [activity] }: Activities) => activity.ActivityId },
  }),
  typed('aws autoscaling describe-scaling-activities --activity-ids $ACTIVITY', {
    answer: { Activities: [{ ActivityId: '$ACTIVITY' }] },
  }),
]

export const autoScalingExamples: readonly Example[] = [...groups, ...tags, ...instances]
