/** Lifecycle actions as they begin: one for each hook of the kind, all at once, each announced. */
import { announceAction } from './events.ts'
import { globalTimeout } from './hook-terms.ts'
import type { Action, Group, Instance, World } from './state.ts'

export const transitionOf = {
  launch: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  terminate: 'autoscaling:EC2_INSTANCE_TERMINATING',
} as const

export type Way = keyof typeof transitionOf

export interface Begun {
  readonly actions: Action[]
  /** A hook that nobody could hear said ABANDON. */
  readonly abandonedBecause: string | undefined
}

/**
 * A target that is gone is not waited for: the hook's default result applies at once (recorded on AWS with CONTINUE).
 */
export function newActions(world: World, now: number, group: Group, instance: Instance, way: Way): Begun {
  const begun: Action[] = []
  for (const hook of group.hooks.values()) {
    if (hook.transition !== transitionOf[way]) continue
    const action: Action = {
      token: world.options.newId('token'),
      hookName: hook.name,
      startedAt: now,
      globalDueAt: now + globalTimeout(hook) * 1000,
      heartbeatDueAt: now + hook.heartbeatTimeout * 1000,
    }
    begun.push(action)
    announceAction(world, now, { group, instance, hook, action, way })
  }
  let actions = begun
  for (const action of begun) {
    const hook = group.hooks.get(action.hookName)
    const isHeard = hook?.targetArn === undefined || world.options.canNotify?.(hook.targetArn) !== false
    if (isHeard) continue
    if ((hook?.defaultResult ?? 'ABANDON') === 'ABANDON')
      return {
        actions: [],
        abandonedBecause: `lifecycle hook ${action.hookName} could not notify its target`,
      }
    actions = actions.filter((other) => other !== action)
  }
  return { actions, abandonedBecause: undefined }
}
