import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { waitFor } from './patience.ts'

/** The demo's Auto Scaling group, seen and changed over the wire like anybody's. */
export interface Group {
  readonly name: string
  /** In service and healthy. */
  inService(): Promise<string[]>
  /** Lifecycle states by instance id; an instance that has left the group is not there. */
  states(): Promise<ReadonlyMap<string, string>>
  /** Resolves to the first of these that Auto Scaling begins to terminate, or has terminated already. */
  firstToLeave(instanceIds: readonly string[]): Promise<string>
  /** Resolves when this holds of the states. */
  when(condition: (states: ReadonlyMap<string, string>) => boolean): Promise<void>
  setDesiredCapacity(capacity: number): Promise<void>
  /** As a person does it, who wants a new one in its place. */
  terminate(instanceId: string): Promise<void>
  /** What a load balancer's failed health checks lead to. */
  markUnhealthy(instanceId: string): Promise<void>
}

export function openGroup(autoScaling: AutoScalingClient, name: string): Group {
  const states = async () => {
    const answer = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    )
    const instances = answer.AutoScalingGroups?.[0]?.Instances ?? []
    return new Map(instances.map(({ InstanceId = '', LifecycleState = '' }) => [InstanceId, LifecycleState]))
  }
  const poll = <T>(look: (states: ReadonlyMap<string, string>) => T | undefined): Promise<T> =>
    waitFor('the group to change', async () => look(await states()), {
      stands: async () => [...(await states())].map(([id, state]) => `${id} ${state}`).join(', '),
    })
  return {
    name,
    states,
    inService: async () =>
      [...(await states())].filter(([, state]) => state === 'InService').map(([instanceId]) => instanceId),
    firstToLeave: (instanceIds) =>
      poll((now) => instanceIds.find((instanceId) => isLeaving(now.get(instanceId)))),
    when: async (condition) => {
      await poll((now) => (condition(now) ? true : undefined))
    },
    setDesiredCapacity: async (capacity) => {
      const input = { AutoScalingGroupName: name, DesiredCapacity: capacity }
      await autoScaling.send(new SetDesiredCapacityCommand(input))
    },
    terminate: async (instanceId) => {
      const input = { InstanceId: instanceId, ShouldDecrementDesiredCapacity: false }
      await autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(input))
    },
    markUnhealthy: async (instanceId) => {
      const input = { InstanceId: instanceId, HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false }
      await autoScaling.send(new SetInstanceHealthCommand(input))
    },
  }
}

/** Whether Auto Scaling is through with the instance: gone, or kept for good. */
export function hasLeft(state: string | undefined): boolean {
  return state === undefined || state.endsWith(':Retained')
}

function isLeaving(state: string | undefined): boolean {
  return state === undefined || state.startsWith('Terminating')
}
