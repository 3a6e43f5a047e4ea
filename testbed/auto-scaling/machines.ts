/** The EC2 side of an instance: it runs, shuts down, and is gone, whatever Auto Scaling thinks. */

import { AwsError } from '../aws-error.ts'
import { arrive } from './arrivals.ts'
import { reconcileCapacity } from './capacity.ts'
import { depart } from './departures.ts'
import { announceMachineState } from './events.ts'
import { destroy } from './machine-volumes.ts'
import { groupOf, isRetained, isWarmed } from './membership.ts'
import { leaveGroupNow, machineNamed, remember, shutDown, switchOn } from './power.ts'
import type { Instance, World } from './state.ts'

/** The machine ends, and most of its volumes with it. Auto Scaling, unless it asked for this, has yet to notice. */
export function afterShutdown(world: World, now: number, instance: Instance): void {
  instance.machine = 'terminated'
  instance.machineStep = undefined
  destroy(world, now, instance)
  announceMachineState(world, now, instance)
  if (!instance.member) remember(world, now, instance)
  else if (wantsItGone(instance)) leaveGroupNow(world, now, instance)
  else instance.machineStep = { at: now + world.timings.noticeMs, what: 'notice' }
}

/** ec2:StopInstances. Only of an instance in service does Auto Scaling take notice. */
export function stopMachines(world: World, now: number, instanceIds: readonly string[]): void {
  for (const instance of instanceIds.map((id) => machineNamed(world, id))) {
    if (instance.machine !== 'running') throw isInNoState(instance, 'stopped')
    instance.machine = 'stopping'
    instance.offSince = now
    world.effects.push({ do: 'power-off', instanceId: instance.id })
    announceMachineState(world, now, instance)
    instance.machineStep = { at: now + world.timings.shutdownMs, what: 'stopped' }
  }
}

export function afterStop(world: World, now: number, instance: Instance): void {
  instance.machine = 'stopped'
  announceMachineState(world, now, instance)
  const isWatched = instance.member && instance.departure === undefined && !isWarmed(instance)
  instance.machineStep = isWatched ? { at: now + world.timings.noticeMs, what: 'notice' } : undefined
}

/** ec2:StartInstances. */
export function startMachines(world: World, now: number, instanceIds: readonly string[]): void {
  for (const instance of instanceIds.map((id) => machineNamed(world, id))) {
    if (instance.machine !== 'stopped') throw isInNoState(instance, 'started')
    switchOn(world, now, instance)
  }
}

export function afterStart(world: World, now: number, instance: Instance): void {
  instance.machine = 'running'
  instance.machineStep = undefined
  world.effects.push({ do: 'power-on', instanceId: instance.id })
  announceMachineState(world, now, instance)
  if (instance.lifecycleState === 'Pending') arrive(world, now, instance)
}

/** Auto Scaling sees a machine that is not running: unhealthy at once. The hook then runs for a dead instance. */
export function noticeDeath(world: World, now: number, instance: Instance): void {
  instance.machineStep = undefined
  if (!instance.member) return
  // Nobody looks at the health of a standby instance: it goes on being reported as healthy.
  if (instance.lifecycleState === 'Standby') return
  if (groupOf(world, instance).suspended.has('HealthCheck')) return
  if (isRetained(instance)) {
    leaveGroupNow(world, now, instance)
    return
  }
  instance.health = 'Unhealthy'
  depart(world, now, instance, {
    kind: isWarmed(instance) ? 'terminate-warmed' : 'terminate',
    cause:
      'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.',
  })
  reconcileCapacity(world, now, groupOf(world, instance))
}

/** ec2:TerminateInstances. No hook, no draining, no protection of Auto Scaling's stands in its way; EC2's own does. */
export function terminateMachines(world: World, now: number, instanceIds: readonly string[]): Instance[] {
  const instances = instanceIds.map((id) => machineNamed(world, id))
  const refused = instances.filter((instance) => instance.terminationProtection)
  // A protected instance saves those beside it in its Availability Zone; the others go although the call fails.
  const spared = new Set(refused.map((instance) => instance.availabilityZone))
  for (const instance of instances)
    if (!spared.has(instance.availabilityZone)) shutDownByHand(world, now, instance)
  if (refused[0] !== undefined) throw isProtected(refused[0].id)
  return instances
}

/** A machine that vanishes: a failed host, a Spot interruption. Nothing protects it. */
export function loseMachine(world: World, now: number, instanceId: string): void {
  shutDownByHand(world, now, machineNamed(world, instanceId))
}

function shutDownByHand(world: World, now: number, instance: Instance): void {
  if (instance.machine !== 'terminated') shutDown(world, now, instance)
}

/** Auto Scaling itself is through with the instance (no hook waits any more). */
function wantsItGone(instance: Instance): boolean {
  return instance.lifecycleState.endsWith(':Proceed') && instance.step === undefined
}

function isInNoState(instance: Instance, done: string): AwsError {
  return new AwsError(
    'IncorrectInstanceState',
    `The instance '${instance.id}' is not in a state from which it can be ${done}.`,
  )
}

function isProtected(instanceId: string): AwsError {
  return new AwsError(
    'OperationNotPermitted',
    `The instance '${instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  )
}
