/** When terminations began, as the group's scaling activities tell. */
import type { AwsApi } from '../aws/api.ts'

/** Auto Scaling ends every action at the latest then (API reference, LifecycleHook.GlobalTimeout). */
const LONGEST_HOLD_MS = 48 * 3600 * 1000

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
