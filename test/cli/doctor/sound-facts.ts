/** A deployment and a group where everything holds; each test names only what differs. */
import type { AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling'
import type { Instance } from '@aws-sdk/client-ec2'
import type { Asked } from '../../../src/aws/ask.ts'
import type {
  DeploymentFacts,
  DocumentFacts,
  GroupFacts,
  InstanceFacts,
} from '../../../src/cli/doctor/facts.ts'
import type { EnrolmentEvent } from '../../../src/journal/journal.ts'
import { action, MINUTE, policy, START } from '../../termination/observations.ts'

export const told = <Answer>(answer: Answer): Asked<Answer> => ({ is: 'answered', answer })
export const denied = { is: 'refused', why: 'AccessDenied' } as const
const ROLE = 'arn:aws:iam::111122223333:role/notifier'
export const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1'
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alarms'

export const enrolment: EnrolmentEvent = {
  ...{ event: 'enrolment', trigger: 'sweep', guarded: [action.groupName], enrolled: [] },
  ...{ changed: [], refused: [], differs: [], missing: [] },
}

export const hook: LifecycleHook = {
  LifecycleHookName: action.hookName,
  AutoScalingGroupName: action.groupName,
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:termination-guard',
  RoleARN: ROLE,
  HeartbeatTimeout: 3600,
  DefaultResult: 'ABANDON',
}

export const machine: Instance = {
  ...{ RootDeviceType: 'ebs', RootDeviceName: '/dev/xvda', LaunchTime: new Date(START) },
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0123456789abcdef0' } }],
}

export const sound: InstanceFacts = {
  instanceId: action.instanceId,
  lifecycleState: 'InService',
  machine: told(machine),
  agent: told({ ping: 'Online', version: '3.3.2746.0' }),
  isProtected: told(true),
  rights: told(
    new Map([
      ['s3:PutObject', 'allowed'],
      ['s3:DeleteObject', 'denied'],
      ['s3:DeleteObjectVersion', 'denied'],
      ['ssm:UpdateInstanceInformation', 'allowed'],
      ['autoscaling:CompleteLifecycleAction', 'denied'],
    ] as const),
  ),
  newestObjectAt: told(START + MINUTE),
}

export const group = {
  InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
  TargetGroupARNs: [TARGET_GROUP],
} as AutoScalingGroup

export function groupFacts(
  changes: Partial<GroupFacts> = {},
  instance: Partial<InstanceFacts> = {},
): GroupFacts {
  return {
    now: START + 2 * MINUTE,
    policy,
    groupName: action.groupName,
    group: told(group),
    hook: told(hook),
    notifierRoleArn: ROLE,
    drainingSeconds: new Map([[TARGET_GROUP, told(300)]]),
    instances: [{ ...sound, ...instance }],
    ...changes,
  }
}

export const lockedQueue = JSON.stringify({
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      ...{ Sid: 'NobodyElse', Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage' },
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': ROLE } },
    },
  ],
})

const TAKEN =
  'InstanceId Region Purpose Bucket Prefix Upload ManifestPrefix Encryption ExecutionTimeout'.split(' ')
export const flushDocument: DocumentFacts = {
  name: 'termination-guard',
  kind: 'flush',
  parameters: told(TAKEN),
}
export const salvageDocument: DocumentFacts = {
  ...{
    name: 'termination-guard-salvage',
    kind: 'salvage',
    parameters: told([...TAKEN, 'Disk', 'OtherVolumes']),
  },
}

export function deploymentFacts(changes: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    now: START + 10 * MINUTE,
    name: 'termination-guard',
    policy,
    queuePolicy: told(lockedQueue),
    notifierRoleArn: ROLE,
    deadLetters: told(0),
    documents: [flushDocument, salvageDocument],
    versioning: told('Enabled'),
    encryption: told([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]),
    lifecycle: told([]),
    bucketPolicy: told(undefined),
    heard: told({ sweepAt: START + 6 * MINUTE, auditAt: START, notificationAt: START, enrolment }),
    functions: [
      {
        name: 'termination-guard-sweep',
        state: told('Active'),
        rolePolicies: told({ inlineCharacters: 4000, managed: 0 }),
      },
    ],
    crashes: told([]),
    alarms: told({
      alarms: [{ AlarmName: 'a', ActionsEnabled: true, AlarmActions: [TOPIC] }],
      subscribers: new Map([[TOPIC, told(1)]]),
    }),
    ...changes,
  }
}

export const TOPICS = { TOPIC }
