/** Instances of a group that are prepared and wait, most of them switched off: how many, who they are, and how one rests and wakes. */
import { arrive } from './arrivals.ts'
import { isRetained, isWarmed } from './membership.ts'
import { switchOn } from './power.ts'
import type { Group, Instance, World } from './state.ts'

/** Those that are in it, or on their way in. */
export function poolOf({ instances }: Group): Instance[] {
  return instances.filter(
    (one) => isWarmed(one) && !isRetained(one) && one.departure?.kind !== 'terminate-warmed',
  )
}

/** What the group may have at most, without what it should have; a minimum counts for more. */
export function wantedSize({ warmPool: pool, maxSize, desiredCapacity }: Group): number {
  if (pool === undefined || pool.isDeleting) return 0
  return Math.max(pool.minSize, (pool.maxPrepared ?? maxSize) - desiredCapacity)
}

/** Neither on its way in nor on its way out. */
export function isResting({ lifecycleState }: Instance): boolean {
  return /^Warmed:(Stopped|Running|Hibernated)$/.test(lifecycleState)
}

/** What was prepared stays as the pool has its instances. A machine that is hibernated is stopped, too. */
export function rest(world: World, { warmPool }: Group, instance: Instance): void {
  const state = warmPool?.poolState ?? 'Stopped'
  instance.lifecycleState = `Warmed:${state}`
  instance.isPrepared = true
  if (state === 'Running') return
  instance.machine = 'stopped'
  world.effects.push({ do: 'power-off', instanceId: instance.id })
}

/** From the pool into service, with the disk that it had. Launch hooks hold it once more. */
export function wake(world: World, now: number, instance: Instance): void {
  if (!isResting(instance) || instance.departure !== undefined) return
  instance.lifecycleState = 'Pending'
  if (instance.machine === 'stopped') switchOn(world, now, instance)
  else arrive(world, now, instance)
}
