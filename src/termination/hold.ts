/**
 * `No active Lifecycle Action found` means over or not yet (the API has one answer for both): the instance's lifecycle state
 * tells them apart.
 */
import type { Hold } from '../model.ts'
import type { Heartbeat } from './lifecycle-actions.ts'

/** States on the way to a hook, or before Auto Scaling's own views agree. */
const UNDER_WAY = new Set(['Terminating', 'Warmed:Terminating', 'Warmed:Pending', 'ReplacingRootVolume'])

/** States behind the hook, from which nothing comes back. */
const GONE_BY = /^(Warmed:)?(Terminating:Proceed|Terminated)$/

/** And those from which an instance may pass the hook again: kept, in the warm pool, or with another root volume. */
const PAST = /:(Proceed|Retained)$|^Warmed:(Stopped|Running|Hibernated)$/

/**
 * Whether a terminate hook may hold an instance in this state. Launching ones (`Pending:Wait`) are none of ours; of those on their way into
 * a warm pool the state does not tell which hook it is.
 */
export function waitsToLeave(lifecycleState: string): boolean {
  return /^((Warmed:)?Terminating|Warmed:Pending|ReplacingRootVolume):Wait$/.test(lifecycleState)
}

/** In this state a launch hook may hold the instance just as well as ours; the group's activities tell which. */
export const INTO_THE_POOL = 'Warmed:Pending:Wait'

/** How long a notification may run ahead of the instance's visible state before it is called unfounded. */
export const SETTLING_SECONDS = 15 * 60

export interface UnflushedAction {
  /** What the heartbeat said. */
  readonly heartbeat: Heartbeat
  /** Whether our hook holds the instance itself, asked by its id. */
  readonly isHeldItself: boolean
  /** `undefined`: no group has this instance (any more). */
  readonly lifecycleState: string | undefined
  readonly ageSeconds: number
}

/** The hold of an action that was flushed: our hook had held it, so that no active action means over. */
export function holdOfFlushed(heartbeat: Heartbeat): Hold {
  return heartbeat === 'held' ? 'held' : 'over'
}

/**
 * The hold of an action that was never flushed.
 * `unfounded`: the instance is in service or elsewhere, and has been for long enough to say that the message is not true.
 */
export function holdOfUnflushed({
  heartbeat,
  isHeldItself,
  lifecycleState,
  ageSeconds,
}: UnflushedAction): Hold | 'unfounded' {
  if (heartbeat === 'held' && isHeldItself) return 'held'
  const isYoung = ageSeconds <= SETTLING_SECONDS
  // A token that holds another instance: this message pairs two that do not belong together.
  if (heartbeat === 'held') return isYoung ? 'pending' : 'unfounded'
  // No group has it: one empty answer is none, unless the group itself is gone.
  if (lifecycleState === undefined) return heartbeat === 'no group' || !isYoung ? 'over' : 'pending'
  // Our hook holds it, and not for this action: an instance passes it several times, and this time is over.
  if (heartbeat === 'none' && isHeldItself && !isYoung) return 'over'
  // Another hook of the group may hold it now and ours may be next.
  if (lifecycleState.endsWith(':Wait') || UNDER_WAY.has(lifecycleState)) return 'pending'
  if (GONE_BY.test(lifecycleState)) return 'over'
  // The state may be of before: kept, and released a moment ago.
  if (PAST.test(lifecycleState)) return isYoung ? 'pending' : 'over'
  return isYoung ? 'pending' : 'unfounded'
}
