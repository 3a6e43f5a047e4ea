/** What comes next for the full disk of a machine whose agent is silent, from what AWS shows of it, one step a sweep. Pure; first match wins. */

/** A fifth more: the agent needs room for a script, the flush for the logs that it compresses. */
const SHARE = 1 / 5
/** A volume cannot be made smaller. This much, for as long as its machine is there, is what a full disk may cost. */
const MOST_GIB = 16
/** A volume that takes longer is not waited for. */
const GROWING_SECONDS = 900

export interface SeenDisk {
  readonly now: number
  readonly heldSince: number
  readonly rebootedAt: number | undefined
  readonly volume: RootVolume
  /** The newest change of the volume. */
  readonly change: VolumeChange | undefined
  /** The machine's own words of its full disk. */
  readonly complaint: string | undefined
}

export interface RootVolume {
  readonly volumeId: string
  readonly sizeGiB: number
  /** When it was last grown by us. */
  readonly grownAt: number | undefined
}

export interface VolumeChange {
  readonly startedAt: number
  /** EC2's word. */
  readonly state: string
}

export type GrowStep =
  /** The rung has nothing to try, or nothing more. */
  | { readonly do: 'pass'; readonly reason: string }
  | { readonly do: 'wait'; readonly reason: string }
  | { readonly do: 'grow'; readonly volumeId: string; readonly toGiB: number; readonly reason: string }
  | { readonly do: 'reboot'; readonly reason: string }

export function decideGrow({
  now,
  heldSince,
  rebootedAt = 0,
  volume,
  change,
  complaint,
}: SeenDisk): GrowStep {
  const { volumeId, sizeGiB, grownAt = 0 } = volume
  if (grownAt < heldSince) {
    if (complaint === undefined) return pass('nothing tells that its disk is full')
    const toGiB = sizeGiB + moreOf(sizeGiB)
    const reason = `its disk is full (${complaint}): ${volumeId} grows from ${sizeGiB} to ${toGiB} GiB`
    return { do: 'grow', volumeId, toGiB, reason }
  }
  if (grownAt > now) return pass('a tag of ours cannot be read')
  if (!change || change.startedAt < heldSince) return pass('its volume was to grow, and did not')
  // Two tags by one clock.
  if (rebootedAt > grownAt) return pass('its volume has grown, and it was rebooted since')
  // What is optimized has its size already.
  if (change.state === 'optimizing' || change.state === 'completed')
    return { do: 'reboot', reason: `${volumeId} has ${sizeGiB} GiB now, which a boot makes its disk's` }
  if (change.state === 'failed' || now - change.startedAt >= 1000 * GROWING_SECONDS)
    return pass(`its volume was to grow, and is ${change.state}`)
  return { do: 'wait', reason: `${volumeId} grows` }
}

function pass(reason: string): GrowStep {
  return { do: 'pass', reason }
}

/** In whole gibibytes: of a small disk one. */
function moreOf(sizeGiB: number): number {
  return Math.min(MOST_GIB, Math.ceil(SHARE * sizeGiB))
}
