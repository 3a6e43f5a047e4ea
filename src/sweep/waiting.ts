/** Finds, without any message, the instances that our hook may hold and those that are kept. */
import type { AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import type { Policy } from '../policy.ts'

/** Auto Scaling ends every action at the latest then (API reference, LifecycleHook.GlobalTimeout). */
const LONGEST_HOLD_MS = 48 * 3600 * 1000

export interface Standing {
  readonly instanceId: string
  readonly groupName: string
  readonly lifecycleState: string
}

/** Every instance of every group that waits at a terminate hook or was retained. Launching ones (`Pending:Wait`) are none of ours. */
export async function waitingAndRetained(
  aws: AwsApi,
): Promise<{ waiting: Standing[]; retained: Standing[] }> {
  const all = (await everyInstance(aws)).flatMap(standing)
  return {
    waiting: all.filter(({ lifecycleState }) =>
      /(Terminating|Warmed:Pending|ReplacingRootVolume):Wait$/.test(lifecycleState),
    ),
    retained: all.filter(({ lifecycleState }) => lifecycleState.endsWith(':Retained')),
  }
}

async function everyInstance(aws: AwsApi): Promise<AutoScalingInstanceDetails[]> {
  const found: AutoScalingInstanceDetails[] = []
  let next: string | undefined
  do {
    const page = await aws.describeAutoScalingInstances({ MaxRecords: 50, ...(next && { NextToken: next }) })
    found.push(...(page.AutoScalingInstances ?? []))
    next = page.NextToken
  } while (next)
  return found
}

function standing({
  InstanceId,
  AutoScalingGroupName,
  LifecycleState,
}: AutoScalingInstanceDetails): Standing[] {
  if (!InstanceId || !AutoScalingGroupName || !LifecycleState) return []
  return [{ instanceId: InstanceId, groupName: AutoScalingGroupName, lifecycleState: LifecycleState }]
}

/**
 * Whether a group has our hook. A hook of our name that notifies another queue is somebody else's, and so are the actions it
 * holds (S4); one without a target speaks through EventBridge.
 */
export async function hasHook(
  aws: AwsApi,
  groupName: string,
  { hookName, queueUrl }: Pick<Policy, 'hookName' | 'queueUrl'>,
): Promise<boolean> {
  const answer = await aws.describeLifecycleHooks({
    AutoScalingGroupName: groupName,
    LifecycleHookNames: [hookName],
  })
  const hook = answer.LifecycleHooks?.find((candidate) => candidate.LifecycleHookName === hookName)
  if (!hook || hook.LifecycleTransition === 'autoscaling:EC2_INSTANCE_LAUNCHING') return false
  return hook.NotificationTargetARN === undefined || isQueue(hook.NotificationTargetARN, queueUrl)
}

/** A queue's URL ends as its ARN does: `…/<account>/<name>`, `…:<account>:<name>`. */
function isQueue(arn: string, queueUrl: string): boolean {
  return arn.split(':').slice(-2).join('/') === new URL(queueUrl).pathname.split('/').slice(-2).join('/')
}

/**
 * When the termination of each of these instances of one group began: an action whose message was lost has no token, and is known
 * by this. Activities come newest first, and none that is older than an action can be is read. Instances that no activity
 * names are left out.
 */
export async function terminationsBegan(
  aws: AwsApi,
  groupName: string,
  instanceIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const began = new Map<string, number>()
  const wanted = new Set(instanceIds)
  const request = { AutoScalingGroupName: groupName, MaxRecords: 100 }
  let next: string | undefined
  do {
    const page = await aws.describeScalingActivities(next ? { ...request, NextToken: next } : request)
    for (const { Description, StartTime, EndTime } of page.Activities ?? []) {
      if (!StartTime || now - StartTime.getTime() > LONGEST_HOLD_MS) return began
      const instanceId = /\bi-[0-9a-f]{8,32}\b/.exec(Description ?? '')?.[0]
      if (!instanceId || EndTime || !wanted.delete(instanceId)) continue
      began.set(instanceId, StartTime.getTime())
    }
    next = page.NextToken
  } while (next && wanted.size > 0)
  return began
}
