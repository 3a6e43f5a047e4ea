/** Whether an instance is beyond our hook, where a heartbeat does not tell. An answer without the instance says nothing by itself. */
import { ask } from '../aws/ask.ts'
import { groupOf } from '../aws/group-of.ts'
import { whileThere } from '../aws/while-there.ts'
import { LONGEST_HOLD_SECONDS } from '../global-timeout.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { holdOfUnflushed, SETTLING_SECONDS } from './hold.ts'
import { hookTimes } from './hook.ts'
import { whereabouts } from './lifecycle-actions.ts'
import { everyScalingInstance } from './scaling-instances.ts'

export async function isBeyond(
  aws: Guard['aws'],
  action: LifecycleAction,
  ageSeconds: number,
): Promise<boolean> {
  const asked = await ask(() => whereabouts(aws, action.instanceId))
  const lifecycleState = asked.is === 'answered' ? asked.answer?.lifecycleState : undefined
  if (lifecycleState === undefined) return await isOut(aws, action, ageSeconds)
  // It may be a state of before: kept, and released a moment ago.
  if (ageSeconds <= SETTLING_SECONDS) return false
  const found = { heartbeat: 'none', isHeldItself: false, lifecycleState, ageSeconds } as const
  return holdOfUnflushed(found) !== 'pending'
}

/**
 * Whether Auto Scaling has the instance no more: it describes the group, and without the instance; or there is no such group, which only a
 * question about the group's hooks is answered with. Where Auto Scaling may not be asked, or does not tell, the action is over when it is
 * older than any can be. EC2 is not asked: a machine that is gone can still wait at the hook.
 */
async function isOut(aws: Guard['aws'], action: LifecycleAction, ageSeconds: number): Promise<boolean> {
  const { groupName, hookName, instanceId } = action
  const asked = await ask(() => groupOf(aws, groupName))
  if (asked.is === 'refused') return isOutlived(ageSeconds)
  const group = asked.answer
  if (group) {
    if (!group.Instances?.every((one) => one.InstanceId !== instanceId)) return false
    return group.WarmPoolConfiguration === undefined || (await isOutOfPool(aws, action, ageSeconds))
  }
  const isThere = async () => await hookTimes(aws, { groupName, hookName }).then(() => true)
  const there = await ask(() => whileThere(isThere, false))
  return there.is === 'answered' && !there.answer
}

/** A group does not tell who is in its warm pool, or on the way there; Auto Scaling as a whole does, and an answer with nobody says nothing. */
async function isOutOfPool(aws: Guard['aws'], action: LifecycleAction, ageSeconds: number): Promise<boolean> {
  const asked = await ask(() => everyScalingInstance(aws))
  const all = asked.is === 'answered' ? asked.answer : []
  if (all.length === 0) return isOutlived(ageSeconds)
  return all.every(({ instanceId }) => instanceId !== action.instanceId)
}

function isOutlived(ageSeconds: number): boolean {
  return ageSeconds > LONGEST_HOLD_SECONDS
}
