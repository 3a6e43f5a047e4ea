/** Whether what was done to an instance was done while our hook held it, as far as an invocation could know. */
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import { isAdoptable } from './s4-only-what-we-hold.ts'

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
