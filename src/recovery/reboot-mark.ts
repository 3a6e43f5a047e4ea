/** The tag on an instance that says when the guard rebooted it, so that it does so once an action. No other is ever written. */

/** Deployments do not know each other's hooks, nor each other's reboots. */
export function rebootKey(hookName: string): string {
  return `termination-guard-rebooted:${hookName}`
}
