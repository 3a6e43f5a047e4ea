/** Keeping a group at its desired capacity: launches, and the choice of who goes. */
import { beginActivity, endActivity } from './activities.ts'
import { depart } from './departures.ts'
import { announceMachineState, announceOutcome } from './events.ts'
import { groupOf } from './membership.ts'
import type { Group, Instance, World } from './state.ts'

/** Launches or terminates until desired capacity is met. Instances on their way out, or kept, do not count. */
export function reconcileCapacity(world: World, now: number, group: Group, reason = 'a difference'): void {
  const counted = group.instances.filter(counts)
  for (let missing = group.desiredCapacity - counted.length; missing > 0; missing -= 1)
    launch(world, now, group)
  let excess = counted.length - group.desiredCapacity
  while (excess > 0) {
    const chosen = chooseForScaleIn(group, group.instances.filter(counts))
    if (chosen === undefined) return
    depart(world, now, chosen, {
      kind: 'terminate',
      cause:
        `an instance was taken out of service in response to ${reason} between desired and actual capacity, ` +
        `shrinking the capacity from ${group.desiredCapacity + excess} to ${group.desiredCapacity + excess - 1}. ` +
        `Instance ${chosen.id} was selected for termination.`,
    })
    excess -= 1
  }
}

/** The caller has made the machine it was asked for. */
export function machineStarted(world: World, now: number, instanceId: string): void {
  const instance = world.instances.get(instanceId)
  if (instance?.machine !== 'pending') return
  instance.machine = 'running'
  announceMachineState(world, now, instance)
  if (instance.departure === undefined && instance.step === undefined)
    instance.step = { at: now + world.timings.inServiceMs, what: 'in-service' }
}

/** The caller could not make the machine. Nothing is tried again until the group's capacity is next looked at. */
export function machineFailed(world: World, now: number, instanceId: string, why: string): void {
  const instance = world.instances.get(instanceId)
  if (instance?.machine !== 'pending') return
  const group = groupOf(world, instance)
  endActivity(instance.launchActivity, now, 'Failed', why)
  group.instances = group.instances.filter((other) => other !== instance)
  world.instances.delete(instanceId)
  announceOutcome(world, now, 'Launch Unsuccessful', { group, instance, activity: instance.launchActivity })
}

/** The instance counts and receives traffic. */
export function enterService(world: World, now: number, instance: Instance): void {
  const group = groupOf(world, instance)
  instance.lifecycleState = 'InService'
  endActivity(instance.launchActivity, now, 'Successful')
  world.effects.push({ do: 'register', instanceId: instance.id, groupName: group.name })
  announceOutcome(world, now, 'Launch Successful', { group, instance, activity: instance.launchActivity })
}

/** An instance marked unhealthy goes, and another comes. */
export function replaceUnhealthy(world: World, now: number, instance: Instance): void {
  depart(world, now, instance, {
    kind: 'terminate',
    cause: 'an instance was taken out of service in response to a user health-check.',
  })
  reconcileCapacity(world, now, groupOf(world, instance))
}

function launch(world: World, now: number, group: Group): void {
  const id = world.options.newId('instance')
  const zones = group.settings.AvailabilityZones ?? []
  const instance: Instance = {
    id,
    groupName: group.name,
    availabilityZone: leastUsed(zones, group.instances) ?? `${world.options.region}a`,
    launchedAt: now,
    launchActivity: beginActivity(
      world,
      now,
      group,
      `Launching a new EC2 instance: ${id}`,
      'an instance was started in response to a difference between desired and actual capacity.',
    ),
    lifecycleState: 'Pending',
    health: 'Healthy',
    machine: 'pending',
    member: true,
    terminationProtection: false,
    scaleInProtection: group.settings.NewInstancesProtectedFromScaleIn ?? false,
    departure: undefined,
    step: undefined,
    machineStep: undefined,
  }
  group.instances.push(instance)
  world.instances.set(id, instance)
  world.effects.push({ do: 'launch', instanceId: id, groupName: group.name })
}

/** Balances the zones, then takes the oldest (the newest, where the group says so). AWS's default policy breaks ties by chance. */
function chooseForScaleIn(group: Group, candidates: readonly Instance[]): Instance | undefined {
  const open = candidates.filter((instance) => !instance.scaleInProtection)
  const zone = mostUsed(open)
  const inZone = open.filter((instance) => instance.availabilityZone === zone)
  return group.settings.TerminationPolicies?.[0] === 'NewestInstance' ? inZone.at(-1) : inZone[0]
}

function counts(instance: Instance): boolean {
  const { departure } = instance
  return departure === undefined
    ? !instance.lifecycleState.startsWith('Warmed')
    : departure.kind === 'replace-root-volume'
}

function leastUsed(zones: readonly string[], instances: readonly Instance[]): string | undefined {
  const uses = (zone: string) => instances.filter((instance) => instance.availabilityZone === zone).length
  return [...zones].sort((a, b) => uses(a) - uses(b))[0]
}

function mostUsed(instances: readonly Instance[]): string | undefined {
  const uses = (zone: string) => instances.filter((instance) => instance.availabilityZone === zone).length
  return [...new Set(instances.map((instance) => instance.availabilityZone))].sort(
    (a, b) => uses(b) - uses(a),
  )[0]
}
