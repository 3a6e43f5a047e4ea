/** A group as a replacement finds it: what it is now, and what one that was begun has left. */
import type { TagDescription } from '@aws-sdk/client-auto-scaling'
import { pages } from '../aws/every-page.ts'
import { groupOf } from '../aws/group-of.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { type GroupFacts, REPLACING, type Replacing, readReplacing } from './replacement.ts'
import type { ReplacingApi } from './replacing.ts'
import { trafficOf } from './serving.ts'

/** Whether the guard's hook would hold an instance of the group: the same question as everywhere. */
export type IsGuarded = (groupName: string) => Promise<boolean>

/** The group of an instance as it is now; `undefined` when it is in none. */
export async function factsOf(
  aws: ReplacingApi,
  instanceId: string,
  isGuarded: IsGuarded,
): Promise<GroupFacts | undefined> {
  const where = await whereabouts(aws, instanceId)
  const groupName = where?.groupName ?? (await groupReplacing(aws, instanceId))
  if (groupName === undefined) return undefined
  const group = await groupOf(aws, groupName)
  return {
    groupName,
    desired: group?.DesiredCapacity ?? 0,
    maximum: group?.MaxSize ?? 0,
    lifecycleState: where?.lifecycleState ?? 'gone',
    guarded: await isGuarded(groupName),
    replacing: replacingOf(group?.Tags),
    traffic: trafficOf(group),
  }
}

/** Of every group that is in the middle of a replacement, or was when it broke off. */
export async function replacementsUnderWay(
  aws: Pick<ReplacingApi, 'describeAutoScalingGroups'>,
): Promise<{ readonly groupName: string; readonly instanceId: string }[]> {
  const Filters = [{ Name: 'tag-key', Values: [REPLACING] }]
  const groups = pages(async (more) => {
    const { AutoScalingGroups, NextToken } = await aws.describeAutoScalingGroups({ Filters, ...more })
    return { items: AutoScalingGroups ?? [], NextToken }
  })
  const underWay: { readonly groupName: string; readonly instanceId: string }[] = []
  for await (const { AutoScalingGroupName: groupName, Tags } of groups) {
    const instanceId = replacingOf(Tags)?.instanceId
    if (groupName !== undefined && instanceId !== undefined) underWay.push({ groupName, instanceId })
  }
  return underWay
}

/** The group that an instance was in which is gone by now, where its replacement broke off. */
async function groupReplacing(aws: ReplacingApi, instanceId: string): Promise<string | undefined> {
  return (await replacementsUnderWay(aws)).find((one) => one.instanceId === instanceId)?.groupName
}

function replacingOf(tags: readonly TagDescription[] = []): Replacing | undefined {
  return readReplacing(tags.find(({ Key }) => Key === REPLACING)?.Value ?? '')
}
