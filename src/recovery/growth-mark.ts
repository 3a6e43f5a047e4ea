/** The tag on a root volume that says when the guard made it larger, so that it does so once an action. No other is ever written there. */

/** Deployments do not know each other's hooks, nor what each other made larger. */
export function growthKey(hookName: string): string {
  return `termination-guard-grown:${hookName}`
}
