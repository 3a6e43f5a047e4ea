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
  // AWS's own text in public logs, whatever the name.
  throw validationError('AutoScalingGroup name not found - null')
}

/** A group that is not on its way out: nothing is changed of one that is. */
export function lastingGroup(world: World, name: string | undefined): Group {
  const group = groupNamed(world, name)
  if (!group.isDeleting) return group
  throw validationError(`AutoScalingGroup ${group.name} is pending delete`)
}

export function memberNamed(world: World, instanceId: string | undefined): Instance {
  const instance = world.instances.get(instanceId ?? '')
  if (instance?.member) return instance
  throw validationError(
    `Instance Id not found - No managed instance found for instance ID ${instanceId ?? ''}`,
  )
}

/** How many instances a call may name. */
export function checkCount(ids: readonly string[] | undefined, most: number): void {
  if (ids !== undefined && ids.length > most)
    throw validationError(`The number of instance ids that may be passed in is limited to ${most}`)
}

/** Members of one group, all of them, or AWS's complaint. */
export function membersNamed(
  world: World,
  input: { readonly AutoScalingGroupName: string | undefined; readonly InstanceIds?: string[] | undefined },
  most: number,
): { readonly group: Group; readonly instances: readonly Instance[] } {
  const group = groupNamed(world, input.AutoScalingGroupName)
  checkCount(input.InstanceIds, most)
  const instances = (input.InstanceIds ?? []).map((id) => {
    const instance = world.instances.get(id)
    if (instance?.member && instance.groupName === group.name) return instance
    throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`)
  })
  return { group, instances }
}

/** The desired capacity without those who go, where that is asked for; answers what to say of it. */
export function decrement(group: Group, by: number, asked: boolean | undefined): string {
  if (asked === undefined)
    throw validationError(
      "Value at 'shouldDecrementDesiredCapacity' failed to satisfy constraint: Member must not be null",
    )
  if (!asked) return ''
  const { desiredCapacity: before, minSize } = group
  if (before - by < minSize)
    throw validationError(
      `AutoScalingGroup ${group.name} has min-size=${minSize}, and desired-size=${before}. To take out ${by} instances, lower the min-size first.`,
    )
  group.desiredCapacity = before - by
  return `, shrinking the capacity from ${before} to ${before - by}`
}

/** The desired capacity with those who come. */
export function increment(group: Group, by: number): string {
  const { desiredCapacity: before, maxSize } = group
  if (before + by > maxSize)
    throw validationError(
      `AutoScalingGroup ${group.name} has max-size=${maxSize}, and desired-size=${before}: ${by} more do not fit.`,
    )
  group.desiredCapacity = before + by
  return `, increasing the capacity from ${before} to ${before + by}`
}

/** Traffic comes from now on, unless nobody may be added to the load balancer. */
export function putIntoService(world: World, group: Group, instance: Instance): void {
  instance.lifecycleState = 'InService'
  if (!group.suspended.has('AddToLoadBalancer'))
    world.effects.push({ do: 'register', instanceId: instance.id, groupName: group.name })
}

/** Terminating:Retained and its twins in the warm pool. */
export function isRetained(instance: Instance): boolean {
  return instance.lifecycleState.endsWith(':Retained')
}

/** Of the warm pool, whatever it is on its way to. */
export function isWarmed({ lifecycleState }: Instance): boolean {
  return lifecycleState.startsWith('Warmed:')
}

/** As DescribeAutoScalingGroups lists it. */
export function describeMember(world: World, instance: Instance): Member {
  const { LaunchTemplate, LaunchConfigurationName, MixedInstancesPolicy } = groupOf(world, instance).settings
  const template = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification
  return {
    InstanceId: instance.id,
    InstanceType: 't3.micro',
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState as NonNullable<Member['LifecycleState']>,
    HealthStatus: instance.health,
    ProtectedFromScaleIn: instance.scaleInProtection,
    ...(template === undefined ? {} : { LaunchTemplate: template }),
    ...(LaunchConfigurationName === undefined ? {} : { LaunchConfigurationName }),
  }
}

/** EC2 has deleted the machine, or it was found dead: the group no longer has it. */
export function leaveGroup(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  const group = groupOf(world, instance)
  group.instances = group.instances.filter((other) => other !== instance)
  if (group.isDeleting && group.instances.length === 0) world.groups.delete(group.name)
  if (group.warmPool?.isDeleting && !group.instances.some(isWarmed)) group.warmPool = undefined
  const wasRetained = isRetained(instance)
  instance.member = false
  instance.step = undefined
  instance.lifecycleState = 'Terminated'
  if (departure === undefined || wasRetained) return
  endActivity(departure.activity, now, 'Successful')
  announceOutcome(world, now, 'Terminate Successful', { group, instance, activity: departure.activity })
}
