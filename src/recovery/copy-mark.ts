/** The tag on what the guard makes of a dead machine's disk: whose it is. No other tag is ever written there, and nothing without it is touched. */

/** Deployments do not know each other's copies. */
export function copyKey(hookName: string): string {
  return `termination-guard-copy:${hookName}`
}

/** An action of an instance, known by when its scaling activity began (epoch milliseconds). */
export interface CopyOwner {
  readonly instanceId: string
  readonly actionBegan: number
}

export function copyValue({ instanceId, actionBegan }: CopyOwner): string {
  return `${instanceId} ${new Date(actionBegan).toISOString()}`
}

/** `undefined`: it is not our writing. */
export function readCopyValue(value: string): CopyOwner | undefined {
  const [instanceId = '', began = '', ...more] = value.split(' ')
  const actionBegan = Date.parse(began)
  if (!/^i-[0-9a-f]{8,32}$/.test(instanceId) || Number.isNaN(actionBegan) || more.length > 0) return undefined
  return { instanceId, actionBegan }
}
