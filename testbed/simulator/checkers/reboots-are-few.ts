/** A machine is rebooted by the guard only while our hook holds it, and once an action. */
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { isAdoptable } from './s4-only-what-we-hold.ts'

export function rebootsAreFew(world: World): Checker {
  const rebooted = new Set<TrackedAction | string>()
  return {
    called(run, operation, input: { InstanceIds?: string[] }, tookEffect) {
      if (operation !== 'rebootInstances' || !tookEffect) return
      for (const id of input.InstanceIds ?? []) {
        const adopted = isAdoptable(world, id, run.startedAt) ? id : undefined
        const action = world.region.actionOf(id) ?? endedSince(world, id, run.startedAt) ?? adopted
        if (!action) world.violation('S4', `${id} is rebooted, and our hook does not hold it`)
        else if (rebooted.has(action)) world.violation('recovery', `${id} is rebooted twice in one action`)
        else rebooted.add(action)
      }
    },
  }
}

/** Held when the invocation began, and let go since. */
function endedSince({ region }: World, instanceId: string, since: number): TrackedAction | undefined {
  return [...region.actions.values()].find(
    ({ instance, end }) => instance.id === instanceId && end !== undefined && end.at >= since,
  )
}
