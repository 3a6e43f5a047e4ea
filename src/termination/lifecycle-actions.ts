/** Lifecycle actions as Auto Scaling tells and ends them. */

import type { AwsApi } from '../aws/api.ts'
import { isNoActiveAction } from '../aws/failures.ts'
import type { HookFacts, LifecycleAction } from '../model.ts'

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

/** What the hook and its group are really set to; a person may have changed either. */
export async function hookFacts(
  aws: AwsApi,
  { groupName, hookName, instanceId }: Pick<LifecycleAction, 'groupName' | 'hookName' | 'instanceId'>,
): Promise<HookFacts | undefined> {
  const [hooks, groups] = await Promise.all([
    aws.describeLifecycleHooks({ AutoScalingGroupName: groupName, LifecycleHookNames: [hookName] }),
    aws.describeAutoScalingGroups({ AutoScalingGroupNames: [groupName] }),
  ])
  const hook = hooks.LifecycleHooks?.find((candidate) => candidate.LifecycleHookName === hookName)
  const group = groups.AutoScalingGroups?.find((candidate) => candidate.AutoScalingGroupName === groupName)
  if (!hook?.HeartbeatTimeout || !group) return undefined
  const isRetaining = group.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon === 'retain'
  const instance = group.Instances?.find((candidate) => candidate.InstanceId === instanceId)
  // Retention is documented for instances that terminate or return to a warm pool, not for a root volume that is replaced.
  const losesItsDisk = instance?.LifecycleState?.startsWith('ReplacingRootVolume') ?? false
  return {
    heartbeatTimeoutSeconds: hook.HeartbeatTimeout,
    globalTimeoutSeconds: hook.GlobalTimeout ?? Math.min(172_800, 100 * hook.HeartbeatTimeout),
    retains: isRetaining && !losesItsDisk,
  }
}
