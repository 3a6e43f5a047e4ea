/** The status screen in lines. Pure. */
import { counted } from './counted.ts'
import { SWEEP_IS_LATE_MS } from './deployed-functions.ts'
import { duration } from './duration.ts'
import type { KeptInstance } from './kept.ts'
import type { Typed } from './typed.ts'

export interface StatusScreen {
  readonly deployment: string
  /** The first of what is held. Times are epoch milliseconds. */
  readonly held: readonly {
    readonly instanceId: string
    readonly groupName: string
    readonly since: number
    /** When the guard gives up by itself. */
    readonly until: number
    readonly next: string
    readonly reason: string
  }[]
  readonly heldInAll: number
  /** `pricePerDay`: of the instance, without its disks; `undefined`: no price of its type was named. */
  readonly kept: readonly (KeptInstance & { readonly pricePerDay: number | undefined })[]
  /** What `replace` has begun and not ended: it is at work, or was broken off. */
  readonly replacing: readonly { readonly groupName: string; readonly instanceId: string }[]
  readonly messages: number
  readonly deadLetters: number
  readonly lastSweep: { readonly at: number; readonly failed: number } | undefined
  /** Snapshots and volumes that recovery made, and disks that outlived their machine. */
  readonly disks: {
    readonly copies: readonly {
      readonly instanceId: string
      readonly ids: readonly string[]
      readonly since: number
    }[]
    readonly left: readonly { readonly instanceId: string; readonly volumeId: string }[]
    /** Why they cannot be listed. */
    readonly unread?: string
  }
}

export function statusLines(screen: StatusScreen, now: number, typed: Typed['typed']): string[] {
  const { deployment, heldInAll, held, kept, replacing } = screen
  return [
    `${deployment} holds ${counted(heldInAll, 'instance')} and keeps ${kept.length}`,
    '',
    ...held.flatMap(({ instanceId, groupName, since, until, next, reason }) => [
      `held  ${instanceId}  ${groupName}  for ${duration(now - since)}, ${untilLine(until - now)}`,
      `      ${next}: ${reason}`,
    ]),
    ...(heldInAll > held.length ? [`held  and ${heldInAll - held.length} more`] : []),
    ...kept.flatMap((one) => [
      `kept  ${one.instanceId}  ${one.groupName}  ${keptSince(one, now)}, ${one.instanceType ?? 'type unknown'}, ${one.machine}`,
      `      ${typed(`explain ${one.instanceId}`)}`,
    ]),
    ...replacing.flatMap(({ groupName, instanceId }) => [
      `replacing  ${instanceId}  ${groupName}  is under way, or was broken off; to go on, or to take it back:`,
      `      ${typed(`replace ${instanceId}`)}`,
      `      ${typed(`replace ${instanceId} --undo`)}`,
    ]),
    ...(heldInAll + kept.length + replacing.length > 0 ? [''] : []),
    ...priceLines(screen, typed),
    ...diskLines(screen, now),
    `messages      ${screen.messages} open`,
    `dead letters  ${screen.deadLetters}${screen.deadLetters > 0 ? `  (${typed('redrive')})` : ''}`,
    `last sweep    ${sweepLine(screen, now, typed)}`,
  ]
}

/** What is kept is billed until somebody lets it go. Disks are billed as well, and are not in it. */
function priceLines({ kept }: StatusScreen, typed: Typed['typed']): string[] {
  if (kept.length === 0) return []
  const sum = kept.reduce((total, { pricePerDay = 0 }) => total + pricePerDay, 0)
  const unpriced = kept.filter((one) => one.pricePerDay === undefined)
  const types = [...new Set(unpriced.map(({ instanceType }) => instanceType ?? 'unknown'))]
  const priced = `${sum.toFixed(2)} a day for ${counted(kept.length - unpriced.length, 'kept instance')}, without disks`
  const missing = `no price of ${types.join(', ')} was named  (${typed(`status --price ${types[0]}=HOURLY`)})`
  if (unpriced.length === 0) return [`costs         ${priced}`]
  return [`costs         ${unpriced.length === kept.length ? missing : `${priced}; ${missing}`}`]
}

function diskLines({ disks: { copies, left, unread } }: StatusScreen, now: number): string[] {
  if (unread !== undefined) return [`copied disks  cannot be listed: ${unread}`]
  return [
    ...copies.map(
      ({ instanceId, ids, since }) =>
        `copied disk   of ${instanceId}, for ${duration(now - since)}: ${ids.join(', ')}`,
    ),
    ...left.map(
      ({ instanceId, volumeId }) => `disk left     of ${instanceId}: ${volumeId} is attached to nothing`,
    ),
  ]
}

function untilLine(ms: number): string {
  return ms > 0 ? `patience ends in ${duration(ms)}` : `patience spent ${duration(-ms)} ago`
}

function keptSince({ since }: KeptInstance, now: number): string {
  return since === undefined ? 'since nobody knows when' : `for ${duration(now - since)}`
}

function sweepLine({ lastSweep }: StatusScreen, now: number, typed: Typed['typed']): string {
  if (!lastSweep) return `none in the last hour: is the schedule on? (${typed('doctor')})`
  const ago = now - lastSweep.at
  const failed = lastSweep.failed > 0 ? `, ${counted(lastSweep.failed, 'pass', 'passes')} failed in it` : ''
  return `${duration(ago)} ago${failed}${ago > SWEEP_IS_LATE_MS ? ': LATE, it runs every 5 minutes' : ''}`
}
