/** Instances as Auto Scaling shows them, and what people do to them through it. */
import type {
  AutoScalingInstanceDetails,
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
  SetDesiredCapacityCommandInput,
  SetInstanceHealthCommandInput,
  SetInstanceProtectionCommandInput,
  TerminateInstanceInAutoScalingGroupCommandInput,
  TerminateInstanceInAutoScalingGroupCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { reconcileCapacity } from './capacity.ts'
import { depart, release } from './departures.ts'
import {
  checkCount,
  describeMember,
  groupOf,
  isRetained,
  isWarmed,
  lastingGroup,
  memberNamed,
  membersNamed,
} from './membership.ts'
import { page } from './pages.ts'
import type { World } from './state.ts'

const maxInstances = 50

/** Ids that no group knows are left out silently. */
export function describeAutoScalingInstances(
  world: World,
  _now: number,
  input: DescribeAutoScalingInstancesCommandInput,
): Omit<DescribeAutoScalingInstancesCommandOutput, '$metadata'> {
  const wanted = input.InstanceIds
  checkCount(wanted, maxInstances)
  const members = wanted?.length
    ? wanted.flatMap((id) => world.instances.get(id) ?? []).filter(({ member }) => member)
    : [...world.groups.values()].flatMap((group) => group.instances)
  const { items, nextToken } = page(members, input, maxInstances)
  return {
    AutoScalingInstances: items.map((instance): AutoScalingInstanceDetails => {
      // Only here does Auto Scaling write the health in capitals.
      const HealthStatus = instance.health.toUpperCase()
      return { ...describeMember(world, instance), AutoScalingGroupName: instance.groupName, HealthStatus }
    }),
    NextToken: nextToken,
  }
}

/** Without a decrement a replacement is launched. A retained instance is let go. */
export function terminateInstanceInAutoScalingGroup(
  world: World,
  now: number,
  input: TerminateInstanceInAutoScalingGroupCommandInput,
): Omit<TerminateInstanceInAutoScalingGroupCommandOutput, '$metadata'> {
  const instance = memberNamed(world, input.InstanceId)
  const group = groupOf(world, instance)
  if (input.ShouldDecrementDesiredCapacity === undefined)
    throw validationError(
      "Value at 'shouldDecrementDesiredCapacity' failed to satisfy constraint: Member must not be null",
    )
  const cause = `instance ${instance.id} was taken out of service in response to a user request.`
  if (isRetained(instance)) {
    if (input.ShouldDecrementDesiredCapacity)
      throw validationError(
        `The instance ${instance.id} is retained and does not count: its termination cannot decrement the desired capacity.`,
      )
    return { Activity: { ...release(world, now, instance, cause).activity } }
  }
  if (isWarmed(instance))
    throw validationError(
      `The instance ${instance.id} is in a warm pool and cannot be terminated by this call.`,
    )
  if (instance.departure === undefined && input.ShouldDecrementDesiredCapacity) {
    if (group.desiredCapacity <= group.minSize) throw wouldViolateMinimum(group.minSize)
    group.desiredCapacity -= 1
  }
  const { activity } = depart(world, now, instance, { kind: 'terminate', cause })
  reconcileCapacity(world, now, group)
  return { Activity: { ...activity } }
}

export function setDesiredCapacity(world: World, now: number, input: SetDesiredCapacityCommandInput): object {
  const group = lastingGroup(world, input.AutoScalingGroupName)
  const desired = input.DesiredCapacity ?? Number.NaN
  if (!Number.isInteger(desired)) throw validationError("Value at 'desiredCapacity' must be a number")
  if (desired > group.maxSize)
    throw validationError(
      `New SetDesiredCapacity value ${desired} is above max value ${group.maxSize} for the AutoScalingGroup.`,
    )
  if (desired < group.minSize)
    throw validationError(
      `New SetDesiredCapacity value ${desired} is below min value ${group.minSize} for the AutoScalingGroup.`,
    )
  group.desiredCapacity = desired
  reconcileCapacity(world, now, group)
  return {}
}

/** What a load balancer or a person finds; Auto Scaling replaces an unhealthy instance a little later. */
export function setInstanceHealth(world: World, now: number, input: SetInstanceHealthCommandInput): object {
  const instance = memberNamed(world, input.InstanceId)
  const status = input.HealthStatus
  if (status !== 'Healthy' && status !== 'Unhealthy')
    throw validationError(`Value '${status ?? ''}' at 'healthStatus' must be one of Healthy, Unhealthy`)
  if (instance.health === status || instance.departure !== undefined) return {}
  instance.health = status
  instance.step =
    status === 'Unhealthy'
      ? { at: now + world.timings.unhealthyMs, what: 'replace-unhealthy' }
      : instance.lifecycleState === 'Pending' && instance.machine === 'running'
        ? { at: now + world.timings.inServiceMs, what: 'in-service' }
        : undefined
  return {}
}

/** From scale-in only: neither a bad health nor a person is stopped by it. Refused for whoever is on its way out, or kept. */
export function setInstanceProtection(
  world: World,
  _now: number,
  input: SetInstanceProtectionCommandInput,
): object {
  const isProtected = input.ProtectedFromScaleIn
  if (isProtected === undefined)
    throw validationError(
      "Value at 'protectedFromScaleIn' failed to satisfy constraint: Member must not be null",
    )
  const { instances } = membersNamed(world, input, maxInstances)
  for (const { id, lifecycleState } of instances)
    if (lifecycleState !== 'InService' && lifecycleState !== 'Standby')
      throw validationError(`The instance ${id} is not in InService or EnteringStandby or Standby.`)
  for (const instance of instances) instance.scaleInProtection = isProtected
  return {}
}

function wouldViolateMinimum(minSize: number): Error {
  return validationError(
    `Currently, desiredSize equals minSize (${minSize}). Terminating instance without replacement will violate group's ` +
      "min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
  )
}
