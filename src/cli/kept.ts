/** The instances that are kept: out of service, still running, still billed, until somebody lets them go. */
import type { AwsApi } from '../aws/api.ts'
import { grouped } from '../grouped.ts'
import { instanceNamedBy } from '../termination/scaling-activities.ts'
import type { ScalingInstance } from '../termination/scaling-instances.ts'
import { machinesNamed } from './machines-named.ts'

export interface KeptInstance {
  readonly instanceId: string
  readonly groupName: string
  readonly lifecycleState: string
  /** Epoch milliseconds; `undefined`: no scaling activity tells (they are shown for six weeks). */
  readonly since: number | undefined
  /** What is billed; `undefined`: EC2 does not know the instance any more. */
  readonly instanceType: string | undefined
  readonly machine: string
}

/** Pages of 100 activities that are read of one group. */
const MAX_PAGES = 10

export async function keptInstances(
  aws: AwsApi,
  retained: readonly ScalingInstance[],
): Promise<KeptInstance[]> {
  const machines = await machinesNamed(
    aws,
    retained.map(({ instanceId }) => instanceId),
  )
  const kept: KeptInstance[] = []
  for (const [groupName, ofGroup] of grouped(retained, (one) => one.groupName)) {
    const since = await retainedSince(aws, groupName, new Set(ofGroup.map(({ instanceId }) => instanceId)))
    for (const { instanceId, lifecycleState } of ofGroup) {
      const machine = machines.get(instanceId)
      const instanceType = machine?.InstanceType
      kept.push({
        ...{ instanceId, groupName, lifecycleState, instanceType },
        since: since.get(instanceId),
        machine: machine?.State?.Name ?? 'unknown to EC2',
      })
    }
  }
  return kept.sort((a, b) => (a.since ?? 0) - (b.since ?? 0))
}

/** A termination that ended in retention is told as cancelled, when it ended. Newest activities come first. */
async function retainedSince(
  aws: AwsApi,
  groupName: string,
  wanted: Set<string>,
): Promise<ReadonlyMap<string, number>> {
  const since = new Map<string, number>()
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES && wanted.size > 0; page++) {
    const answer = await aws.describeScalingActivities({
      AutoScalingGroupName: groupName,
      MaxRecords: 100,
      ...(next && { NextToken: next }),
    })
    for (const activity of answer.Activities ?? []) {
      const { EndTime, StatusCode } = activity
      const instanceId = instanceNamedBy(activity)
      if (!instanceId || !EndTime || StatusCode !== 'Cancelled' || !wanted.delete(instanceId)) continue
      since.set(instanceId, EndTime.getTime())
    }
    next = answer.NextToken
    if (!next) break
  }
  return since
}
