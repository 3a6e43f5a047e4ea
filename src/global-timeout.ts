/** How long Auto Scaling holds one action at most, however many heartbeats it gets (API reference, LifecycleHook.GlobalTimeout). Pure. */

/** No action is older. */
export const LONGEST_HOLD_SECONDS = 48 * 3600

/** When Auto Scaling itself ends an action: after 100 heartbeats, or two days. */
export function globalTimeoutOf(heartbeatTimeoutSeconds: number): number {
  return Math.min(LONGEST_HOLD_SECONDS, 100 * heartbeatTimeoutSeconds)
}

/** Until when we may wait ourselves: well before that end, so that it is we who end the action, with a reason. */
export function latestEndOf(globalTimeoutSeconds: number): number {
  return 0.8 * globalTimeoutSeconds
}
