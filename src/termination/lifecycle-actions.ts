/** Lifecycle actions as Auto Scaling tells and ends them. */

import type { AwsApi } from '../aws/api.ts'
import { isNoActiveAction } from '../aws/failures.ts'
import type { LifecycleAction } from '../model.ts'

/** Restarts the hook's timer from now. `none`: no such action is active, so it is over or not there yet. */
export async function heartbeat(aws: AwsApi, action: LifecycleAction): Promise<'held' | 'none'> {
  try {
    await aws.recordLifecycleActionHeartbeat(address(action))
    return 'held'
  } catch (error) {
    if (isNoActiveAction(error)) return 'none'
    throw error
  }
}

/** Ends the action. `none`: somebody else ended it before us. */
export async function complete(
  aws: AwsApi,
  action: LifecycleAction,
  result: 'CONTINUE' | 'ABANDON',
): Promise<'done' | 'none'> {
  try {
    await aws.completeLifecycleAction({ ...address(action), LifecycleActionResult: result })
    return 'done'
  } catch (error) {
    if (isNoActiveAction(error)) return 'none'
    throw error
  }
}

/** Token or instance, never both: what Auto Scaling does with both is nowhere documented. */
function address({ groupName, hookName, instanceId, token }: LifecycleAction) {
  const hook = { AutoScalingGroupName: groupName, LifecycleHookName: hookName }
  return token ? { ...hook, LifecycleActionToken: token } : { ...hook, InstanceId: instanceId }
}

export interface Whereabouts {
  readonly groupName: string
  readonly lifecycleState: string
}

/** The group and state of an instance; `undefined` when no group has it (unknown ids are silently left out). */
export async function whereabouts(aws: AwsApi, instanceId: string): Promise<Whereabouts | undefined> {
  const answer = await aws.describeAutoScalingInstances({ InstanceIds: [instanceId] })
  const found = answer.AutoScalingInstances?.find((instance) => instance.InstanceId === instanceId)
  if (!found?.AutoScalingGroupName || !found.LifecycleState) return undefined
  return { groupName: found.AutoScalingGroupName, lifecycleState: found.LifecycleState }
}
