/** A group by its name, and never another that an answer may hold. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from './api.ts'

/** As Auto Scaling describes it; `undefined` when there is no such group, or the answer is without it. */
export async function groupOf(
  aws: Pick<AwsApi, 'describeAutoScalingGroups'>,
  groupName: string,
): Promise<AutoScalingGroup | undefined> {
  const answer = await aws.describeAutoScalingGroups({ AutoScalingGroupNames: [groupName] })
  return answer.AutoScalingGroups?.find((group) => group.AutoScalingGroupName === groupName)
}
