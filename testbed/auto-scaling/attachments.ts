/** Instances taken out of a group alive, and put into one. No hook runs for either: detached machines are past ours. */
import type {
  Activity,
  AttachInstancesCommandInput,
  DetachInstancesCommandInput,
  DetachInstancesCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { beginActivity, endActivity } from './activities.ts'
import { reconcileCapacity } from './capacity.ts'
import {
  checkCount,
  decrement,
  increment,
  isRetained,
  lastingGroup,
  membersNamed,
  putIntoService,
} from './membership.ts'
import type { World } from './state.ts'

/**
 * From InService, Standby, or retained (never with a decrement: those do not count). What waits at a hook cannot be detached. The
 * machine runs on without the tag that named its group.
 */
export function detachInstances(
  world: World,
  now: number,
  input: DetachInstancesCommandInput,
): Omit<DetachInstancesCommandOutput, '$metadata'> {
  const { group, instances } = membersNamed(world, input, 20)
  for (const instance of instances) {
    const { id, lifecycleState } = instance
    if (!isRetained(instance) && !['InService', 'Standby'].includes(lifecycleState))
      throw validationError(`The instance ${id} is not in InService or Standby.`)
    if (isRetained(instance) && input.ShouldDecrementDesiredCapacity)
      throw validationError(
        `The instance ${id} is retained and does not count: detaching it cannot decrement the desired capacity.`,
      )
  }
  const shrunk = decrement(group, instances.length, input.ShouldDecrementDesiredCapacity)
  const activities = instances.map((instance): Activity => {
    const cause = `instance ${instance.id} was detached in response to a user request${shrunk}.`
    const activity = beginActivity(world, now, group, `Detaching EC2 instance: ${instance.id}`, cause)
    const answered = { ...activity, Progress: 50 }
    if (!isRetained(instance))
      world.effects.push({ do: 'deregister', instanceId: instance.id, groupName: group.name })
    group.instances = group.instances.filter((other) => other !== instance)
    Object.assign(instance, {
      ...{ member: false, groupName: '', lifecycleState: 'Detached' },
      ...{ departure: undefined, step: undefined, scaleInProtection: false },
    })
    instance.tags.delete('aws:autoscaling:groupName')
    endActivity(activity, now, 'Successful')
    return answered
  })
  reconcileCapacity(world, now, group)
  return { Activities: activities }
}

/** Running machines that are in no group; the desired capacity grows by them. */
export function attachInstances(world: World, now: number, input: AttachInstancesCommandInput): object {
  const group = lastingGroup(world, input.AutoScalingGroupName)
  checkCount(input.InstanceIds, 20)
  const instances = (input.InstanceIds ?? []).map((id) => {
    const instance = world.instances.get(id)
    if (instance === undefined) throw validationError(`Invalid Instance ID(s): [${id}] do not exist.`)
    if (instance.member)
      throw validationError(`Instance ${id} is already part of AutoScalingGroup:${instance.groupName}`)
    if (instance.machine !== 'running')
      throw validationError(`Invalid Instance ID(s): [${id}] are not in correct state.`)
    return instance
  })
  const grown = increment(group, instances.length)
  for (const instance of instances) {
    const cause = `instance ${instance.id} was attached in response to a user request${grown}.`
    const activity = beginActivity(world, now, group, `Attaching EC2 instance: ${instance.id}`, cause)
    Object.assign(instance, { member: true, groupName: group.name, health: 'Healthy' })
    instance.tags.set('aws:autoscaling:groupName', group.name)
    group.instances.push(instance)
    putIntoService(world, group, instance)
    endActivity(activity, now, 'Successful')
  }
  reconcileCapacity(world, now, group)
  return {}
}
