/** Every instance that Auto Scaling has, with its state. Of a group alone, those in its warm pool are not told. */
import type { AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { pages } from '../aws/every-page.ts'

export interface ScalingInstance {
  readonly instanceId: string
  readonly groupName: string
  readonly lifecycleState: string
}

/** Each once, however often: what changes while it is read may stand on two pages, and two passes at once would flush twice (E1). */
export async function everyScalingInstance(aws: AwsApi): Promise<ScalingInstance[]> {
  const found = new Map<string, AutoScalingInstanceDetails>()
  const all = pages(async (more) => {
    const { AutoScalingInstances, NextToken } = await aws.describeAutoScalingInstances({
      MaxRecords: 50,
      ...more,
    })
    return { items: AutoScalingInstances ?? [], NextToken }
  })
  for await (const one of all) found.set(one.InstanceId ?? '', one)
  return [...found.values()].flatMap(scalingInstance)
}

function scalingInstance({
  InstanceId,
  AutoScalingGroupName,
  LifecycleState,
}: AutoScalingInstanceDetails): ScalingInstance[] {
  if (!InstanceId || !AutoScalingGroupName || !LifecycleState) return []
  return [{ instanceId: InstanceId, groupName: AutoScalingGroupName, lifecycleState: LifecycleState }]
}
