/** A group by its name, and never another that an answer may hold; and what its instance lifecycle policy means. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from './api.ts'

/** Whether a group keeps an instance whose action is abandoned: in `…:Retained`, out of its capacity, with its disk. */
export function isRetaining({ InstanceLifecyclePolicy }: AutoScalingGroup): boolean {
  return InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon === 'retain'
}

/** As Auto Scaling describes it; `undefined` when there is no such group, or the answer is without it. */
export async function groupOf(
  aws: Pick<AwsApi, 'describeAutoScalingGroups'>,
  groupName: string,
): Promise<AutoScalingGroup | undefined> {
  const answer = await aws.describeAutoScalingGroups({ AutoScalingGroupNames: [groupName] })
  return answer.AutoScalingGroups?.find((group) => group.AutoScalingGroupName === groupName)
}
