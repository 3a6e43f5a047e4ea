/**
 * Withdrawing from groups. Deleting a hook makes Auto Scaling say CONTINUE to whatever waits at it, so nothing is withdrawn while an
 * action is open in any of the groups, and each group is looked at again right before its hook goes.
 */
import pMap from 'p-map'
import type { AwsApi } from '../aws/api.ts'
import { whileThere } from '../aws/while-there.ts'
import { isKept } from '../model.ts'
import { chosenBy, type Selection } from '../selection.ts'
import { hookNamed } from '../termination/hook.ts'
import { onTheirWay } from '../termination/scaling-activities.ts'
import { everyScalingInstance, type ScalingInstance } from '../termination/scaling-instances.ts'
import {
  allGroups,
  groupFacts,
  groupNamed,
  isMarked,
  type ListedGroup,
  takeStep,
  unmark,
} from './enrolments.ts'
import { notifiesUs, planWithdrawal } from './plan-withdrawal.ts'

export interface Withdrawal {
  /** Instances that the hook holds or is about to hold: their groups keep it, and so do those that were to come after. */
  readonly open: readonly ScalingInstance[]
  readonly withdrawn: readonly string[]
  /** Withdrawn groups that still have a hook of our name: a person aimed it elsewhere, or it stands in a template of the group's own. */
  readonly hookLeft: readonly string[]
  /** Withdrawn groups that go on retaining: they did when we first saw them, or nobody knows any more. */
  readonly retentionLeft: readonly string[]
  /** Instances that are kept and go on costing money; withdrawing does not end them. */
  readonly retained: readonly ScalingInstance[]
}

/** `Terminating` without `:Wait` is on its way to the hook (the load balancer drains). */
const OPEN = /^(Terminating|Warmed:Terminating|Warmed:Pending|ReplacingRootVolume)(:Wait)?$/

/** So many groups without a mark are asked for their hooks at once. */
const CONCURRENT_GROUPS = 2

/** What is withdrawn from: every enrolled group, or those that are no longer chosen. */
export interface Scope {
  readonly hookName: string
  readonly queueArn: string
  /** Groups that these choose stay enrolled. */
  readonly except?: readonly Selection[]
}

export async function withdraw(aws: AwsApi, scope: Scope): Promise<Withdrawal> {
  const groups = await enrolledGroups(aws, scope)
  const found = await survey(aws, groups)
  const hookLeft: string[] = []
  const retentionLeft: string[] = []
  const withdrawn: string[] = []
  const soFar = { ...found, withdrawn, hookLeft, retentionLeft }
  if (found.open.length > 0) return soFar
  for (const group of groups) {
    const { open, isHookLeft, isRetentionLeft } = await withdrawFrom(aws, group, scope)
    if (open.length > 0) return { ...soFar, open }
    withdrawn.push(group.name)
    if (isHookLeft) hookLeft.push(group.name)
    if (isRetentionLeft) retentionLeft.push(group.name)
  }
  return soFar
}

/** Which groups a withdrawal would be from, and what stands in its way, without doing anything. */
export async function surveyWithdrawal(
  aws: AwsApi,
  scope: Scope,
): Promise<Pick<Withdrawal, 'open' | 'retained'> & { readonly enrolled: readonly string[] }> {
  const groups = await enrolledGroups(aws, scope)
  return { ...(await survey(aws, groups)), enrolled: groups.map(({ name }) => name) }
}

/**
 * Once nothing is left that could enrol them again: removes what a late sweep may have put back, and the marks. Answers what is open at
 * such a hook; its group is left as it is.
 */
export async function forget(aws: AwsApi, scope: Scope): Promise<ScalingInstance[]> {
  const left: ScalingInstance[] = []
  for (const group of await enrolledGroups(aws, scope)) {
    const { open } = await withdrawFrom(aws, group, scope)
    left.push(...open)
    if (open.length === 0) await whileThere(() => unmark(aws, group.name, scope), undefined)
  }
  return left
}

