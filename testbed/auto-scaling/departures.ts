/** An instance leaving service: Terminating (draining) → :Wait (hooks) → :Proceed → gone, kept, or back. */
import { beginActions } from './actions.ts'
import { beginActivity, endActivity, setActivityStatus } from './activities.ts'
import { announceOutcome } from './events.ts'
import { shutDown } from './machines.ts'
import type { Departure, DepartureKind, Group, Instance, World } from './state.ts'

const stateNames: Record<DepartureKind, string> = {
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
  instance.departure = departure
  instance.lifecycleState = stateNames[kind]
  world.effects.push({ do: 'deregister', instanceId: instance.id, groupName: group.name })
  // A dead machine has no connections to drain.
  const drainMs = isLoadBalanced(group) && instance.machine === 'running' ? world.timings.drainMs : 0
  if (drainMs > 0) setActivityStatus(activity, 'WaitingForELBConnectionDraining', 30)
  instance.step = { at: now + drainMs, what: 'drained' }
  return departure
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
  const kept = alive && departure.abandonedBecause !== undefined && groupOf(world, instance).retains
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
      else rest(world, now, instance, departure)
      return
    case 'replace-root-volume':
      // Whether ABANDON stops the swap is not documented; the answer that costs the logs is modelled.
      replaceRootVolume(world, now, instance, departure)
  }
}

/** A retained instance can be let go in one way only: TerminateInstanceInAutoScalingGroup. Its hooks are not run again (undocumented; either is possible). */
export function release(world: World, now: number, instance: Instance, cause: string): Departure {
  const activity = beginActivity(
    world,
    now,
    groupOf(world, instance),
    `Terminating EC2 instance: ${instance.id}`,
    cause,
  )
  const departure: Departure = { kind: 'terminate', activity, actions: [], abandonedBecause: undefined }
  instance.departure = departure
  proceed(world, now, instance)
  return departure
}

/** EC2 has deleted the machine, or it was found dead: the group no longer has it. */
export function leaveGroup(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  const group = groupOf(world, instance)
  group.instances = group.instances.filter((other) => other !== instance)
  const wasRetained = isRetained(instance)
  instance.member = false
  instance.step = undefined
  instance.lifecycleState = 'Terminated'
  if (departure === undefined || wasRetained) return
  endActivity(departure.activity, now, 'Successful')
  announceOutcome(world, now, 'Terminate Successful', { group, instance, activity: departure.activity })
}

/** Terminating:Retained and its twins in the warm pool. */
export function isRetained(instance: Instance): boolean {
  return instance.lifecycleState.endsWith(':Retained')
}

/** The group an instance belongs to; one that is gone is remembered by its instances. */
export function groupOf(world: World, instance: Instance): Group {
  const group = world.groups.get(instance.groupName)
  if (group === undefined) throw new Error(`instance ${instance.id} outlived its group ${instance.groupName}`)
  return group
}

function retain(now: number, instance: Instance, departure: Departure): void {
  instance.lifecycleState = `${stateNames[departure.kind]}:Retained`
  endActivity(departure.activity, now, 'Cancelled', `Instance retained: ${departure.abandonedBecause}.`)
}

function rest(world: World, now: number, instance: Instance, departure: Departure): void {
  instance.lifecycleState = 'Warmed:Stopped'
  instance.machine = 'stopped'
  instance.departure = undefined
  world.effects.push({ do: 'power-off', instanceId: instance.id })
  endActivity(departure.activity, now, 'Successful')
}

function replaceRootVolume(world: World, now: number, instance: Instance, departure: Departure): void {
  instance.lifecycleState = 'InService'
  instance.departure = undefined
  world.effects.push({ do: 'replace-root-volume', instanceId: instance.id })
  world.effects.push({ do: 'register', instanceId: instance.id, groupName: instance.groupName })
  endActivity(departure.activity, now, 'Successful')
}

function isLoadBalanced({ settings }: Group): boolean {
  const { LoadBalancerNames: classic, TargetGroupARNs: targets, TrafficSources: sources } = settings
  return [classic, targets, sources].some((list) => list !== undefined && list.length > 0)
}
