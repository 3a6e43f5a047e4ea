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
/** It outlives its machine by its owner's wish, so that it is never deleted. */
export const STAYS = 'stays'
/** Its logs are proven: no bin keeps it when its machine takes it along, and nothing else is done with it. */
export const PROVEN = 'proven'
/** It was deleted, and we took it out of the bin, so that nobody else wants it; the bin keeps it once more. */
export const RESTORED = 'restored'
/** That, and its logs are proven: we delete it for good. */
export const LET_GO = 'let-go'

export type Fate = typeof KEEP | typeof STAYS | typeof PROVEN | typeof RESTORED | typeof LET_GO

const FATES: readonly Fate[] = [KEEP, STAYS, PROVEN, RESTORED, LET_GO]

/** With what mark the bin keeps what is deleted, as its rule says it. */
export function keptByBin(hookName: string) {
  return [KEEP, RESTORED].map((fate) => ({ ResourceTagKey: binKey(hookName), ResourceTagValue: fate }))
}

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

/** As it was read: from the disk, or from its machine. */
export interface DiskMark extends MarkedDisk {
  readonly fate: Fate
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

export function markOf(hookName: string, { instanceId, volumeId, groupName, fate }: DiskMark) {
  return [
    ...fateMarkOf(hookName, fate),
    { Key: diskKey(hookName), Value: `${instanceId} ${volumeId}` },
    { Key: diskGroupKey(hookName), Value: groupName },
  ]
}

/** Of what is marked already. */
export function fateMarkOf(hookName: string, fate: Fate) {
  return [{ Key: binKey(hookName), Value: fate }]
}

export function isProvenDisk({ fate }: Pick<DiskMark, 'fate'>): boolean {
  return fate === PROVEN || fate === LET_GO
}

/** `undefined`: it was not marked by us, or somebody else wrote there since. */
export function readMark(hookName: string, tags: Tags = []): DiskMark | undefined {
  const tagged = (key: string) => tags.find(({ Key }) => Key === key)?.Value ?? ''
  const [, instanceId, volumeId] =
    /^(i-[0-9a-f]{8,32}) (vol-[0-9a-f]{8,32})$/.exec(tagged(diskKey(hookName))) ?? []
  const groupName = tagged(diskGroupKey(hookName))
  const fate = FATES.find((one) => one === tagged(binKey(hookName)))
  if (!instanceId || !volumeId || !groupName || fate === undefined) return undefined
  return { instanceId, volumeId, groupName, fate }
}
