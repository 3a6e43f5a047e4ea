/** How long an action is held, for how long it may be, and how long nobody may look away meanwhile. Pure. */
import { latestEndOf } from '../global-timeout.ts'
import type { Observation } from '../model.ts'
import type { Policy } from '../policy.ts'

export function heldSeconds(seen: Observation): number {
  return (seen.now - seen.action.startedAt) / 1000
}

/** When patience with an action is over. */
export function deadlineSeconds(seen: Observation, policy: Policy): number {
  const globalTimeout = seen.hook?.globalTimeoutSeconds ?? Number.POSITIVE_INFINITY
  return Math.min(policy.patienceSeconds, latestEndOf(globalTimeout))
}

/** S3: however long a wait is, two heartbeats fit into the hook's time-out. */
export function lookCap(seen: Observation, policy: Policy): number {
  const heartbeat = seen.hook?.heartbeatTimeoutSeconds ?? policy.heartbeatTimeoutSeconds
  return Math.min(policy.lookAgainSeconds, heartbeat / 3)
}
