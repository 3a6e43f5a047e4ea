/** Lifecycle actions: begun for every terminate hook, kept by heartbeats, ended by a result or a timeout. */
import type {
  CompleteLifecycleActionCommandInput,
  RecordLifecycleActionHeartbeatCommandInput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'
import { setActivityStatus } from './activities.ts'
import { proceed, stateNames } from './departures.ts'
import { announceAction } from './events.ts'
import { asResult, globalTimeout } from './hook-terms.ts'
import { groupOf } from './membership.ts'
import type { Action, Departure, Group, Instance, Result, World } from './state.ts'

/** Starts an action for each terminate hook of the group, all at once. Answers whether there is anything to wait for. */
export function beginActions(world: World, now: number, group: Group, instance: Instance): boolean {
  const { departure } = instance
  if (departure === undefined) return false
  for (const hook of group.hooks.values()) {
    if (hook.transition !== 'autoscaling:EC2_INSTANCE_TERMINATING') continue
    const action: Action = {
      token: world.options.newId('token'),
      hookName: hook.name,
      startedAt: now,
      globalDueAt: now + globalTimeout(hook) * 1000,
      heartbeatDueAt: now + hook.heartbeatTimeout * 1000,
    }
    departure.actions.push(action)
    announceAction(world, now, { group, instance, hook, action })
  }
  for (const action of [...departure.actions]) {
    const hook = group.hooks.get(action.hookName)
    const isHeard = hook?.targetArn === undefined || world.options.canNotify?.(hook.targetArn) !== false
    if (!isHeard) endUnheard(departure, action, hook?.defaultResult ?? 'ABANDON')
  }
  return departure.actions.length > 0
}

/** Only now, after the load balancer has let go, do the hooks and their clocks start. */
export function afterDraining(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  if (departure === undefined) return
  if (!beginActions(world, now, groupOf(world, instance), instance)) {
    proceed(world, now, instance)
    return
  }
  instance.lifecycleState = `${stateNames[departure.kind]}:Wait`
  setActivityStatus(departure.activity, 'MidLifecycleAction', 60)
}

/** A target that is gone is not waited for: the hook's default result applies at once (recorded on AWS with CONTINUE). */
function endUnheard(departure: Departure, action: Action, result: Result): void {
  if (result === 'ABANDON') {
    departure.abandonedBecause = `lifecycle hook ${action.hookName} could not notify its target`
    departure.actions = []
  } else departure.actions = departure.actions.filter((other) => other !== action)
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
  const { departure } = instance
  if (departure === undefined) return
  if (result === 'ABANDON') {
    departure.abandonedBecause = `lifecycle hook ${action.hookName} was abandoned because ${why}`
    departure.actions = []
  } else {
    departure.actions = departure.actions.filter((other) => other !== action)
  }
  if (departure.actions.length === 0) proceed(world, now, instance)
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
  const group = world.groups.get(input.AutoScalingGroupName ?? '')
  // AWS's own text in public logs of groups that were deleted under a lifecycle action.
  if (group === undefined) throw validationError('AutoScalingGroup name not found - null')
  for (const instance of group.instances)
    for (const action of instance.departure?.actions ?? [])
      if (
        action.hookName === input.LifecycleHookName &&
        (token === undefined ? instance.id === instanceId : action.token === token)
      )
        return { instance, action }
  const which = token === undefined ? `instance ID ${instanceId}` : `token ${token}`
  throw validationError(`No active Lifecycle Action found with ${which}`)
}
