/** The proof of a machine that no hook holds any more: by the same evidence and the same decision as a pass's, told as its termination's end. */
import { belongs, listInvocations, listSalvages, wholeSeconds } from '../flush/commands.ts'
import { newestFirst } from '../flush/newest-first.ts'
import type { Guard } from '../guard.ts'
import type { Observation } from '../model.ts'
import { decide } from '../termination/decide.ts'
import { flushThatCounts } from '../termination/evidence.ts'
import { gathered } from '../termination/gather.ts'
import { adoptedAction } from '../termination/lifecycle-actions.ts'
import { endEvent } from '../termination/tell.ts'
import { writeReceipt } from '../termination/write-receipt.ts'
import type { Copy } from './copies.ts'

/** Told as often as it is asked: whoever asks lets the disk go then. */
export async function provenWhenGone(
  guard: Guard,
  groupName: string,
  { instanceId, actionBegan, snapshots }: Copy,
): Promise<boolean> {
  const { aws, clock, policy, journal } = guard
  const now = clock.now()
  const { hookName, documentName } = policy
  const action = adoptedAction({ groupName, instanceId }, hookName, actionBegan)
  const all = await listInvocations(aws, documentName, instanceId, now)
  const salvages = await listSalvages(aws, hookName, instanceId, now)
  const ours = newestFirst([...all, ...salvages].filter((one) => belongs(one, action)))
  // A flush saw what there was then, and not what was written until the machine was gone; a salvage of another copy, what was on another
  // disk. Only what was salvaged last from this copy of its disk saw all (S1).
  const copiedAt = flushThatCounts(ours.map(({ flush }) => flush))?.copiedAt
  if (!snapshots.some(({ startedAt }) => wholeSeconds(startedAt) === copiedAt)) return false
  const { troubles: _, ...evidence } = await gathered(guard, action, 'none', { ours, all, isLate: false })
  const seen: Observation = {
    ...{ now, action, hold: 'over', lifecycleState: undefined, machine: 'gone', agent: 'unknown' },
    ...{ troubles: [], wokenBy: 'sweep', busyWith: undefined, hook: undefined },
    ...evidence,
  }
  const decision = decide(seen, policy)
  if (decision.do !== 'settle' || (decision.outcome !== 'archived' && decision.outcome !== 'empty'))
    return false
  const { outcome, reason } = decision
  journal(endEvent(seen, decision))
  await writeReceipt(guard, seen, { do: 'settle', outcome, reason })
  return true
}
