/**
 * The tags that say when the guard rebooted a machine, and when it made its disk larger, so that it does each once an action. No others
 * are ever written there. Deployments do not know each other's hooks, nor what each other did: a hook's name is part of the key.
 */

/** On an instance. */
export function rebootKey(hookName: string): string {
  return `termination-guard-rebooted:${hookName}`
}

/** On a root volume. */
export function growthKey(hookName: string): string {
  return `termination-guard-grown:${hookName}`
}

/** `now`: epoch milliseconds. */
export function onceMark(key: string, now: number) {
  return [{ Key: key, Value: new Date(now).toISOString() }]
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

/** When it was done, epoch milliseconds. A tag of ours that cannot be read does not tell when: it counts as done for every action. */
export function readOnceMark(key: string, tags: Tags = []): number | undefined {
  const value = tags.find(({ Key }) => Key === key)?.Value
  return value === undefined ? undefined : Date.parse(value) || Number.POSITIVE_INFINITY
}
