/** How soon to look again while there is nothing to do but wait: every look costs one of the message's receives. Pure. */
import type { Flush, Observation } from '../model.ts'
import type { Policy } from '../policy.ts'
import { heldSeconds, lookCap } from './deadline.ts'

/**
 * The SSM event wakes us when a flush ends. The look is for the event that was lost, so it need not come sooner. A flush that should
 * long be over is looked at ever more rarely: every look costs one of the message's receives.
 */
export function secondsUntilFlushMustBeOver(
  seen: Observation,
  flush: Pick<Flush, 'requestedAt'>,
  policy: Policy,
): number {
  const untilEnd = (mustBeOverAt(flush, policy) - seen.now) / 1000
  const seconds = Math.max(untilEnd + policy.pendingSeconds, policy.pendingSeconds, -untilEnd / 4)
  return Math.min(seconds, lookCap(seen, policy))
}

/** Systems Manager ends each command by then: one that still runs is in a state that we do not know, and may stay so for ever. */
export function mustBeOver({ now }: Observation, flush: Observation['busyWith'], policy: Policy): boolean {
  return flush !== undefined && now > mustBeOverAt(flush, policy)
}

function mustBeOverAt({ requestedAt }: Pick<Flush, 'requestedAt'>, policy: Policy): number {
  return requestedAt + (policy.deliveryTimeoutSeconds + policy.executionTimeoutSeconds) * 1000
}

/** Another hook may hold it for hours, and every look costs one of the message's receives; but ours must not run out between two (S3). */
export function secondsUntilHook(seen: Observation, policy: Policy): number {
  const rarer = seen.hook ? Math.min(heldSeconds(seen) / 10, lookCap(seen, policy)) : 0
  return Math.max(policy.pendingSeconds, rarer)
}

/** A dead machine costs no more than a slow one: the longer nothing can be done, the rarer we ask. */
export function secondsInTrouble(seen: Observation, policy: Policy): number {
  const soonest = Math.max(policy.retrySeconds, policy.pendingSeconds)
  return Math.min(Math.max(soonest, heldSeconds(seen) / 4), lookCap(seen, policy))
}
