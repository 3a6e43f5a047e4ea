/** When terminations began, as the group's scaling activities tell. */
import type { Activity as Told } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { LONGEST_HOLD_SECONDS } from '../global-timeout.ts'

/** How far back an action can have begun. */
export const LONGEST_HOLD_MS = 1000 * LONGEST_HOLD_SECONDS

/**
 * When the termination of each of these instances of one group began: an action whose message was lost has no token, and is known
 * by this. Of several the newest counts. Instances that no activity names are left out.
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
  await lookThrough(aws, groupName, now, ({ instanceId, startedAt, isOver }) => {
    if (instanceId === wanted && startedAt <= by) began = Math.max(began ?? startedAt, startedAt)
    // One in progress stands before younger ones that are over.
    return began !== undefined && isOver && startedAt <= began
  })
  return began
}

/** Whether an activity in progress launches the instance: until that is over, no termination of it is. */
export async function isLaunching(
  aws: AwsApi,
  groupName: string,
  wanted: string,
  now: number,
): Promise<boolean> {
  let launching = false
  await lookThrough(aws, groupName, now, ({ instanceId, isOver, launches }) => {
    launching ||= !isOver && launches && instanceId === wanted
    return launching || isOver
  })
  return launching
}

/** The instances that an activity in progress ends, or moves; those that are over come behind them. */
export async function onTheirWay(aws: AwsApi, groupName: string): Promise<string[]> {
  const found: string[] = []
  for await (const some of activitiesOf(aws, groupName))
    for (const activity of some) {
      if (activity.EndTime !== undefined) return found
      const instanceId = instanceNamedBy(activity)
      if (instanceId !== undefined && !isLaunch(activity)) found.push(instanceId)
    }
  return found
}

/** The instance that an activity is about: nothing but its text names one. */
export function instanceNamedBy({ Description = '' }: { readonly Description?: string | undefined }) {
  return /\bi-[0-9a-f]{8,32}\b/.exec(Description)?.[0]
}

function isLaunch({ Description = '' }: { readonly Description?: string | undefined }): boolean {
  return /^Launching\b/.test(Description)
}

interface Activity {
  readonly instanceId: string
  readonly startedAt: number
  readonly isOver: boolean
  readonly launches: boolean
}

/**
 * The group's activities that name an instance, as far back as an action can have begun, or until it was found: those in progress first,
 * then those that are over, each newest first (API reference, Activities). So one in progress, however old, is followed by younger ones.
 */
async function lookThrough(
  aws: AwsApi,
  groupName: string,
  now: number,
  isFound: (activity: Activity) => boolean,
): Promise<void> {
  for await (const some of activitiesOf(aws, groupName))
    for (const activity of some) {
      const { StartTime, EndTime } = activity
      const instanceId = instanceNamedBy(activity)
      const [startedAt, isOver] = [StartTime?.getTime(), EndTime !== undefined]
      const isOld = startedAt !== undefined && now - startedAt > LONGEST_HOLD_MS
      if (isOld && isOver) return
      if (isOld || startedAt === undefined || instanceId === undefined) continue
      const launches = isLaunch(activity)
      if (isFound({ instanceId, startedAt, isOver, launches })) return
    }
}

/** Page by page: an await for each activity would cost more than all that is done with it. */
async function* activitiesOf(aws: AwsApi, groupName: string): AsyncGenerator<readonly Told[]> {
  const request = { AutoScalingGroupName: groupName, MaxRecords: 100 }
  let next: string | undefined
  do {
    const page = await aws.describeScalingActivities(next ? { ...request, NextToken: next } : request)
    yield page.Activities ?? []
    next = page.NextToken
  } while (next)
}
