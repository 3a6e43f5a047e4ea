/** An instance leaving service: Terminating (draining) → :Wait (hooks) → :Proceed → gone, kept, or back. */
import { beginActivity, endActivity, setActivityStatus } from './activities.ts'
import { replaceRoot } from './machine-volumes.ts'
import { groupOf, isRetained, isWarmed } from './membership.ts'
import { shutDown } from './power.ts'
import type { Departure, DepartureKind, Group, Instance, World } from './state.ts'
import { rest } from './warm-pool.ts'

/** What a state of each way out begins with. */
export const stateNames: Record<DepartureKind, string> = {
  terminate: 'Terminating',
  'return-to-warm-pool': 'Warmed:Pending',
  'terminate-warmed': 'Warmed:Terminating',
  'replace-root-volume': 'ReplacingRootVolume',
}

/** Takes the instance out of service. One that is already on its way is left alone. */
export function depart(
  world: World,
  now: number,
  instance: Instance,
  { kind, cause }: { readonly kind: DepartureKind; readonly cause: string },
): Departure {
  if (instance.departure !== undefined) return instance.departure
  const group = groupOf(world, instance)
  const activity = beginActivity(world, now, group, `Terminating EC2 instance: ${instance.id}`, cause)
  const departure: Departure = { kind, activity, actions: [], abandonedBecause: undefined }
  // A dead machine has no connections to drain, and one that was kept has left the load balancer long ago.
  const serves = instance.machine === 'running' && !isRetained(instance) && !isWarmed(instance)
  const drainMs = serves && isLoadBalanced(group) ? world.timings.drainMs : 0
  instance.departure = departure
  instance.arrival = undefined
  instance.lifecycleState = stateNames[kind]
  world.effects.push({ do: 'deregister', instanceId: instance.id, groupName: group.name })
  if (drainMs > 0) setActivityStatus(activity, 'WaitingForELBConnectionDraining', 30)
  instance.step = { at: now + drainMs, what: 'drained' }
  return departure
}

/** No action is left to wait for. */
export function proceed(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  if (departure === undefined) return
  instance.lifecycleState = `${stateNames[departure.kind]}:Proceed`
  setActivityStatus(departure.activity, 'InProgress', 70)
  instance.step = { at: now + world.timings.proceedMs, what: 'proceeded' }
}

/** What the departure leads to. */
export function afterProceeding(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  if (departure === undefined) return
  const alive = ['running', 'stopping', 'stopped'].includes(instance.machine)
  const kept = departure.abandonedBecause !== undefined && groupOf(world, instance).retains
  if (!alive) {
    shutDown(world, now, instance)
    return
  }
  switch (departure.kind) {
    case 'terminate':
    case 'terminate-warmed':
      if (kept) retain(now, instance, departure)
      else shutDown(world, now, instance)
      return
    case 'return-to-warm-pool':
      if (kept) retain(now, instance, departure)
      else comeToRest(world, now, instance, departure)
      return
    case 'replace-root-volume':
      // Whether ABANDON stops the swap is not documented; the answer that costs the logs is modelled.
      replaceRootVolume(world, now, instance, departure)
  }
}

/**
 * A retained instance is let go by TerminateInstanceInAutoScalingGroup: a new termination with a new activity, in which its hooks run again
 * with new tokens. Only CONTINUE ends it; ABANDON and a time-out retain it again (recorded on AWS).
 */
export function release(world: World, now: number, instance: Instance, cause: string): Departure {
  instance.departure = undefined
  return depart(world, now, instance, { kind: 'terminate', cause })
}

function retain(now: number, instance: Instance, departure: Departure): void {
  instance.lifecycleState = `${stateNames[departure.kind]}:Retained`
  endActivity(departure.activity, now, 'Cancelled', `Instance retained: ${departure.abandonedBecause}.`)
}

function comeToRest(world: World, now: number, instance: Instance, departure: Departure): void {
  instance.departure = undefined
  rest(world, groupOf(world, instance), instance)
  endActivity(departure.activity, now, 'Successful')
}

function replaceRootVolume(world: World, now: number, instance: Instance, departure: Departure): void {
  instance.lifecycleState = 'InService'
  instance.departure = undefined
  replaceRoot(world, now, instance)
  world.effects.push({ do: 'register', instanceId: instance.id, groupName: instance.groupName })
  endActivity(departure.activity, now, 'Successful')
}

function isLoadBalanced({ settings }: Group): boolean {
  const { LoadBalancerNames: classic, TargetGroupARNs: targets, TrafficSources: sources } = settings
  return [classic, targets, sources].some((list) => list !== undefined && list.length > 0)
}
