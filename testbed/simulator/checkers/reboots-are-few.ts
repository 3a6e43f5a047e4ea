/** A machine is rebooted by the guard only while our hook holds it, and once an action: once more where its disk grew meanwhile. */
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { rootOwner } from './copies-are-cleared.ts'
import { isAdoptable } from './s4-only-what-we-hold.ts'

export function rebootsAreFew(world: World): Checker {
  const rebooted = new Set<TrackedAction | string>()
  return {
    called(run, operation, input: { InstanceIds?: string[]; VolumeId?: string }, tookEffect) {
      if (!tookEffect) return
      if (operation === 'modifyVolume') {
        const grown = heldSince(world, rootOwner(world, input.VolumeId) ?? '', run.startedAt)
        if (grown) rebooted.delete(grown)
      }
      if (operation !== 'rebootInstances') return
      for (const id of input.InstanceIds ?? []) {
        const action = heldSince(world, id, run.startedAt)
        if (!action) world.violation('S4', `${id} is rebooted, and our hook does not hold it`)
        else if (rebooted.has(action)) world.violation('recovery', `${id} is rebooted twice in one action`)
        else rebooted.add(action)
      }
    },
  }
}

/** The action of our hook that holds the instance, or did when the invocation began; of one that may be adopted, its id. */
export function heldSince(world: World, id: string, since: number): TrackedAction | string | undefined {
  const adopted = isAdoptable(world, id, since) ? id : undefined
  return world.region.actionOf(id) ?? endedSince(world, id, since) ?? adopted
}

/** Held when the invocation began, and let go since. */
function endedSince({ region }: World, instanceId: string, since: number): TrackedAction | undefined {
  return [...region.actions.values()].find(
    ({ instance, end }) => instance.id === instanceId && end !== undefined && end.at >= since,
  )
}
