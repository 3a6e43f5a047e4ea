/** Whether an instance is beyond our hook, where a heartbeat does not tell. An answer without the instance says nothing by itself. */
import { ask } from '../aws/ask.ts'
import { groupOf } from '../aws/group-of.ts'
import { whileThere } from '../aws/while-there.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { holdOfUnflushed, SETTLING_SECONDS } from './hold.ts'
import { hookTimes } from './hook.ts'
import { whereabouts } from './lifecycle-actions.ts'
import { machineState } from './machine-state.ts'
import { everyStanding } from './standings.ts'

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
 * question about the group's hooks is answered with. What EC2 says counts only where Auto Scaling may not be asked, or does not tell: a
 * machine that is gone can still wait at the hook.
 */
async function isOut(aws: Guard['aws'], action: LifecycleAction, ageSeconds: number): Promise<boolean> {
  const { groupName, hookName, instanceId } = action
  const asked = await ask(() => groupOf(aws, groupName))
  if (asked.is === 'refused') return await isGone(aws, action, ageSeconds)
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
  const asked = await ask(() => everyStanding(aws))
  const all = asked.is === 'answered' ? asked.answer : []
  if (all.length === 0) return await isGone(aws, action, ageSeconds)
  return all.every(({ instanceId }) => instanceId !== action.instanceId)
}

async function isGone(
  aws: Guard['aws'],
  { instanceId }: LifecycleAction,
  ageSeconds: number,
): Promise<boolean> {
  const asked = await ask(() => machineState(aws, instanceId, ageSeconds))
  return asked.is === 'answered' && asked.answer === 'gone'
}
