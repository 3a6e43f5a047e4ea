/** What the checks are given. Each fact is an answer, or why there is none. Times are epoch milliseconds. */
import type { AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling'
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { Instance } from '@aws-sdk/client-ec2'
import type { LifecycleRule, ServerSideEncryptionRule } from '@aws-sdk/client-s3'
import type { Asked } from '../../aws/ask.ts'
import type { DocumentKind } from '../../flush/document.ts'
import type { EnrolmentEvent } from '../../journal/journal.ts'
import type { Policy } from '../../policy.ts'
import type { Crash } from '../deployment.ts'

export interface AgentFacts {
  readonly ping: string
  readonly version: string
}

/** What the role of an instance may do, action by action. */
export type Rights = ReadonlyMap<string, 'allowed' | 'denied'>

export interface InstanceFacts {
  readonly instanceId: string
  readonly lifecycleState: string
  /** What EC2 says; `undefined`: it does not know the machine. */
  readonly machine: Asked<Instance | undefined>
  /** `undefined`: SSM knows no agent there. */
  readonly agent: Asked<AgentFacts | undefined>
  readonly isProtected: Asked<boolean>
  /** `undefined`: it has no role. */
  readonly rights: Asked<Rights | undefined>
  /** The newest object under its prefix; `undefined`: there is none. */
  readonly newestObjectAt: Asked<number | undefined>
}

export interface GroupFacts {
  readonly now: number
  readonly policy: Policy
  readonly groupName: string
  readonly group: Asked<AutoScalingGroup>
  /** Of each target group, how long it lets an instance drain, in seconds; `undefined`: it does not tell. */
  readonly drainingSeconds: ReadonlyMap<string, Asked<number | undefined>>
  readonly hook: Asked<LifecycleHook | undefined>
  /** The role that Auto Scaling takes to notify; only the functions that enrol are told. */
  readonly notifierRoleArn: string | undefined
  readonly instances: readonly InstanceFacts[]
}

/** When the journal last tells of something; `undefined`: it does not. */
export interface Heard {
  readonly sweepAt: number | undefined
  readonly auditAt: number | undefined
  readonly notificationAt: number | undefined
  /** The newest word on which groups are guarded and which are not. */
  readonly enrolment: EnrolmentEvent | undefined
}

export interface FunctionFacts {
  readonly name: string
  readonly state: Asked<string>
  /** How much of IAM's limits the policies of its role take. */
  readonly rolePolicies: Asked<{ readonly inlineCharacters: number; readonly managed: number }>
}

export interface DocumentFacts {
  readonly name: string
  readonly kind: DocumentKind
  /** What it takes, as it is deployed; `undefined`: there is none. */
  readonly parameters: Asked<readonly string[] | undefined>
}

export interface AlarmFacts {
  readonly alarms: readonly Pick<MetricAlarm, 'AlarmName' | 'ActionsEnabled' | 'AlarmActions'>[]
  /** By topic: how many have confirmed that they want to be told. */
  readonly subscribers: ReadonlyMap<string, Asked<number>>
}

export interface DeploymentFacts {
  readonly now: number
  readonly name: string
  readonly policy: Policy
  /** The queue's policy, as JSON; `undefined`: it has none. */
  readonly queuePolicy: Asked<string | undefined>
  readonly notifierRoleArn: string | undefined
  readonly deadLetters: Asked<number>
  readonly documents: readonly DocumentFacts[]
  readonly versioning: Asked<string | undefined>
  readonly encryption: Asked<readonly ServerSideEncryptionRule[]>
  readonly lifecycle: Asked<readonly LifecycleRule[]>
  /** As JSON; `undefined`: it has none. */
  readonly bucketPolicy: Asked<string | undefined>
  readonly heard: Asked<Heard>
  readonly functions: readonly FunctionFacts[]
  /** Those of the last hour. */
  readonly crashes: Asked<readonly Crash[]>
  readonly alarms: Asked<AlarmFacts>
}
