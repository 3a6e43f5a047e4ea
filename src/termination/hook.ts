/** Our hook on a group: whether it is there, and what it and its group are really set to. */
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { groupOf, isRetaining } from '../aws/group-of.ts'
import { whileThere } from '../aws/while-there.ts'
import { globalTimeoutOf } from '../global-timeout.ts'
import type { HookFacts, LifecycleAction } from '../model.ts'
import type { Policy } from '../policy.ts'

/**
 * Whether a group has our hook. A hook of our name that notifies another queue is somebody else's, and so are the actions it
 * holds (S4); one without a target speaks through EventBridge. A group that is gone by now has none.
 */
export async function hasHook(
  aws: AwsApi,
  groupName: string,
  { hookName, queueUrl }: Pick<Policy, 'hookName' | 'queueUrl'>,
): Promise<boolean> {
  const isThere = async () => {
    const hook = await hookOf(aws, { groupName, hookName })
    return hook !== undefined && isOurs(hook, queueUrl)
  }
  return await whileThere(isThere, false)
}

/**
 * As Auto Scaling describes it; `undefined` when the group has no hook of this name: one answer without it does not say so, and it may be
 * set to less than we deploy (S3). Throws where there is no such group.
 */
export async function hookOf(
  aws: AwsApi,
  { groupName, hookName }: Hooked,
): Promise<LifecycleHook | undefined> {
  const named = await hookNamed(aws, groupName, hookName)
  if (named) return named
  const { LifecycleHooks: all } = await aws.describeLifecycleHooks({ AutoScalingGroupName: groupName })
  return all?.find((hook) => hook.LifecycleHookName === hookName)
}

/** Asked for by its name, once. */
export async function hookNamed(
  aws: AwsApi,
  groupName: string,
  hookName: string,
): Promise<LifecycleHook | undefined> {
  const { LifecycleHooks: named } = await aws.describeLifecycleHooks({
    AutoScalingGroupName: groupName,
    LifecycleHookNames: [hookName],
  })
  return named?.find((hook) => hook.LifecycleHookName === hookName)
}

function isOurs(hook: LifecycleHook, queueUrl: string): boolean {
  if (hook.LifecycleTransition === 'autoscaling:EC2_INSTANCE_LAUNCHING') return false
  return !notifiesAnother({ notifies: targetOf(hook) }, queueUrl)
}

/** What a hook notifies. An empty target is how one is taken away (PutLifecycleHook), so it is none. */
export function targetOf({ NotificationTargetARN }: LifecycleHook): string | undefined {
  return NotificationTargetARN || undefined
}

/** Whether a hook's actions are another deployment's: what it notifies is not our queue. */
export function notifiesAnother({ notifies }: Pick<HookFacts, 'notifies'>, queueUrl: string): boolean {
  return notifies !== undefined && !isQueue(notifies, queueUrl)
}

/** A queue's URL ends as its ARN does: `…/<account>/<name>`, `…:<account>:<name>`. */
function isQueue(arn: string, queueUrl: string): boolean {
  return arn.split(':').slice(-2).join('/') === queueUrl.split('/').slice(-2).join('/')
}

/**
 * Why a termination that ends without proof might not keep its instance; `undefined` where it would: our hook is there, what it gives up
 * by itself is abandoned, and the group retains what is.
 */
export async function whyNotKept(
  aws: AwsApi,
  groupName: string,
  { hookName, queueUrl }: Pick<Policy, 'hookName' | 'queueUrl'>,
): Promise<string | undefined> {
  const group = await groupOf(aws, groupName)
  if (!group || !isRetaining(group)) return 'the group does not retain'
  const hook = await hookOf(aws, { groupName, hookName })
  if (!hook || !isOurs(hook, queueUrl)) return 'the group does not have our hook'
  return hook.DefaultResult === 'ABANDON' ? undefined : 'our hook’s default result is not ABANDON'
}

/** What is held by a hook, or waits for it. */
export type Hooked = Pick<LifecycleAction, 'groupName' | 'hookName'>

/**
 * A hook that a person has set to so little: a message that the queue's own visibility timeout brings back comes too late for it, or
 * leaves no room for a look that fails.
 */
export function isShort(heartbeatTimeoutSeconds: number, { queueVisibilitySeconds }: Policy): boolean {
  return queueVisibilitySeconds > heartbeatTimeoutSeconds / 2
}

/** What the hook is really set to, without its group; `undefined` when the group has no such hook. */
export async function hookTimes(
  aws: AwsApi,
  { groupName, hookName }: Hooked,
): Promise<HookFacts | undefined> {
  const hook = await hookOf(aws, { groupName, hookName })
  if (!hook?.HeartbeatTimeout) return undefined
  return {
    heartbeatTimeoutSeconds: hook.HeartbeatTimeout,
    globalTimeoutSeconds: hook.GlobalTimeout ?? globalTimeoutOf(hook.HeartbeatTimeout),
    retains: undefined,
    notifies: targetOf(hook),
  }
}

/** What a hook is set to of which nothing more is told. */
export function hookAsDeployed({ heartbeatTimeoutSeconds }: Policy): HookFacts {
  return {
    heartbeatTimeoutSeconds,
    globalTimeoutSeconds: globalTimeoutOf(heartbeatTimeoutSeconds),
    retains: undefined,
  }
}

/** What the hook and its group are really set to; a person may have changed either. */
export async function hookFacts(
  aws: AwsApi,
  action: Hooked & Pick<LifecycleAction, 'instanceId'>,
): Promise<HookFacts | undefined> {
  const [times, retains] = await Promise.all([hookTimes(aws, action), retainsAbandoned(aws, action)])
  return times && { ...times, retains }
}

/** Whether its group keeps this instance when its action is abandoned; `undefined` when there is no such group. */
export async function retainsAbandoned(
  aws: AwsApi,
  { groupName, instanceId }: Pick<LifecycleAction, 'groupName' | 'instanceId'>,
): Promise<boolean | undefined> {
  const group = await groupOf(aws, groupName)
  if (!group) return undefined
  const instance = group.Instances?.find((candidate) => candidate.InstanceId === instanceId)
  // Retention is documented for instances that terminate or return to a warm pool, not for a root volume that is replaced.
  const losesItsDisk = instance?.LifecycleState?.startsWith('ReplacingRootVolume') ?? false
  return isRetaining(group) && !losesItsDisk
}
