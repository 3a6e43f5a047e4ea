/** The instances of the groups that the sweep recovers, and how much of that may go on at once. */
import { grouped } from '../grouped.ts'
import { type Guard, guardUntil } from '../guard.ts'
import { described } from '../journal/described.ts'
import { shuffled } from '../shuffled.ts'
import type { ScalingInstance } from '../termination/scaling-instances.ts'

export interface Found {
  readonly waiting: readonly ScalingInstance[]
  readonly retained: readonly ScalingInstance[]
}

/** The instances of one group. */
export interface Group {
  readonly groupName: string
  readonly members: readonly ScalingInstance[]
}

/** What is left of the recoveries that may run at once, in all groups together. */
export interface Budget {
  left: number
}

/** How long the reads of one group and its tries may take. */
const LONGEST_SECONDS = 60

/** One group after the other, in an order of chance, and so their members; one that fails does not stop the others. */
export async function eachGroup(
  guard: Guard,
  standing: readonly ScalingInstance[],
  remainingMs: () => number,
  work: (limited: Guard, group: Group) => Promise<void>,
): Promise<void> {
  const inTurn = shuffled(standing, guard.random)
  for (const [groupName, members] of grouped(inTurn, (one) => one.groupName)) {
    if (!isTimeLeft(guard, remainingMs)) return
    try {
      await work(limitedTo(guard, remainingMs), { groupName, members })
    } catch (error) {
      guard.journal({ event: 'group-failed', groupName, ...described(error) })
    }
  }
}

/** Whether there is time for one more: of the function's, where it is asked, and of what the guard is limited to. */
export function isTimeLeft({ clock, endsAt, policy }: Guard, remainingMs?: () => number): boolean {
  const limitedMs = endsAt === undefined ? Number.POSITIVE_INFINITY : endsAt - clock.now()
  return Math.min(remainingMs?.() ?? limitedMs, limitedMs) >= policy.passSeconds * 1000
}

/** What is asked for one subject takes no longer than its share. */
export function limitedTo(guard: Guard, remainingMs: () => number): Guard {
  return guardUntil(guard, guard.clock.now() + Math.min(LONGEST_SECONDS * 1000, remainingMs()))
}

export function idsOf(standing: readonly ScalingInstance[]): string[] {
  return standing.map(({ instanceId }) => instanceId)
}
