/** Processes of a group, which people suspend and resume. A suspended Terminate is one way past our hook: nothing is terminated. */
import type {
  ResumeProcessesCommandInput,
  SuspendedProcess,
  SuspendProcessesCommandInput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { reconcileCapacity } from './capacity.ts'
import { groupNamed } from './membership.ts'
import type { Group, ScalingProcess, World } from './state.ts'

const processes: readonly ScalingProcess[] = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
]

/** All of them, where none is named. What is under way goes on: instances at a hook stay at it. */
export function suspendProcesses(world: World, now: number, input: SuspendProcessesCommandInput): object {
  const group = groupNamed(world, input.AutoScalingGroupName)
  for (const process of named(input.ScalingProcesses)) group.suspended.set(process, now)
  return {}
}

/** What was left undone meanwhile is done now. */
export function resumeProcesses(world: World, now: number, input: ResumeProcessesCommandInput): object {
  const group = groupNamed(world, input.AutoScalingGroupName)
  for (const process of named(input.ScalingProcesses)) group.suspended.delete(process)
  for (const instance of group.instances)
    if (instance.health === 'Unhealthy' && instance.lifecycleState === 'InService')
      instance.step ??= { at: now + world.timings.unhealthyMs, what: 'replace-unhealthy' }
  reconcileCapacity(world, now, group)
  return {}
}

export function describeSuspended({ suspended }: Group): SuspendedProcess[] {
  return [...suspended].map(([ProcessName, since]) => ({
    ProcessName,
    SuspensionReason: `User suspended at ${new Date(since).toISOString().slice(0, 19)}Z`,
  }))
}

function named(asked: readonly string[] | undefined): readonly ScalingProcess[] {
  if (!asked?.length) return processes
  return asked.map((name) => {
    const process = processes.find((one) => one === name)
    if (process === undefined) throw validationError(`Invalid scaling process: ${name}`)
    return process
  })
}
