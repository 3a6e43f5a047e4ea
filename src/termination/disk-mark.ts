/**
 * The tags on the root volume of a guarded machine: that the Recycle Bin keeps it when it is deleted, and whose it is. In the bin neither
 * tags nor the machine are shown, so that the machine says, too, which volume was its own. No others are ever written there.
 */

/** Deployments do not know each other's marks. A retention rule goes by this key with the value KEEP. */
export function binKey(hookName: string): string {
  return `termination-guard-bin:${hookName}`
}

/** What becomes of a disk when its machine is gone, is the mark's value: the Recycle Bin keeps it. */
export const KEEP = 'keep'
/** Its logs are proven: it is deleted for good. */
export const LET_GO = 'let-go'
/** It outlives its machine by its owner's wish, so that it is never deleted. */
export const STAYS = 'stays'
/** That, and its logs are proven. */
export const STAYS_PROVEN = 'stays-proven'

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
  /** It outlives its machine by its owner's wish. */
  readonly stays: boolean
}

/** As it was read: from the disk, or from its machine. */
export interface DiskMark extends MarkedDisk {
  readonly isProven: boolean
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

export function markOf(hookName: string, { instanceId, volumeId, groupName, stays }: MarkedDisk) {
  return [
    { Key: binKey(hookName), Value: stays ? STAYS : KEEP },
    { Key: diskKey(hookName), Value: `${instanceId} ${volumeId}` },
    { Key: diskGroupKey(hookName), Value: groupName },
  ]
}

/** In its mark's place, once its logs are proven. */
export function provenMarkOf(hookName: string, { stays }: Pick<MarkedDisk, 'stays'>) {
  return [{ Key: binKey(hookName), Value: stays ? STAYS_PROVEN : LET_GO }]
}

/** `undefined`: it was not marked by us, or somebody else wrote there since. */
export function readMark(hookName: string, tags: Tags = []): DiskMark | undefined {
  const tagged = (key: string) => tags.find(({ Key }) => Key === key)?.Value ?? ''
  const [, instanceId, volumeId] =
    /^(i-[0-9a-f]{8,32}) (vol-[0-9a-f]{8,32})$/.exec(tagged(diskKey(hookName))) ?? []
  const groupName = tagged(diskGroupKey(hookName))
  const value = tagged(binKey(hookName))
  if (!instanceId || !volumeId || !groupName || ![KEEP, LET_GO, STAYS, STAYS_PROVEN].includes(value))
    return undefined
  return {
    ...{ instanceId, volumeId, groupName },
    stays: value === STAYS || value === STAYS_PROVEN,
    isProven: value === LET_GO || value === STAYS_PROVEN,
  }
}
