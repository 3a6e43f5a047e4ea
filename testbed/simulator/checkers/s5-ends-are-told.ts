/** S5: every end that is not `archived` or `empty` is told loudly, at least once. */
import { isLoud, type JournalEvent } from '../../../src/journal/journal.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import { lookedAt, owedLines } from './archive.ts'
import type { Checker } from './checker.ts'
import { endedBootHidden, isReleasedByGuard } from './s1-continue-with-proof.ts'

export function endsAreTold(world: World): Checker {
  return {
    atRest() {
      for (const action of world.region.actions.values()) {
        const { id } = action.instance
        const missing = owedLines(world, action, lookedAt(action, world.time.now))
        const told = toldOf(world, action)
        const isArchived = missing === 0 && action.end !== undefined && isReleasedByGuard(action.end.cause)
        if (told.length === 0 && !isArchived && !isUnheard(world, action)) {
          world.violation('S5', `nobody told how the action of ${id} ended`)
        } else if (missing > 0 && !told.some(isLoud) && !isExcused(world, action)) {
          world.violation('S5', `${id} ended with ${missing} lines missing, and nobody was told loudly`)
        }
      }
    },
  }
}

/** What was told of this action's end. An adopted one has no token and is told by its instance. */
export function toldOf(
  { journal, region }: World,
  { token, instance, startedAt }: TrackedAction,
): JournalEvent[] {
  // A forged message may bring another instance's token: then it is the instance that is told of.
  const isNoTokenOf = (said: string | undefined) =>
    said === undefined || region.actions.get(said)?.instance.id !== instance.id
  return journal
    .filter(({ at, event }) => {
      if (at < startedAt || event.event === 'pass') return false
      if (event.event === 'sweep') return event.retained.includes(instance.id)
      // After its root volume was replaced an instance is in service again, and the message cannot be told from a forged one.
      if (event.event === 'message-refused') return event.why.includes(instance.id)
      if (event.event !== 'action-ended') return false
      return event.instanceId === instance.id && (event.token === token || isNoTokenOf(event.token))
    })
    .map(({ event }) => event)
}

function isExcused(world: World, action: TrackedAction): boolean {
  return isUnheard(world, action) || endedBootHidden(world, action)
}

/**
 * An action of which the guard cannot know: its notification was lost and somebody else ended it, or its time ran out before
 * any sweep could see it. A group that retains still keeps the machine, and the sweep names it.
 */
export function isUnheard(world: World, action: TrackedAction): boolean {
  if (!action.isNotificationLost || !action.end) return false
  const { cause } = action.end
  const isKept = action.instance.lifecycleState.endsWith(':Retained') && !action.machine.wasReleased
  return (
    !isKept &&
    cause.by !== 'guard' &&
    (cause.by !== 'time' || isSweepHindered(world) || !isSweptInTime(world, action))
  )
}

/** Whether two sweeps see an action before its hook times out; a person may have set it to less. */
export function isSweptInTime({ setting }: World, { heartbeatMs }: TrackedAction): boolean {
  return heartbeatMs >= 1000 * setting.policy.adoptAfterSeconds + 2 * setting.sweepEveryMs
}

/** Whether anything in this world can keep the sweep from seeing what waits. */
export function isSweepHindered({ mix }: World): boolean {
  const hindrances = [
    'call-fails-before-its-effect',
    'call-fails-after-its-effect',
    'call-hangs',
    'call-is-sent-later',
    'call-is-slow',
    'lambda-is-killed',
    'guard-is-down',
    // Each pass of what it adopts fails there, by name, and an alarm rings.
    'heartbeats-are-denied-for-good',
    'throttling-storm',
    // Without activities it cannot tell since when anything waits; the group fails, by name.
    'an-operation-is-denied',
    // Nor does it touch what a hook holds that notifies another queue now (S4).
    'operator-points-the-hook-elsewhere',
    // Nor does it come in time for a hook that is set to less than lies between two sweeps.
    'operator-sets-the-time-out',
    // What no activity names is adopted by no sweep.
    'activity-is-late',
    'activity-is-missing',
  ] as const
  return hindrances.some((kind) => mix[kind] > 0)
}
