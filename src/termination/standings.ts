/** Every instance that Auto Scaling has, with its state. Of a group alone, those in its warm pool are not told. */
import type { AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'

export interface Standing {
  readonly instanceId: string
  readonly groupName: string
  readonly lifecycleState: string
}

/** Each once, however often: what changes while it is read may stand on two pages, and two passes at once would flush twice (E1). */
export async function everyStanding(aws: AwsApi): Promise<Standing[]> {
  const found = new Map<string, AutoScalingInstanceDetails>()
  let next: string | undefined
  do {
    const page = await aws.describeAutoScalingInstances({ MaxRecords: 50, ...(next && { NextToken: next }) })
    for (const one of page.AutoScalingInstances ?? []) found.set(one.InstanceId ?? '', one)
    next = page.NextToken
  } while (next)
  return [...found.values()].flatMap(standing)
}

function standing({
  InstanceId,
  AutoScalingGroupName,
  LifecycleState,
}: AutoScalingInstanceDetails): Standing[] {
  if (!InstanceId || !AutoScalingGroupName || !LifecycleState) return []
  return [{ instanceId: InstanceId, groupName: AutoScalingGroupName, lifecycleState: LifecycleState }]
}
