/** Only what is kept is tried again, as often as the ladder has rungs for it, and with the group's size left as it is. */
import { MOST_RETRIES } from '../../../src/recovery/ladder.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function retriesAreBounded(world: World): Checker {
  /** What was kept when the guard last looked around, by the model itself. */
  const kept = new Set<string>()
  /** The actions that a try began. */
  const begun = new Set<string>()
  return {
    actionEnded({ instance }) {
      kept.add(instance.id)
    },
    // Where somebody deletes the hook, a machine is kept without an action that ended.
    told({ event }) {
      if (event !== 'sweep') return
      for (const { id, lifecycleState } of world.region.model.instances())
        if (lifecycleState.endsWith(':Retained')) kept.add(id)
    },
    called(_run, operation, input: { InstanceId?: string; ShouldDecrementDesiredCapacity?: boolean }, took) {
      if (operation !== 'terminateInstanceInAutoScalingGroup' || !took) return
      const { InstanceId: id = '', ShouldDecrementDesiredCapacity: decrements } = input
      const machine = world.region.machines.get(id)
      if (decrements !== false || !kept.has(id))
        world.violation('S4', `${id} is terminated, and it was not kept`)
      if (!machine) return
      // Of two sweeps at once, the second finds that try under way.
      const token = world.region.actionOf(id)?.token
      if (token !== undefined && begun.has(token)) return
      if (token !== undefined) begun.add(token)
      machine.retries++
      // What no activity names is counted by its flushes, and a person may have prevented those.
      const isCounted = world.mix['activity-is-missing'] === 0
      if (isCounted && machine.retries > MOST_RETRIES)
        world.violation('recovery', `${id} is tried again for the ${machine.retries}th time`)
    },
  }
}
