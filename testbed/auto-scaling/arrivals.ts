/** An instance on its way into service, or into the warm pool: Pending → :Wait (launch hooks) → :Proceed → InService, or it rests. */

import { groupOf, isWarmed } from './membership.ts'
import { newActions } from './new-actions.ts'
import type { Instance, World } from './state.ts'

/** The machine runs: launch hooks hold it, where there are any. */
export function arrive(world: World, now: number, instance: Instance): void {
  const { actions, abandonedBecause } = newActions(world, now, groupOf(world, instance), instance, 'launch')
  if (abandonedBecause !== undefined) {
    rejectLaunch(world, now, instance)
    return
  }
  if (actions.length === 0) {
    enterSoon(world, now, instance)
    return
  }
  instance.arrival = { actions }
  instance.lifecycleState = `${wayIn(instance)}:Wait`
}

/** No launch action is left to wait for. */
export function proceedToService(world: World, now: number, instance: Instance): void {
  instance.arrival = undefined
  instance.lifecycleState = `${wayIn(instance)}:Proceed`
  enterSoon(world, now, instance)
}

/** A launch hook was abandoned: the instance is terminated, and another one comes, when the agenda is next looked at. */
export function rejectLaunch(_world: World, now: number, instance: Instance): void {
  instance.arrival = undefined
  instance.step = { at: now, what: 'launch-abandoned' }
}

function wayIn(instance: Instance): string {
  return isWarmed(instance) ? 'Warmed:Pending' : 'Pending'
}

function enterSoon(world: World, now: number, instance: Instance): void {
  instance.step = { at: now + world.timings.inServiceMs, what: 'in-service' }
}
