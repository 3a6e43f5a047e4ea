/** A machine's power, as EC2 switches it off, and what follows for its group at once. */
import { AwsError } from '../aws-error.ts'
import { announceMachineState } from './events.ts'
import { leaveGroup } from './membership.ts'
import type { Instance, World } from './state.ts'

/** Processes stop now; the volumes go when the machine is terminated. Doing it twice changes nothing. */
export function shutDown(world: World, now: number, instance: Instance): void {
  if (instance.machine === 'terminated') leaveGroupNow(world, now, instance)
  if (instance.machine === 'terminated' || instance.machine === 'shutting-down') return
  instance.machine = 'shutting-down'
  instance.offSince = now
  world.effects.push({ do: 'power-off', instanceId: instance.id })
  announceMachineState(world, now, instance)
  instance.machineStep = { at: now + world.timings.shutdownMs, what: 'terminated' }
}

/** It boots, with the disk that it had. */
export function switchOn(world: World, now: number, instance: Instance): void {
  instance.machine = 'pending'
  instance.offSince = undefined
  announceMachineState(world, now, instance)
  instance.machineStep = { at: now + world.timings.shutdownMs, what: 'started' }
}

export function leaveGroupNow(world: World, now: number, instance: Instance): void {
  if (instance.member) leaveGroup(world, now, instance)
  remember(world, now, instance)
}

/** EC2 shows a terminated instance for about an hour. */
export function remember(world: World, now: number, instance: Instance): void {
  instance.machineStep = { at: now + world.timings.rememberMs, what: 'forget' }
}

/** The instance, or EC2's complaint. */
export function machineNamed(world: World, instanceId: string): Instance {
  if (!/^i-[0-9a-f]{8}([0-9a-f]{9})?$/.test(instanceId))
    throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${instanceId}"`)
  const instance = world.instances.get(instanceId)
  if (instance !== undefined) return instance
  throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`)
}
