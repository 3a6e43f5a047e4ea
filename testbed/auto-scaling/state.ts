import type {
  Activity,
  AutoScalingGroup,
  RefreshPreferences,
  TagDescription,
} from '@aws-sdk/client-auto-scaling'
import type { Effect } from './effects.ts'
import type { RetentionRule, Snapshot, StorageStep, Volume } from './storage-state.ts'
import { realTimings, type Timings } from './timings.ts'

/** What a new id is for, so that the caller can give each kind its shape. */
export type IdKind = 'instance' | 'token' | 'activity' | 'request' | 'event' | 'volume' | 'snapshot' | 'rule'

export interface AutoScalingOptions {
  readonly region: string
  readonly accountId: string
  /** Must not repeat itself; deterministic wherever the caller needs that. */
  readonly newId: (kind: IdKind) => string
  readonly timings?: Partial<Timings>
  /** Whether Auto Scaling could send the test notification to this target; when not, PutLifecycleHook fails. */
  readonly canNotify?: (targetArn: string) => boolean
  /**
   * Whether DeleteAutoScalingGroup with ForceDelete runs terminate hooks: so it was recorded on AWS, against the user guide, which says
   * that nothing is waited for. By default as recorded.
   */
  readonly forceDeleteRunsHooks?: boolean
}

export interface Hook {
  readonly name: string
  readonly transition: string
  readonly heartbeatTimeout: number
  readonly defaultResult: Result
  readonly targetArn: string | undefined
  readonly roleArn: string | undefined
  readonly metadata: string | undefined
}

export type Result = 'CONTINUE' | 'ABANDON'

/** One hook waiting for one instance. */
export interface Action {
  readonly token: string
  readonly hookName: string
  readonly startedAt: number
  /** min(48 h, 100 × heartbeat timeout) after the start. */
  readonly globalDueAt: number
  heartbeatDueAt: number
}

/** Why an instance leaves service. All of them pause at terminate hooks. */
export type DepartureKind = 'terminate' | 'return-to-warm-pool' | 'terminate-warmed' | 'replace-root-volume'

/** One instance leaving service: from the decision until it is gone, kept, or back. */
export interface Departure {
  readonly kind: DepartureKind
  readonly activity: Activity
  actions: Action[]
  /** Why the instance may be kept: an ABANDON, or a timeout that counts as one. */
  abandonedBecause: string | undefined
}

/** One instance on its way into service, held by launch hooks. */
export interface Arrival {
  actions: Action[]
}

/** What an instance does next by itself, and when. */
export interface Step {
  readonly at: number
  readonly what: 'in-service' | 'launch-abandoned' | 'replace-unhealthy' | 'drained' | 'proceeded'
}

export interface MachineStep {
  readonly at: number
  readonly what: 'terminated' | 'stopped' | 'started' | 'notice' | 'forget'
}

/** One EC2 instance, as EC2 and Auto Scaling see it. */
export interface Instance {
  readonly id: string
  /** Empty once it is detached. */
  groupName: string
  /** As EC2 shows them. */
  readonly tags: Map<string, string>
  readonly availabilityZone: string
  readonly launchedAt: number
  /** Attached, or on their way; the root volume is the first. */
  volumes: Volume[]
  launchActivity: Activity
  lifecycleState: string
  health: 'Healthy' | 'Unhealthy'
  machine: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'
  /** It has rested in the warm pool, and not served since. */
  isPrepared: boolean
  /** Whether the group still has it. */
  member: boolean
  /** EC2's DisableApiTermination. */
  terminationProtection: boolean
  scaleInProtection: boolean
  arrival: Arrival | undefined
  departure: Departure | undefined
  step: Step | undefined
  machineStep: MachineStep | undefined
  /** Since when it is to be off: EC2 tells when that was asked for, not when it was done. */
  offSince: number | undefined
}

export interface Group {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  minSize: number
  maxSize: number
  desiredCapacity: number
  /** The instance lifecycle policy's TerminateHookAbandon is `retain`. */
  retains: boolean
  warmPool: WarmPool | undefined
  /** What is stored and answered but changes nothing here, in the API's own shape. */
  settings: Partial<AutoScalingGroup>
  readonly tags: Map<string, TagDescription>
  readonly hooks: Map<string, Hook>
  /** Processes that a person has suspended, and since when. */
  readonly suspended: Map<ScalingProcess, number>
  /** Newest first. */
  readonly refreshes: Refresh[]
  /** It goes with its last instance. */
  isDeleting: boolean
  /** In the order they were launched. */
  instances: Instance[]
  /** Oldest first. */
  readonly activities: Activity[]
}

export interface WarmPool {
  readonly minSize: number
  /** How many the group may have, the pool's among them; `undefined` = its maximum. */
  readonly maxPrepared: number | undefined
  readonly poolState: 'Stopped' | 'Running' | 'Hibernated'
  /** Scale-in returns instances to it. */
  readonly reuses: boolean
  /** It goes with its last instance. */
  isDeleting: boolean
}

export type ScalingProcess =
  | 'Launch'
  | 'Terminate'
  | 'AddToLoadBalancer'
  | 'AlarmNotification'
  | 'AZRebalance'
  | 'HealthCheck'
  | 'InstanceRefresh'
  | 'ReplaceUnhealthy'
  | 'ScheduledActions'

export interface Refresh {
  readonly id: string
  readonly strategy: 'Rolling' | 'ReplaceRootVolume'
  readonly preferences: RefreshPreferences
  readonly startedAt: number
  /** Instances whose turn is still to come. */
  readonly remaining: Set<string>
  total: number
  status: 'InProgress' | 'Successful' | 'Cancelled'
  endedAt: number | undefined
}

/** Everything there is. */
export interface World {
  readonly options: Omit<AutoScalingOptions, 'timings'>
  readonly timings: Timings
  readonly groups: Map<string, Group>
  /** Every instance EC2 still shows. */
  readonly instances: Map<string, Instance>
  /** Groups with an instance refresh under way. */
  readonly refreshing: Set<Group>
  /** Those in the Recycle Bin, too. */
  readonly volumes: Map<string, Volume>
  readonly snapshots: Map<string, Snapshot>
  /** What was made with a client token, and what was asked for. */
  readonly volumesByToken: Map<string, { readonly asked: string; readonly volume: Volume }>
  readonly retentionRules: Map<string, RetentionRule>
  /** Of the volumes and snapshots that change, which are few. */
  readonly storageSteps: Set<StorageStep>
  effects: Effect[]
}

/** An account in which nothing has happened yet. */
export function newWorld({ timings, ...options }: AutoScalingOptions): World {
  return {
    options,
    timings: { ...realTimings, ...timings },
    groups: new Map(),
    instances: new Map(),
    refreshing: new Set(),
    volumes: new Map(),
    snapshots: new Map(),
    volumesByToken: new Map(),
    retentionRules: new Map(),
    storageSteps: new Set(),
    effects: [],
  }
}
