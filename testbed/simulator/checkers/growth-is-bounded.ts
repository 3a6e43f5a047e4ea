/** A volume is made larger by the guard only where a disk was full, while our hook holds its machine, once an action, and by little. */
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { rootOwner } from './copies-are-cleared.ts'
import { heldSince } from './held-since.ts'

const MOST_GIB = 16

export function growthIsBounded(world: World): Checker {
  const grown = new Set<TrackedAction | string>()
  return {
    called(run, operation, input: { VolumeId?: string }, tookEffect) {
      if (operation !== 'modifyVolume' || !tookEffect) return
      const id = rootOwner(world, input.VolumeId)
      const machine = world.region.machines.get(id ?? '')
      const say = (invariant: string, what: string) => world.violation(invariant, `${id} ${what}`)
      if (!machine || !id) return world.violation('recovery', `${input.VolumeId}, no root volume, grows`)
      if (!machine.disk.isFull) say('recovery', 'gets a larger disk, and its own was not full')
      const action = heldSince(world, id, run.startedAt)
      if (!action) say('S4', 'gets a larger disk, and our hook does not hold it')
      else if (grown.has(action)) say('recovery', 'gets a larger disk twice in one action')
      else grown.add(action)
      const { originalSizeGiB = 0, targetSizeGiB = 0 } = volumeOf(world, input.VolumeId)?.modification ?? {}
      if (targetSizeGiB - originalSizeGiB > MOST_GIB) say('recovery', `grows to ${targetSizeGiB} GiB`)
    },
  }
}

function volumeOf({ region }: World, volumeId: string | undefined) {
  return region.model
    .instances()
    .flatMap(({ volumes }) => volumes)
    .find(({ id }) => id === volumeId)
}
