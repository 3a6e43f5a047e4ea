/**
 * The tag on what the guard makes of a dead machine's disk: whose it is, and what it was made of. No other tag is ever written there, and
 * nothing without it is touched. What backs volumes up copies their tags along, so that a tag alone makes nothing ours.
 */

/** Deployments do not know each other's copies. */
export function copyKey(hookName: string): string {
  return `termination-guard-copy:${hookName}`
}

/** An action of an instance, known by when its scaling activity began (epoch milliseconds), and the volume that is copied. */
export interface CopyOwner {
  readonly instanceId: string
  readonly actionBegan: number
  readonly diskId: string
}

export interface CopyMark extends CopyOwner {
  /** On a volume, of which snapshot it was made. */
  readonly snapshotId: string | undefined
}

/** `<instance> <began> <disk>` on a snapshot of the disk; on a volume of that, the snapshot's id behind it. */
export function copyValue({ instanceId, actionBegan, diskId }: CopyOwner, snapshotId?: string): string {
  return [instanceId, new Date(actionBegan).toISOString(), diskId, snapshotId ?? []].flat().join(' ')
}

const MARK =
  /^(?<instanceId>i-[0-9a-f]{8,32}) (?<began>\S+) (?<diskId>vol-[0-9a-f]{8,32})(?: (?<snapshotId>snap-[0-9a-f]{8,32}))?$/

/** `undefined`: it is not our writing. */
export function readCopyValue(value: string): CopyMark | undefined {
  const { instanceId, began = '', diskId, snapshotId } = MARK.exec(value)?.groups ?? {}
  const actionBegan = Date.parse(began)
  if (instanceId === undefined || diskId === undefined || Number.isNaN(actionBegan)) return undefined
  return { instanceId, actionBegan, diskId, snapshotId }
}
