/** How often an instance was terminated in vain, as its group's scaling activities tell: they are shown for six weeks. */
import type { Activity } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { instanceNamedBy } from '../termination/scaling-activities.ts'

export interface Terminations {
  /** Terminations of it that ended without ending it. */
  readonly ended: number
  readonly lastEndedAt: number
  /** One has begun and not ended. */
  readonly isUnderWay: boolean
}

/** Pages of 100. A group with more has none counted: too few would be a right to one try more, for ever. */
const MAX_PAGES = 20

/** Of each instance that an activity names; empty where there are too many activities to read all. */
export async function terminationsOf(
  aws: AwsApi,
  groupName: string,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, Terminations>> {
  const wanted = new Set(instanceIds)
  const found = new Map<string, Terminations>()
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await aws.describeScalingActivities({
      AutoScalingGroupName: groupName,
      MaxRecords: 100,
      ...(next && { NextToken: next }),
    })
    for (const activity of answer.Activities ?? []) {
      const instanceId = instanceNamedBy(activity) ?? ''
      if (wanted.has(instanceId) && isVain(activity))
        found.set(instanceId, withOne(found.get(instanceId), activity))
    }
    next = answer.NextToken
    if (!next) return new Map([...found].filter(([, { ended }]) => ended > 0))
  }
  return new Map()
}

/** A successful one has ended the instance, or put it into a warm pool. By which status a retained one ends is not documented. */
function isVain({ Description = '', StatusCode }: Activity): boolean {
  return !Description.startsWith('Launching') && StatusCode !== 'Successful'
}

function withOne(before: Terminations | undefined, { EndTime }: Activity): Terminations {
  const { ended = 0, lastEndedAt = 0, isUnderWay = false } = before ?? {}
  if (!EndTime) return { ended, lastEndedAt, isUnderWay: true }
  return { ended: ended + 1, lastEndedAt: Math.max(lastEndedAt, EndTime.getTime()), isUnderWay }
}
