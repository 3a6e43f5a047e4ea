/** A machine is rebooted by the guard only while our hook holds it, and once an action: once more where its disk grew meanwhile. */
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { rootOwner } from './copies-are-cleared.ts'
import { heldSince } from './held-since.ts'

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
        // Open: two sweeps that the schedule started at once know nothing of each other (docs/limits.md).
        else if (rebooted.has(action) && world.mix['schedule-starts-a-sweep-twice'] === 0)
          world.violation('recovery', `${id} is rebooted twice in one action`)
        else rebooted.add(action)
      }
    },
  }
}
