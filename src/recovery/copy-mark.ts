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
  /** It was copied when its machine was gone, which writes nothing any more. */
  readonly ofGone: boolean
}

export interface CopyMark extends CopyOwner {
  /** On a volume, of which snapshot it was made. */
  readonly snapshotId: string | undefined
}

/** `<instance> <began> <disk>`, and `gone`, on a snapshot of the disk; on a volume of that, the snapshot's id behind it. */
export function copyValue(owner: CopyOwner, snapshotId?: string): string {
  const { instanceId, actionBegan, diskId, ofGone } = owner
  const began = new Date(actionBegan).toISOString()
  return [instanceId, began, diskId, ofGone ? 'gone' : [], snapshotId ?? []].flat().join(' ')
}

const MARK =
  /^(?<instanceId>i-[0-9a-f]{8,32}) (?<began>\S+) (?<diskId>vol-[0-9a-f]{8,32})(?<gone> gone)?(?: (?<snapshotId>snap-[0-9a-f]{8,32}))?$/

/** `undefined`: it is not our writing. */
export function readCopyValue(value: string): CopyMark | undefined {
  const { instanceId, began = '', diskId, gone, snapshotId } = MARK.exec(value)?.groups ?? {}
  const actionBegan = Date.parse(began)
  if (instanceId === undefined || diskId === undefined || Number.isNaN(actionBegan)) return undefined
  return { instanceId, actionBegan, diskId, ofGone: gone !== undefined, snapshotId }
}
