/** Which group an instance is in, and what a group knows of its instances. */
import type { Instance as Member } from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { endActivity } from './activities.ts'
import { announceOutcome } from './events.ts'
import type { Group, Instance, World } from './state.ts'

/** The group an instance belongs to; one that is gone is remembered by its instances. */
export function groupOf(world: World, instance: Instance): Group {
  const group = world.groups.get(instance.groupName)
  if (group === undefined) throw new Error(`instance ${instance.id} outlived its group ${instance.groupName}`)
  return group
}

/** The group, or AWS's complaint. */
export function groupNamed(world: World, name: string | undefined): Group {
  const group = world.groups.get(name ?? '')
  if (group !== undefined) return group
  throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`)
}

export function memberNamed(world: World, instanceId: string | undefined): Instance {
  const instance = world.instances.get(instanceId ?? '')
  if (instance?.member) return instance
  throw validationError(
    `Instance Id not found - No managed instance found for instance ID ${instanceId ?? ''}`,
  )
}

/** Terminating:Retained and its twins in the warm pool. */
export function isRetained(instance: Instance): boolean {
  return instance.lifecycleState.endsWith(':Retained')
}

/** As DescribeAutoScalingGroups lists it. */
export function describeMember(instance: Instance): Member {
  return {
    InstanceId: instance.id,
    InstanceType: 't3.micro',
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState as NonNullable<Member['LifecycleState']>,
    HealthStatus: instance.health,
    ProtectedFromScaleIn: instance.scaleInProtection,
  }
}

/** EC2 has deleted the machine, or it was found dead: the group no longer has it. */
export function leaveGroup(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  const group = groupOf(world, instance)
  group.instances = group.instances.filter((other) => other !== instance)
  if (group.isDeleting && group.instances.length === 0) world.groups.delete(group.name)
  const wasRetained = isRetained(instance)
  instance.member = false
  instance.step = undefined
  instance.lifecycleState = 'Terminated'
  if (departure === undefined || wasRetained) return
  endActivity(departure.activity, now, 'Successful')
  announceOutcome(world, now, 'Terminate Successful', { group, instance, activity: departure.activity })
}