/**
 * The groups that a mark or a hook to our queue shows to be ours. Tags are taken away by whoever applies a template without them, so every
 * group is looked at.
 */
async function enrolledGroups(
  aws: AwsApi,
  { hookName, queueArn, except = [] }: Scope,
): Promise<ListedGroup[]> {
  const groups = (await allGroups(aws)).filter((group) => chosenBy(except, group).length === 0)
  const isOurs = async (group: ListedGroup) =>
    isMarked(group.tags, hookName) ||
    (await whileThere(async () => notifiesUs(await groupFacts(aws, group, hookName), queueArn), false))
  const ours = await pMap(groups, isOurs, { concurrency: CONCURRENT_GROUPS })
  return groups.filter((_, index) => ours[index])
}

async function survey(
  aws: AwsApi,
  groups: readonly ListedGroup[],
): Promise<Pick<Withdrawal, 'open' | 'retained'>> {
  const instances = await instancesOf(aws, groups)
  return {
    open: instances.filter(({ lifecycleState }) => OPEN.test(lifecycleState)),
    retained: instances.filter(({ lifecycleState }) => isKept(lifecycleState)),
  }
}

/**
 * Of the warm pools, too, which only Auto Scaling as a whole tells. What that answer leaves out waits all the same: so the activities in
 * progress are asked, and who is named by nothing else is on its way.
 */
async function instancesOf(aws: AwsApi, groups: readonly ListedGroup[]): Promise<ScalingInstance[]> {
  const listed = groups.flatMap(({ name, members }) =>
    members.map((member): ScalingInstance => ({ groupName: name, ...member })),
  )
  const pooled = new Set(groups.filter(({ hasWarmPool }) => hasWarmPool).map(({ name }) => name))
  if (pooled.size === 0) return listed
  const others = (await everyScalingInstance(aws)).filter(
    ({ groupName, instanceId }) =>
      pooled.has(groupName) && !listed.some((one) => one.instanceId === instanceId),
  )
  const told = [...listed, ...others]
  const leftOut: ScalingInstance[] = []
  for (const groupName of pooled)
    for (const instanceId of await whileThere(() => onTheirWay(aws, groupName), []))
      if (!told.some((one) => one.instanceId === instanceId))
        leftOut.push({ groupName, instanceId, lifecycleState: 'Terminating' })
  return [...told, ...leftOut]
}

interface Left {
  /** What is open at the hook, which is there still. */
  readonly open: readonly ScalingInstance[]
  readonly isHookLeft: boolean
  readonly isRetentionLeft: boolean
}

const NOTHING_LEFT: Left = { open: [], isHookLeft: false, isRetentionLeft: false }

async function withdrawFrom(aws: AwsApi, group: ListedGroup, scope: Scope): Promise<Left> {
  return await whileThere(() => withdrawn(aws, group, scope), NOTHING_LEFT)
}

async function withdrawn(aws: AwsApi, group: ListedGroup, scope: Scope): Promise<Left> {
  const facts = await groupFacts(aws, group, scope.hookName)
  const target = { ...scope, notifierRoleArn: '' }
  const { steps, ...left } = planWithdrawal(facts, scope.hookName, scope.queueArn)
  for (const step of steps) {
    if (step.do === 'delete-hook') {
      const { open } = await survey(aws, [await toldOf(aws, group.name, scope)])
      if (open.length > 0) return { ...NOTHING_LEFT, open }
    }
    await takeStep(aws, group.name, target, step)
  }
  return { open: [], ...left }
}

/** One answer without the group says nothing of who waits at its hook; where it is gone by now, what asks for its hooks throws as much. */
async function toldOf(aws: AwsApi, groupName: string, { hookName }: Scope): Promise<ListedGroup> {
  const group = await groupNamed(aws, groupName)
  if (group) return group
  await hookNamed(aws, groupName, hookName)
  throw new Error(
    `Auto Scaling does not tell who waits in group ${groupName}, so that its hook stays: try again`,
  )
}
