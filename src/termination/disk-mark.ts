/**
 * The tags on the root volume of a guarded machine: that the Recycle Bin keeps it when it is deleted, and whose it is. In the bin neither
 * tags nor the machine are shown, so that the machine says, too, which volume was its own. No others are ever written there.
 */

/** Deployments do not know each other's marks. A retention rule goes by this key with the value KEEP. */
export function binKey(hookName: string): string {
  return `termination-guard-bin:${hookName}`
}

export const KEEP = 'keep'
/** Its logs are proven: it may be deleted for good. */
export const LET_GO = 'let-go'

/** Whose disk, and which: `<instance> <volume>`. */
export function diskKey(hookName: string): string {
  return `termination-guard-disk:${hookName}`
}

/** Of which group. */
export function diskGroupKey(hookName: string): string {
  return `termination-guard-disk-group:${hookName}`
}

export interface MarkedDisk {
  readonly instanceId: string
  readonly volumeId: string
  readonly groupName: string
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

export function markOf(hookName: string, { instanceId, volumeId, groupName }: MarkedDisk) {
  return [
    { Key: binKey(hookName), Value: KEEP },
    { Key: diskKey(hookName), Value: `${instanceId} ${volumeId}` },
    { Key: diskGroupKey(hookName), Value: groupName },
  ]
}

/** `undefined`: it was not marked by us. */
export function readMark(hookName: string, tags: Tags = []): MarkedDisk | undefined {
  const tagged = (key: string) => tags.find(({ Key }) => Key === key)?.Value ?? ''
  const [, instanceId, volumeId] =
    /^(i-[0-9a-f]{8,32}) (vol-[0-9a-f]{8,32})$/.exec(tagged(diskKey(hookName))) ?? []
  const groupName = tagged(diskGroupKey(hookName))
  return instanceId && volumeId && groupName ? { instanceId, volumeId, groupName } : undefined
}
