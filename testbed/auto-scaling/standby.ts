/** Standby: out of service and still in the group. No hook runs on the way in or out, and nobody looks at the machine's health. */
import type {
  Activity,
  EnterStandbyCommandInput,
  EnterStandbyCommandOutput,
  ExitStandbyCommandInput,
  ExitStandbyCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { beginActivity, endActivity } from './activities.ts'
import { reconcileCapacity } from './capacity.ts'
import { decrement, increment, membersNamed, putIntoService } from './membership.ts'
import type { World } from './state.ts'

/** Without a decrement, others are launched in their place. */
export function enterStandby(
  world: World,
  now: number,
  input: EnterStandbyCommandInput,
): Omit<EnterStandbyCommandOutput, '$metadata'> {
  const { group, instances } = membersNamed(world, input, 20)
  for (const { id, lifecycleState } of instances)
    if (lifecycleState !== 'InService') throw validationError(`The instance ${id} is not in InService.`)
  const shrunk = decrement(group, instances.length, input.ShouldDecrementDesiredCapacity)
  const activities = instances.map((instance): Activity => {
    const cause = `instance ${instance.id} was moved to standby in response to a user request${shrunk}.`
    const description = `Moving EC2 instance to Standby: ${instance.id}`
    const activity = beginActivity(world, now, group, description, cause)
    const answered = { ...activity, Progress: 50 }
    Object.assign(instance, { lifecycleState: 'Standby', step: undefined })
    world.effects.push({ do: 'deregister', instanceId: instance.id, groupName: group.name })
    endActivity(activity, now, 'Successful')
    return answered
  })
  reconcileCapacity(world, now, group)
  return { Activities: activities }
}

/** The desired capacity grows by those who come back. */
export function exitStandby(
  world: World,
  now: number,
  input: ExitStandbyCommandInput,
): Omit<ExitStandbyCommandOutput, '$metadata'> {
  const { group, instances } = membersNamed(world, input, 20)
  for (const { id, lifecycleState } of instances)
    if (lifecycleState !== 'Standby') throw validationError(`The instance ${id} is not in Standby.`)
  const grown = increment(group, instances.length)
  const activities = instances.map((instance): Activity => {
    const cause = `instance ${instance.id} was moved out of standby in response to a user request${grown}.`
    const description = `Moving EC2 instance out of Standby: ${instance.id}`
    const activity = beginActivity(world, now, group, description, cause)
    const answered: Activity = { ...activity, StatusCode: 'PreInService', Progress: 30 }
    putIntoService(world, group, instance)
    endActivity(activity, now, 'Successful')
    return answered
  })
  reconcileCapacity(world, now, group)
  return { Activities: activities }
}
