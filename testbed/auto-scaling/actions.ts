/** Lifecycle actions: begun for every hook, kept by heartbeats, ended by a result or a timeout. */
import type {
  CompleteLifecycleActionCommandInput,
  RecordLifecycleActionHeartbeatCommandInput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { setActivityStatus } from './activities.ts'
import { proceedToService, rejectLaunch } from './arrivals.ts'
import { proceed, stateNames } from './departures.ts'
import { asResult } from './hook-terms.ts'
import { groupNamed, groupOf } from './membership.ts'
import { newActions } from './new-actions.ts'
import type { Action, Arrival, Instance, Result, World } from './state.ts'

/** Only now, after the load balancer has let go, do the hooks and their clocks start. */
export function afterDraining(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  if (departure === undefined) return
  const begun = newActions(world, now, groupOf(world, instance), instance, 'terminate')
  departure.actions = begun.actions
  departure.abandonedBecause = begun.abandonedBecause
  if (begun.actions.length === 0) {
    proceed(world, now, instance)
    return
  }
  instance.lifecycleState = `${stateNames[departure.kind]}:Wait`
  setActivityStatus(departure.activity, 'MidLifecycleAction', 60)
}

/** Restarts the timeout from now; nothing is added to what was left. */
export function recordLifecycleActionHeartbeat(
  world: World,
  now: number,
  input: RecordLifecycleActionHeartbeatCommandInput,
): object {
  const { action } = activeAction(world, input)
  const hook = world.groups.get(input.AutoScalingGroupName ?? '')?.hooks.get(action.hookName)
  if (hook !== undefined) action.heartbeatDueAt = now + hook.heartbeatTimeout * 1000
  return {}
}

export function completeLifecycleAction(
  world: World,
  now: number,
  input: CompleteLifecycleActionCommandInput,
): object {
  const result = asResult(input.LifecycleActionResult, 'LifecycleActionResult')
  const { instance, action } = activeAction(world, input)
  finishAction(world, now, instance, action, result, 'it was completed with ABANDON')
  return {}
}

/** What the instance waits for, on either way. */
export function actionsOf({ arrival, departure }: Instance): readonly Action[] {
  return departure?.actions ?? arrival?.actions ?? []
}

/** When the action ends by itself. */
export function actionDueAt(action: Action): number {
  return Math.min(action.heartbeatDueAt, action.globalDueAt)
}

/** The hook's DefaultResult, as it is now, is applied. */
export function timeOutAction(world: World, now: number, instance: Instance, action: Action): void {
  const hook = world.groups.get(instance.groupName)?.hooks.get(action.hookName)
  const which = action.globalDueAt <= now ? 'its global timeout' : 'its heartbeat timeout'
  finishAction(world, now, instance, action, hook?.defaultResult ?? 'CONTINUE', `${which} was reached`)
}

/** CONTINUE lets the other hooks finish; ABANDON ends them too. `why` is told when the instance is kept for it. */
export function finishAction(
  world: World,
  now: number,
  instance: Instance,
  action: Action,
  result: Result,
  why: string,
): void {
  const { arrival, departure } = instance
  if (arrival?.actions.includes(action)) {
    finishLaunchAction(world, now, instance, arrival, action, result)
    return
  }
  if (departure === undefined) return
  if (result === 'ABANDON') {
    departure.abandonedBecause = `lifecycle hook ${action.hookName} was abandoned because ${why}`
    departure.actions = []
  } else {
    departure.actions = departure.actions.filter((other) => other !== action)
  }
  if (departure.actions.length === 0) proceed(world, now, instance)
}

/** At a launch, ABANDON means that the instance is terminated and replaced. */
function finishLaunchAction(
  world: World,
  now: number,
  instance: Instance,
  arrival: Arrival,
  action: Action,
  result: Result,
): void {
  arrival.actions = arrival.actions.filter((other) => other !== action)
  if (result === 'ABANDON') rejectLaunch(world, now, instance)
  else if (arrival.actions.length === 0) proceedToService(world, now, instance)
}

/** Found by token when there is one, otherwise by instance. Which of the two AWS prefers when given both is not documented. */
function activeAction(
  world: World,
  input: {
    readonly AutoScalingGroupName?: string | undefined
    readonly LifecycleHookName?: string | undefined
    readonly LifecycleActionToken?: string | undefined
    readonly InstanceId?: string | undefined
  },
): { instance: Instance; action: Action } {
  const { LifecycleActionToken: token, InstanceId: instanceId } = input
  if (token === undefined && instanceId === undefined)
    throw validationError('Either LifecycleActionToken or InstanceId must be specified')
  const group = groupNamed(world, input.AutoScalingGroupName)
  for (const instance of group.instances)
    for (const action of actionsOf(instance))
      if (
        action.hookName === input.LifecycleHookName &&
        (token === undefined ? instance.id === instanceId : action.token === token)
      )
        return { instance, action }
  const which = token === undefined ? `instance ID ${instanceId}` : `token ${token}`
  throw validationError(`No active Lifecycle Action found with ${which}`)
}
