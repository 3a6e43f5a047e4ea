/**
 * What comes next for the copy of a dead machine's disk, from what AWS shows of it, one step a sweep. Pure; first match wins. A step that
 * was taken twice, or whose answer was lost, leaves one more of the same: what is too many is thrown away.
 */
import type { Flush } from '../model.ts'
import type { Copy, CopyAttachment, CopySnapshot, CopyVolume } from './copies.ts'

/** How often a copy is salvaged; what stopped the first one may stop each. */
export const MOST_SALVAGES = 2
/** The ordinary passes prove what a salvage has put into S3. They had their time when it ended so long ago. */
const PROOF_SECONDS = 900
/** What is neither on nor off after so long stays so by itself. */
const STUCK_SECONDS = 600

/** A healthy machine of the same group, to which no other copy is attached. */
export interface Sibling {
  readonly instanceId: string
  readonly zone: string
}

export interface SeenCopy {
  readonly now: number
  readonly copy: Copy
  /** In the order in which they are asked. */
  readonly siblings: readonly Sibling[]
  /** The salvages of this action's disk, newest first. */
  readonly salvages: readonly Salvaging[]
}

export interface Salvaging extends Omit<Flush, 'report'> {
  /** The machine that was asked. */
  readonly ranOn: string
}

export type CopyStep =
  | { readonly do: 'wait'; readonly reason: string }
  /** EC2 could not do what was asked of it, and may do no better the next time. */
  | { readonly do: 'complain'; readonly reason: string }
  | { readonly do: 'create-volume'; readonly snapshotId: string; readonly zone: string }
  | { readonly do: 'attach'; readonly volumeId: string; readonly on: string }
  | { readonly do: 'detach'; readonly volumeId: string; readonly from: string }
  | {
      readonly do: 'salvage'
      readonly volumeId: string
      readonly on: string
      readonly device: string
      readonly copiedAt: number
    }

export function decideCopy({ now, copy, siblings, salvages }: SeenCopy): CopyStep {
  const { snapshot, volume } = mainOf(copy)
  if (salvages.some(({ status }) => status === 'running')) return wait('a salvage is running')
  if (!snapshot) return complain(`its snapshot failed: ${copy.snapshots[0]?.why ?? 'EC2 does not say why'}`)
  if (snapshot.state === 'pending') return wait('its snapshot is being made')
  const [newest] = salvages
  const at = volume?.attachment
  // When it ended is told by the clock of the machine that was asked; where that is wrong, it began no sooner than the copy was there.
  const endedAt = newest?.endedAt ?? at?.since ?? now
  const isBeingProven = newest?.status === 'succeeded' && now - endedAt < 1000 * PROOF_SECONDS
  // It must not keep the only healthy machine from others.
  if (salvages.length >= MOST_SALVAGES && !isBeingProven && volume && at && mayBeTakenOff(at, now))
    return { do: 'detach', volumeId: volume.volumeId, from: at.instanceId }
  if (salvages.length >= MOST_SALVAGES) return wait(`it was salvaged ${salvages.length} times in vain`)
  if (isBeingProven) return wait('it was salvaged, and is about to be proven')
  const able = thoseFirstThat(siblings, ({ instanceId }) =>
    salvages.every(({ ranOn }) => ranOn !== instanceId),
  )
  if (!volume) {
    const zone = able[0]?.zone
    if (zone === undefined) return wait('its group has no healthy machine that could salvage it')
    // It is thrown away in the same sweep, so that every other one tries again.
    const failed = copy.volumes.find((one) => one.snapshotId === snapshot.snapshotId && one.state === 'error')
    if (failed) return complain(whyFailed(failed))
    return { do: 'create-volume', snapshotId: snapshot.snapshotId, zone }
  }
  const { volumeId, state, zone, attachment } = volume
  if (attachment) {
    const { instanceId, device, isComplete } = attachment
    if (!mayBeTakenOff(attachment, now)) return wait(`${volumeId} is on its way to ${instanceId}, or off it`)
    if (!isComplete || !able.some((one) => one.instanceId === instanceId))
      return { do: 'detach', volumeId, from: instanceId }
    return { do: 'salvage', volumeId, on: instanceId, device, copiedAt: snapshot.startedAt }
  }
  if (state !== 'available') return wait(`${volumeId} is ${state}`)
  const near = able.find((one) => one.zone === zone)
  if (near) return { do: 'attach', volumeId, on: near.instanceId }
  const [far] = able
  if (!far) return wait('its group has no healthy machine that could salvage it')
  // A volume does not leave its zone; this one is too many as soon as there is another.
  return { do: 'create-volume', snapshotId: snapshot.snapshotId, zone: far.zone }
}

/** Where one failed, it may have a reason of its own: the others are asked, as long as there are any. */
function thoseFirstThat(siblings: readonly Sibling[], are: (one: Sibling) => boolean): readonly Sibling[] {
  const some = siblings.filter(are)
  return some.length > 0 ? some : siblings
}

function wait(reason: string): CopyStep {
  return { do: 'wait', reason }
}

function complain(reason: string): CopyStep {
  return { do: 'complain', reason }
}

/** A key is looked at only after EC2 has said yes, and a volume, unlike a snapshot, has no words for what went wrong. */
function whyFailed({ volumeId, snapshotId, keyId }: CopyVolume): string {
  const key = keyId && `: see that its key, ${keyId}, is enabled and lets the sweep’s role use it`
  return `EC2 could not make ${volumeId} of ${snapshotId}, and does not say why${key ?? ''}`
}

/** Of several, the one that is used: whatever pass looks chooses the same. */
function mainOf({ snapshots, volumes }: Copy): {
  readonly snapshot: CopySnapshot | undefined
  readonly volume: CopyVolume | undefined
} {
  const snapshot = snapshots.find(({ state }) => state !== 'error')
  const usable = volumes.filter((one) => one.snapshotId === snapshot?.snapshotId && !isEnding(one))
  // The newest: it was made where there is a machine for it.
  return { snapshot, volume: usable.find(({ attachment }) => attachment) ?? usable.at(-1) }
}

/** Asked again each time: EC2 takes nothing off before the machine lets go of it, and what never arrives is told so. */
export function mayBeTakenOff({ isComplete, since }: CopyAttachment, now: number): boolean {
  return isComplete || now - since >= 1000 * STUCK_SECONDS
}

function isEnding({ state }: CopyVolume): boolean {
  return ['deleting', 'deleted', 'error'].includes(state)
}

/** Whether nothing more is to be hoped for: it was salvaged as often as it may be, and what that showed had its time to be proven. */
export function isInVain(salvages: readonly Omit<Flush, 'report'>[], now: number): boolean {
  if (salvages.length < MOST_SALVAGES || salvages.some(({ status }) => status === 'running')) return false
  return salvages.every(({ endedAt = 0 }) => now - endedAt >= 1000 * PROOF_SECONDS)
}

/** What of a copy is thrown away: everything where its action is over, otherwise what is too many. */
export function rubbish(copy: Copy, isOver: boolean): Pick<Copy, 'snapshots' | 'volumes'> {
  const { snapshot, volume } = mainOf(copy)
  return {
    snapshots: copy.snapshots.filter((one) => isOver || one !== snapshot),
    volumes: copy.volumes.filter((one) => (isOver || one !== volume) && !/^delet/.test(one.state)),
  }
}
