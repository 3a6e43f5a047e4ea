/** Finds, without any message, the instances that our hook may hold, those that are kept, and those that are not about to leave. */
import type { AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { isKept } from '../model.ts'
import type { Standing } from '../recovery/found.ts'

/**
 * Every instance of every group that waits at a terminate hook, or was retained, or stays: retained or not, it goes on. Launching ones
 * (`Pending:Wait`) are none of ours.
 */
export async function waitingAndRetained(
  aws: AwsApi,
): Promise<{ waiting: Standing[]; retained: Standing[]; staying: Standing[] }> {
  const all = (await everyInstance(aws)).flatMap(standing)
  return {
    waiting: all.filter(({ lifecycleState }) =>
      /(Terminating|Warmed:Pending|ReplacingRootVolume):Wait$/.test(lifecycleState),
    ),
    retained: all.filter(({ lifecycleState }) => isKept(lifecycleState)),
    staying: all.filter(
      ({ lifecycleState }) => isKept(lifecycleState) || !/Terminating|Pending|Replacing/.test(lifecycleState),
    ),
  }
}

/** Each once, however often: what changes while it is read may stand on two pages, and two passes at once would flush twice (E1). */
async function everyInstance(aws: AwsApi): Promise<AutoScalingInstanceDetails[]> {
  const found = new Map<string, AutoScalingInstanceDetails>()
  let next: string | undefined
  do {
    const page = await aws.describeAutoScalingInstances({ MaxRecords: 50, ...(next && { NextToken: next }) })
    for (const one of page.AutoScalingInstances ?? []) found.set(one.InstanceId ?? '', one)
    next = page.NextToken
  } while (next)
  return [...found.values()]
}

function standing({
  InstanceId,
  AutoScalingGroupName,
  LifecycleState,
}: AutoScalingInstanceDetails): Standing[] {
  if (!InstanceId || !AutoScalingGroupName || !LifecycleState) return []
  return [{ instanceId: InstanceId, groupName: AutoScalingGroupName, lifecycleState: LifecycleState }]
}
