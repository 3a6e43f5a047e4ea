/**
 * What the sweep does by itself about machines whose logs could not be proven, rung by rung (`ladder.ts`). Only the sweep does this, so
 * that nobody else does meanwhile.
 */
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { Rung } from '../rungs.ts'
import { clearAway } from './clear-away.ts'
import { type Copy, copiesOf } from './copies.ts'
import { eachGroup, type Found, idsOf, limitedTo } from './found.ts'
import { FOR_HELD } from './ladder.ts'
import { recoverGone } from './recover-gone.ts'
import { type Cloning, recoverHeld } from './recover-held.ts'
import { retryKept } from './retry-kept.ts'

/** What can be done is done, group by group; one that fails does not stop the others. */
export async function recover(guard: Guard, found: Found, remainingMs: () => number): Promise<void> {
  const { rungs, atOnce } = guard.policy.recovery
  const known = rungs.includes('clone') ? await knownCopies(guard, remainingMs) : undefined
  const copies = known ?? []
  const able = known ? guard : without(guard, 'clone')
  const budget = { left: atOnce - copies.length }
  const busy = new Set(copies.flatMap(attachedTo))
  const cloning: Cloning = { copies, budget, busy }
  // First: a hook may hold a machine that is gone, and its copy takes one step a sweep.
  const needed =
    known && rungs.includes('bin') ? await goneAndNeeded(guard, cloning, remainingMs) : new Set<string>()
  if (FOR_HELD.some((rung) => able.policy.recovery.rungs.includes(rung))) {
    const there = found.waiting.filter(({ instanceId }) => !needed?.has(instanceId))
    await eachGroup(able, there, remainingMs, (limited, group) => recoverHeld(limited, group, cloning))
  }
  const waiting = new Set(idsOf(found.waiting))
  if (copies.length > 0 && needed) await clearAway(guard, copies, { needed, waiting }, remainingMs)
  if (rungs.includes('retry')) await retryKept(able, found, remainingMs, budget)
}

/** `undefined`: AWS does not tell, so that none is made and none is thrown away. */
async function knownCopies(guard: Guard, remainingMs: () => number): Promise<Copy[] | undefined> {
  const { policy, journal } = guard
  try {
    return await copiesOf(limitedTo(guard, remainingMs).aws, policy.hookName)
  } catch (error) {
    // Not as no copies: that would end the alarm of one that stays.
    journal({ event: 'disks-failed', ...described(error) })
    return undefined
  }
}

/** `undefined`: AWS does not tell, so that nothing is thrown away. */
async function goneAndNeeded(
  guard: Guard,
  cloning: Cloning,
  remainingMs: () => number,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await recoverGone(guard, cloning, remainingMs)
  } catch (error) {
    guard.journal({ event: 'disks-failed', ...described(error) })
    return undefined
  }
}

function without(guard: Guard, rung: Rung): Guard {
  const { policy } = guard
  const rungs = policy.recovery.rungs.filter((one) => one !== rung)
  return { ...guard, policy: { ...policy, recovery: { ...policy.recovery, rungs } } }
}

function attachedTo({ volumes }: Copy): string[] {
  return volumes.flatMap(({ attachment }) => attachment?.instanceId ?? [])
}
