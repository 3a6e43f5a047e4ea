/** S4: nothing is done to an instance that our hook does not hold. */
import { publishPrefix } from '../publisher.ts'
import { HOOK, QUEUE_ARN } from '../setting.ts'
import { STALEST_VIEW_MS } from '../stale-views.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function onlyWhatWeHold(world: World): Checker {
  const wasHeldSince = (instanceId: string, since: number) => {
    for (const { instance, end } of world.region.actions.values()) {
      if (instance.id === instanceId && (!end || end.at >= since)) return true
    }
    return false
  }
  return {
    flushSent({ instanceId, parameters, comment }, run) {
      if (parameters.purpose === 'salvage') return
      const isHeld =
        wasHeldSince(instanceId, run.startedAt) ||
        isAdoptable(world, instanceId, run.startedAt) ||
        isPairedWithOurs(world, instanceId, comment, run.startedAt)
      if (parameters.purpose === 'termination' && !isHeld) {
        world.violation('S4', `${instanceId} is flushed for a termination, and our hook does not hold it`)
      }
      if (parameters.purpose === 'audit' && hasLongLeft(world, instanceId, run.startedAt)) {
        world.violation('S4', `${instanceId} is audited, and it is not in service any more`)
      }
      const machine = world.region.machines.get(instanceId)
      if (machine && parameters.prefix !== publishPrefix(world, machine)) {
        world.violation('S4', `the flush of ${instanceId} writes to ${parameters.prefix}`)
      }
    },
    called(_run, operation, input: { LifecycleHookName?: string }, tookEffect) {
      if (operation !== 'completeLifecycleAction' || !tookEffect) return
      if (input.LifecycleHookName !== HOOK)
        world.violation('S4', `hook ${input.LifecycleHookName} was completed`)
    },
  }
}

/**
 * What began while another deployment had the hook, and waited still as the invocation began, now that the hook is ours again: nothing in
 * AWS tells the difference.
 */
export function isAdoptable({ region }: World, instanceId: string, since: number): boolean {
  const instance = region.model.instances().find(({ id }) => id === instanceId)
  return (
    region.wasAnothers(instanceId, since) &&
    region.hookOf(instance?.groupName ?? '')?.NotificationTargetARN === QUEUE_ARN
  )
}

/**
 * What another deployment's hook holds, and a forged message named with the token of an action of ours. A heartbeat with the token finds ours,
 * one with the instance finds a hook of our name, and nothing in AWS holds the two against each other (docs/limits.md).
 */
function isPairedWithOurs({ region }: World, instanceId: string, comment: string, since: number): boolean {
  if (!region.wasAnothers(instanceId, since)) return false
  return [...region.actions.values()].some(
    ({ token, instance }) => instance.id !== instanceId && comment.includes(token),
  )
}

/** Whether the instance was on its way out when the invocation began, and every view of AWS's could say so. */
function hasLongLeft({ region, mix }: World, instanceId: string, since: number): boolean {
  const stalestMs = mix['states-are-stale'] > 0 ? STALEST_VIEW_MS : 0
  const instance = region.model.instances().find(({ id }) => id === instanceId)
  const began = instance?.departure?.activity.StartTime?.getTime() ?? Number.POSITIVE_INFINITY
  return !instance?.member || began + stalestMs < since
}
