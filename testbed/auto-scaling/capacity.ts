/** Keeping a group at its desired capacity: launches, and the choice of who goes. */
import { beginActivity, endActivity } from './activities.ts'
import { arrive } from './arrivals.ts'
import { depart } from './departures.ts'
import { announceMachineState, announceOutcome } from './events.ts'
import { attachNewRoot, forgetVolumes } from './machine-volumes.ts'
import { groupOf, isWarmed, putIntoService } from './membership.ts'
import type { Group, Instance, World } from './state.ts'
import { isResting, poolOf, rest, wake, wantedSize } from './warm-pool.ts'

/** Launches or terminates until desired capacity is met. Instances on their way out, or kept, do not count. */
export function reconcileCapacity(world: World, now: number, group: Group, reason = 'a difference'): void {
  const counted = group.instances.filter(counts)
  const missing = group.suspended.has('Launch') ? 0 : group.desiredCapacity - counted.length
  for (let more = 0; more < missing; more += 1)
    if (!takeFromPool(world, now, group)) launch(world, now, group, 'Pending')
  let excess = group.suspended.has('Terminate') ? 0 : counted.length - group.desiredCapacity
  while (excess > 0) {
    const chosen = chooseForScaleIn(group, group.instances.filter(counts))
    if (chosen === undefined) break
    depart(world, now, chosen, {
      kind: group.warmPool?.reuses ? 'return-to-warm-pool' : 'terminate',
      cause:
        `an instance was taken out of service in response to ${reason} between desired and actual capacity, ` +
        `shrinking the capacity from ${group.desiredCapacity + excess} to ${group.desiredCapacity + excess - 1}. ` +
        `Instance ${chosen.id} was selected for termination.`,
    })
    excess -= 1
  }
  if (group.warmPool !== undefined) reconcilePool(world, now, group)
}

/** Of the warm pool as it should be, too: whoever rests there longest goes first. */
function reconcilePool(world: World, now: number, group: Group): void {
  const pool = poolOf(group)
  const excess = pool.length - wantedSize(group)
  const isLaunching = !group.suspended.has('Launch') && !group.warmPool?.isDeleting
  for (let more = excess; more < 0 && isLaunching; more += 1) launch(world, now, group, 'Warmed:Pending')
  if (excess <= 0 || group.suspended.has('Terminate')) return
  for (const instance of pool.filter(isResting).slice(0, excess))
    depart(world, now, instance, {
      kind: 'terminate-warmed',
      cause: 'an instance was taken out of the warm pool, which is larger than it should be.',
    })
}

/** Quicker than a launch. Answers whether anybody was ready. */
function takeFromPool(world: World, now: number, group: Group): boolean {
  const instance = group.instances.find((one) => isResting(one) && one.departure === undefined)
  if (instance === undefined) return false
  instance.launchActivity = beginActivity(
    world,
    now,
    group,
    `Launching a new EC2 instance from warm pool: ${instance.id}`,
    'an instance was started in response to a difference between desired and actual capacity.',
  )
  wake(world, now, instance)
  return true
}

/** The caller has made the machine it was asked for. */
export function machineStarted(world: World, now: number, instanceId: string): void {
  const instance = world.instances.get(instanceId)
  if (instance?.machine !== 'pending') return
  instance.machine = 'running'
  announceMachineState(world, now, instance)
  if (instance.departure === undefined && instance.step === undefined) arrive(world, now, instance)
}

/** The caller could not make the machine. Nothing is tried again until the group's capacity is next looked at. */
export function machineFailed(world: World, now: number, instanceId: string, why: string): void {
  const instance = world.instances.get(instanceId)
  if (instance?.machine !== 'pending') return
  const group = groupOf(world, instance)
  endActivity(instance.launchActivity, now, 'Failed', why)
  group.instances = group.instances.filter((other) => other !== instance)
  world.instances.delete(instanceId)
  forgetVolumes(world, instance)
  announceOutcome(world, now, 'Launch Unsuccessful', { group, instance, activity: instance.launchActivity })
}

/** The instance counts and receives traffic; or it was for the warm pool, and rests. */
export function enterService(world: World, now: number, instance: Instance): void {
  const group = groupOf(world, instance)
  endActivity(instance.launchActivity, now, 'Successful')
  if (isWarmed(instance)) rest(world, group, instance)
  else {
    putIntoService(world, group, instance)
    instance.isPrepared = false
  }
  announceOutcome(world, now, 'Launch Successful', { group, instance, activity: instance.launchActivity })
}

/** An instance marked unhealthy goes, and another comes. */
export function replaceUnhealthy(world: World, now: number, instance: Instance): void {
  const { suspended } = groupOf(world, instance)
  if (suspended.has('ReplaceUnhealthy') || suspended.has('Terminate')) return
  depart(world, now, instance, {
    kind: 'terminate',
    cause: 'an instance was taken out of service in response to a user health-check.',
  })
  reconcileCapacity(world, now, groupOf(world, instance))
}

/** A launch hook said ABANDON. Whether terminate hooks run for what never served is not documented; here they do. */
export function replaceRejected(world: World, now: number, instance: Instance): void {
  endActivity(instance.launchActivity, now, 'Failed', 'Instance failed to complete its lifecycle action.')
  depart(world, now, instance, {
    kind: isWarmed(instance) ? 'terminate-warmed' : 'terminate',
    cause: 'an instance was taken out of service because a launch lifecycle hook was abandoned.',
  })
  reconcileCapacity(world, now, groupOf(world, instance))
}

function launch(world: World, now: number, group: Group, lifecycleState: 'Pending' | 'Warmed:Pending'): void {
  const id = world.options.newId('instance')
  const zones = group.settings.AvailabilityZones ?? []
  const instance: Instance = {
    id,
    groupName: group.name,
    tags: launchTags(group),
    availabilityZone: leastUsed(zones, group.instances) ?? `${world.options.region}a`,
    launchedAt: now,
    offSince: undefined,
    volumes: [],
    launchActivity: beginActivity(
      world,
      now,
      group,
      `Launching a new EC2 instance: ${id}`,
      'an instance was started in response to a difference between desired and actual capacity.',
    ),
    lifecycleState,
    health: 'Healthy',
    machine: 'pending',
    isPrepared: false,
    member: true,
    terminationProtection: false,
    scaleInProtection: group.settings.NewInstancesProtectedFromScaleIn ?? false,
    arrival: undefined,
    departure: undefined,
    step: undefined,
    machineStep: undefined,
  }
  instance.volumes = [attachNewRoot(world, now, instance)]
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

/** What a new instance is tagged with: its group's name, and those of the group's tags that propagate. */
function launchTags(group: Group): Map<string, string> {
  const tags = new Map([['aws:autoscaling:groupName', group.name]])
  for (const { Key = '', Value = '', PropagateAtLaunch } of group.tags.values())
    if (PropagateAtLaunch) tags.set(Key, Value)
  return tags
}

function counts(instance: Instance): boolean {
  const { departure } = instance
  if (instance.lifecycleState === 'Standby') return false
  return departure === undefined ? !isWarmed(instance) : departure.kind === 'replace-root-volume'
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
