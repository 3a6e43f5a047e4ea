/** Each end tells the truth: what is told as lost is gone when everything is at rest. A machine that was kept is no loss. */
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function lossesAreReal(world: World): Checker {
  return {
    atRest() {
      for (const { event } of world.journal) {
        if (event.event !== 'action-ended' || event.outcome !== 'lost' || !event.token) continue
        const action = world.region.actions.get(event.token)
        // The warm pool may take its machine, and whatever is on it, at any moment.
        if (action?.kind === 'return-to-warm-pool') continue
        if (action && action.instance.id === event.instanceId && !action.disk.isGone)
          world.violation('truth', `${event.instanceId} is told lost, and its disk is there`)
      }
    },
  }
}
