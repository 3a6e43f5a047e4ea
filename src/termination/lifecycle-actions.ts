/** Lifecycle actions as Auto Scaling tells and ends them. */

import type { AwsApi } from '../aws/api.ts'
import { isGroupMissing, isNoActiveAction } from '../aws/failures.ts'
import type { LifecycleAction } from '../model.ts'
import { terminationsBegan } from './scaling-activities.ts'

/** `none`: no such action is active, so it is over or not there yet. `no group`: nor is there a group of that name. */
export type Heartbeat = 'held' | 'none' | 'no group'

/** An action whose message was lost: it is addressed by its instance, and known by when its scaling activity began (epoch milliseconds). */
export function adoptedAction(
  { groupName, instanceId }: Pick<LifecycleAction, 'groupName' | 'instanceId'>,
  hookName: string,
  startedAt: number,
): LifecycleAction {
  return { groupName, hookName, instanceId, token: undefined, startedAt }
}

/** Restarts the hook's timer from now, by token where there is one. */
export async function heartbeat(aws: AwsApi, action: LifecycleAction): Promise<Heartbeat> {
  const { token, instanceId } = action
  return await record(aws, action, token ? { LifecycleActionToken: token } : { InstanceId: instanceId })
}

/**
 * Whether our hook holds this very instance, whatever the message said: Auto Scaling knows it by its id. A message may pair one
 * instance with another's real token, and a heartbeat by token alone would not tell.
 */
export async function isHeldItself(aws: AwsApi, action: LifecycleAction): Promise<boolean> {
  return (await record(aws, action, { InstanceId: action.instanceId })) === 'held'
}

/** Token or instance, never both: what Auto Scaling does with both is nowhere documented. */
type Address = { readonly LifecycleActionToken: string } | { readonly InstanceId: string }

async function record(aws: AwsApi, action: LifecycleAction, address: Address): Promise<Heartbeat> {
  try {
    await aws.recordLifecycleActionHeartbeat({ ...hookOf(action), ...address })
    return 'held'
  } catch (error) {
    if (isNoActiveAction(error)) return 'none'
    if (isGroupMissing(error)) return 'no group'
    throw error
  }
}

/**
 * Ends the action that was judged, and no other. What was proven is the instance's, so it is the instance that is let go, never whoever
 * has the token; and just before, it must still be this action that holds it: by its token, or the one activity by which it was
 * adopted. `none`: it is not, or somebody else ended it before us.
 */
export async function complete(
  aws: AwsApi,
  action: LifecycleAction,
  result: 'CONTINUE' | 'ABANDON',
  now: number,
): Promise<'done' | Exclude<Holder, 'itself'>> {
  if (!(await isStillThis(aws, action, now))) return 'none'
  try {
    await aws.completeLifecycleAction({
      ...hookOf(action),
      InstanceId: action.instanceId,
      LifecycleActionResult: result,
    })
    return 'done'
  } catch (error) {
    if (isGroupMissing(error)) return 'none'
    if (isNoActiveAction(error)) return await holderOfOthers(aws, action)
    throw error
  }
}

/** `foreign`: the token is active while our hook does not hold the instance, so it is another instance's. */
export type Holder = 'itself' | 'none' | 'foreign'

/** Whether an action that was held a moment ago still is, and by its own token. */
export async function holderOf(aws: AwsApi, action: LifecycleAction): Promise<Holder> {
  return (await isHeldItself(aws, action)) ? 'itself' : await holderOfOthers(aws, action)
}

/** Asked once our hook was found not to hold the instance: were the token its own, it would be as inactive. */
async function holderOfOthers(aws: AwsApi, action: LifecycleAction): Promise<Exclude<Holder, 'itself'>> {
  return action.token !== undefined && (await heartbeat(aws, action)) === 'held' ? 'foreign' : 'none'
}

async function isStillThis(aws: AwsApi, action: LifecycleAction, now: number): Promise<boolean> {
  if (action.token !== undefined) return (await heartbeat(aws, action)) === 'held'
  const { groupName, instanceId, startedAt } = action
  return (await terminationsBegan(aws, groupName, [instanceId], now)).get(instanceId) === startedAt
}

function hookOf({ groupName, hookName }: LifecycleAction) {
  return { AutoScalingGroupName: groupName, LifecycleHookName: hookName }
}

export interface Whereabouts {
  readonly groupName: string
  readonly lifecycleState: string
  readonly isHealthy: boolean
}

/** The group and state of an instance; `undefined` when no group has it (unknown ids are silently left out). */
export async function whereabouts(
  aws: Pick<AwsApi, 'describeAutoScalingInstances'>,
  instanceId: string,
): Promise<Whereabouts | undefined> {
  const answer = await aws.describeAutoScalingInstances({ InstanceIds: [instanceId] })
  const found = answer.AutoScalingInstances?.find((instance) => instance.InstanceId === instanceId)
  if (!found?.AutoScalingGroupName || !found.LifecycleState) return undefined
  const isHealthy = found.HealthStatus?.toUpperCase() === 'HEALTHY'
  return { groupName: found.AutoScalingGroupName, lifecycleState: found.LifecycleState, isHealthy }
}
