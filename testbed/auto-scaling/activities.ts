/** Scaling activities: the group's own diary. */
import type {
  Activity,
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput,
  ScalingActivityStatusCode,
} from '@aws-sdk/client-auto-scaling'
import { page } from './pages.ts'
import type { Group, World } from './state.ts'

export function beginActivity(
  world: World,
  now: number,
  group: Group,
  description: string,
  cause: string,
): Activity {
  const activity: Activity = {
    ActivityId: world.options.newId('activity'),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: description,
    Cause: `At ${seconds(now)} ${cause}`,
    StartTime: new Date(now),
    StatusCode: 'InProgress',
    Progress: 0,
    Details: '{}',
  }
  group.activities.push(activity)
  return activity
}

export function setActivityStatus(
  activity: Activity,
  status: ScalingActivityStatusCode,
  progress: number,
): void {
  activity.StatusCode = status
  activity.Progress = progress
}

export function endActivity(
  activity: Activity,
  now: number,
  status: ScalingActivityStatusCode,
  message?: string,
): void {
  setActivityStatus(activity, status, 100)
  activity.EndTime = new Date(now)
  if (message !== undefined) activity.StatusMessage = message
}

/** Newest first, at most 100 a page. */
export function describeScalingActivities(
  world: World,
  _now: number,
  input: DescribeScalingActivitiesCommandInput,
): Omit<DescribeScalingActivitiesCommandOutput, '$metadata'> {
  const groups =
    input.AutoScalingGroupName === undefined
      ? [...world.groups.values()]
      : [world.groups.get(input.AutoScalingGroupName)]
  const wanted = input.ActivityIds
  const found = groups
    .flatMap((group) => group?.activities ?? [])
    .filter(({ ActivityId }) => !wanted?.length || wanted.includes(ActivityId ?? ''))
    .reverse()
  // "Activities are sorted by start time. Activities still in progress are described first." (API reference, Activities)
  const sorted = [...found.filter(({ EndTime }) => !EndTime), ...found.filter(({ EndTime }) => EndTime)]
  const { items, nextToken } = page(sorted, input, 100)
  return { Activities: items.map((activity) => ({ ...activity })), NextToken: nextToken }
}

function seconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
