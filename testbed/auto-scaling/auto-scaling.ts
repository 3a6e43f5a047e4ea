/**
 * The one model of how Auto Scaling treats a lifecycle action (and of the EC2 instances below it). Pure and synchronous:
 * time comes in with every call, ids come from a function, and whatever must be done outside comes out as effects. The
 * local AWS runs it in real time behind the wire protocols, the simulator in virtual time below `AwsApi`.
 */
import { completeLifecycleAction, recordLifecycleActionHeartbeat } from './actions.ts'
import { describeScalingActivities } from './activities.ts'
import { applyDue, nextDueAt } from './agenda.ts'
import { attachInstances, detachInstances } from './attachments.ts'
import { machineFailed, machineStarted } from './capacity.ts'
import { depart } from './departures.ts'
import { ec2Operations, namesakes, recycleBinOperations } from './ec2-operations.ts'
import type { Effect } from './effects.ts'
import {
  createAutoScalingGroup,
  deleteAutoScalingGroup,
  describeAutoScalingGroups,
  updateAutoScalingGroup,
} from './groups.ts'
import {
  deleteLifecycleHook,
  describeLifecycleHooks,
  describeLifecycleHookTypes,
  putLifecycleHook,
} from './hooks.ts'
import {
  describeAutoScalingInstances,
  setDesiredCapacity,
  setInstanceHealth,
  setInstanceProtection,
  terminateInstanceInAutoScalingGroup,
} from './instances.ts'
import { loseMachine } from './machines.ts'
import { memberNamed } from './membership.ts'
import { resumeProcesses, suspendProcesses } from './processes.ts'
import { cancelInstanceRefresh, describeInstanceRefreshes, startInstanceRefresh } from './refreshes.ts'
import { enterStandby, exitStandby } from './standby.ts'
import { type AutoScalingOptions, type DepartureKind, type Instance, newWorld, type World } from './state.ts'
import { createOrUpdateTags, deleteTags, describeTags } from './tags.ts'
import { wake } from './warm-pool.ts'
import { deleteWarmPool, describeWarmPool, putWarmPool } from './warm-pool-operations.ts'

export { ec2Operations, recycleBinOperations } from './ec2-operations.ts'
export type { Effect, EventBridgeEvent } from './effects.ts'
export type { AutoScalingOptions, IdKind, Instance } from './state.ts'
export type { Timings } from './timings.ts'

/** Auto Scaling's operations, by AWS's names. */
export const autoScalingOperations = {
  AttachInstances: attachInstances,
  CancelInstanceRefresh: cancelInstanceRefresh,
  CompleteLifecycleAction: completeLifecycleAction,
  CreateAutoScalingGroup: createAutoScalingGroup,
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteAutoScalingGroup: deleteAutoScalingGroup,
  DeleteLifecycleHook: deleteLifecycleHook,
  DeleteTags: deleteTags,
  DeleteWarmPool: deleteWarmPool,
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  DescribeInstanceRefreshes: describeInstanceRefreshes,
  DescribeLifecycleHooks: describeLifecycleHooks,
  DescribeLifecycleHookTypes: describeLifecycleHookTypes,
  DescribeScalingActivities: describeScalingActivities,
  DescribeTags: describeTags,
  DescribeWarmPool: describeWarmPool,
  DetachInstances: detachInstances,
  EnterStandby: enterStandby,
  ExitStandby: exitStandby,
  PutLifecycleHook: putLifecycleHook,
  PutWarmPool: putWarmPool,
  RecordLifecycleActionHeartbeat: recordLifecycleActionHeartbeat,
  ResumeProcesses: resumeProcesses,
  SetDesiredCapacity: setDesiredCapacity,
  SetInstanceHealth: setInstanceHealth,
  SetInstanceProtection: setInstanceProtection,
  StartInstanceRefresh: startInstanceRefresh,
  SuspendProcesses: suspendProcesses,
  TerminateInstanceInAutoScalingGroup: terminateInstanceInAutoScalingGroup,
  UpdateAutoScalingGroup: updateAutoScalingGroup,
} as const

const operations = {
  ...autoScalingOperations,
  ...ec2Operations,
  ...namesakes,
  ...recycleBinOperations,
}

type Operations = typeof operations
export type OperationName = keyof Operations
export type InputOf<Name extends OperationName> = Parameters<Operations[Name]>[2]
export type OutputOf<Name extends OperationName> = ReturnType<Operations[Name]>

/** Auto Scaling and EC2 of one account in one Region. `now` never goes back. */
export interface AutoScaling {
  /** One API call, after everything that became due before it. Throws `AwsError`, like an SDK client. */
  call<Name extends OperationName>(now: number, name: Name, input: InputOf<Name>): OutputOf<Name>
  /** Applies what became due, and answers all effects not taken yet, oldest first. */
  advance(now: number): readonly Effect[]
  /** When `advance` next has something to do by itself; `undefined` = never, unless somebody calls. */
  nextDue(): number | undefined
  /** Answers a `launch` effect: the machine runs. */
  machineStarted(now: number, instanceId: string): void
  /** Answers a `launch` effect: there is no machine. */
  machineFailed(now: number, instanceId: string, why: string): void
  /** The machine is lost to a failed host or a Spot interruption: no protection helps. */
  loseMachine(now: number, instanceId: string): void
  /** Takes an instance out of service in a way that no API call asks for: to the warm pool, or for a new root volume. */
  depart(now: number, instanceId: string, kind: DepartureKind): void
  /** An instance that rests in the warm pool is put into service. */
  wake(now: number, instanceId: string): void
  /** Everything EC2 still shows, for checkers and for the local servers. Not to be changed. */
  instances(): readonly Readonly<Instance>[]
}

/** Starts with an empty account. */
export function createAutoScaling(options: AutoScalingOptions): AutoScaling {
  const world: World = newWorld(options)
  // Most calls only read, and nothing is due at most of them: when something is has to be asked once, until somebody changes something.
  let quietUntil = Number.NEGATIVE_INFINITY
  const settle = (now: number) => {
    if (now < quietUntil) return
    applyDue(world, now)
    quietUntil = world.refreshing.size > 0 ? now : (nextDueAt(world) ?? Number.POSITIVE_INFINITY)
  }
  const reading = (now: number) => {
    settle(now)
    return world
  }
  const changing = (now: number) => {
    settle(now)
    quietUntil = Number.NEGATIVE_INFINITY
    return world
  }
  return {
    call(now, name, input) {
      const operation = operations[name] as (world: World, now: number, input: unknown) => never
      // What only reads makes nothing due.
      if (name.startsWith('Describe')) return operation(reading(now), now, input)
      try {
        return operation(changing(now), now, input)
      } finally {
        settle(now)
      }
    },
    advance(now) {
      settle(now)
      const { effects } = world
      world.effects = []
      return effects
    },
    nextDue: () => nextDueAt(world),
    machineStarted(now, instanceId) {
      machineStarted(changing(now), now, instanceId)
      settle(now)
    },
    machineFailed(now, instanceId, why) {
      machineFailed(changing(now), now, instanceId, why)
    },
    loseMachine(now, instanceId) {
      loseMachine(changing(now), now, instanceId)
      settle(now)
    },
    depart(now, instanceId, kind) {
      const instance = memberNamed(changing(now), instanceId)
      depart(world, now, instance, { kind, cause: 'an instance was taken out of service.' })
      settle(now)
    },
    wake(now, instanceId) {
      wake(changing(now), now, memberNamed(world, instanceId))
      settle(now)
    },
    instances: () => [...world.instances.values()],
  }
}
