/**
 * One instance has one action of our hook at a time, whatever a message calls it: one may pair it with another's real token. So what any
 * earlier flush of this pause took stock of is owed, whoever asked for it (S1).
 */
import type { Invocation } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { activityBegan } from './scaling-activities.ts'

/**
 * The termination flushes of this pause that are not the action's by name, and came before its newest one: they only ever add to what is
 * owed. A message may be younger than the pause it speaks of; the scaling activity is as old. Where none tells, no flush is left out:
 * owing too much lets nothing go. An adopted action has every flush since it began as its own.
 */
export async function besides(
  { aws, clock }: Pick<Guard, 'aws' | 'clock'>,
  { groupName, instanceId, startedAt, token }: LifecycleAction,
  ours: readonly Invocation[],
  listed: readonly Invocation[],
): Promise<Invocation[]> {
  const times = ours.map(({ flush }) => flush.requestedAt)
  const before = listed.filter(
    (one) => one.belongsTo && !ours.includes(one) && one.flush.requestedAt <= Math.max(...times),
  )
  if (token === undefined || before.length === 0) return []
  const isSince = (time: number) => (one: Invocation) => one.flush.requestedAt >= time
  if (before.every(isSince(startedAt))) return before
  const by = Math.min(startedAt, ...times)
  const began = await activityBegan(aws, groupName, instanceId, { by, now: clock.now() })
  return before.filter(isSince(Math.min(startedAt, began ?? 0)))
}
