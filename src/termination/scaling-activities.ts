/** When terminations began, as the group's scaling activities tell. */
import type { AwsApi } from '../aws/api.ts'

/** Auto Scaling ends every action at the latest then (API reference, LifecycleHook.GlobalTimeout). */
export const LONGEST_HOLD_MS = 48 * 3600 * 1000

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
  await lookThrough(aws, groupName, now, ({ instanceId, startedAt, isOver }) => {
    if (!isOver && wanted.delete(instanceId)) began.set(instanceId, startedAt)
    return wanted.size === 0
  })
  return began
}

/**
 * When the last activity of an instance began that had begun by then, whether or not it is over; `undefined` where none within the
 * longest hold tells.
 */
export async function activityBegan(
  aws: AwsApi,
  groupName: string,
  wanted: string,
  { by, now }: { readonly by: number; readonly now: number },
): Promise<number | undefined> {
  let began: number | undefined
  await lookThrough(aws, groupName, now, ({ instanceId, startedAt }) => {
    if (instanceId === wanted && startedAt <= by) began = startedAt
    return began !== undefined
  })
  return began
}

interface Activity {
  readonly instanceId: string
  readonly startedAt: number
  readonly isOver: boolean
}

/** The group's activities that name an instance, newest first, as far back as an action can have begun, or until it was found. */
async function lookThrough(
  aws: AwsApi,
  groupName: string,
  now: number,
  isFound: (activity: Activity) => boolean,
): Promise<void> {
  const request = { AutoScalingGroupName: groupName, MaxRecords: 100 }
  let next: string | undefined
  do {
    const page = await aws.describeScalingActivities(next ? { ...request, NextToken: next } : request)
    for (const { Description, StartTime, EndTime } of page.Activities ?? []) {
      if (!StartTime || now - StartTime.getTime() > LONGEST_HOLD_MS) return
      const instanceId = /\bi-[0-9a-f]{8,32}\b/.exec(Description ?? '')?.[0]
      if (!instanceId) continue
      if (isFound({ instanceId, startedAt: StartTime.getTime(), isOver: EndTime !== undefined })) return
    }
    next = page.NextToken
  } while (next)
}
