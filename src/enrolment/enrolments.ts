/** Groups as enrolment sees and changes them. */
import type { AutoScalingGroup, Filter, LifecycleHook } from '@aws-sdk/client-auto-scaling'
import type { AwsApi } from '../aws/api.ts'
import { isRetaining } from '../aws/group-of.ts'
import type { GroupTag, Selection } from '../selection.ts'
import { hookNamed, targetOf } from '../termination/hook.ts'
import { type HookAsFound, isSigned, markKey, TERMINATING, writeMark } from './mark.ts'
import type { EnrolmentStep, GroupFacts, Wanted } from './plan.ts'

/** One instance as its group lists it. */
export interface Member {
  readonly instanceId: string
  readonly lifecycleState: string
}

export interface ListedGroup {
  readonly name: string
  readonly tags: readonly GroupTag[]
  readonly retains: boolean
  /** Whose instances are not among the members. */
  readonly hasWarmPool: boolean
  readonly members: readonly Member[]
}

/** Names asked for in one call. */
const NAMES_PER_CALL = 50

/** The groups that are chosen, each once. A name that no group has is simply not among them. */
export async function chosenGroups(aws: AwsApi, selections: readonly Selection[]): Promise<ListedGroup[]> {
  const found = new Map<string, ListedGroup>()
  const keep = (groups: readonly ListedGroup[]) => {
    for (const group of groups) found.set(group.name, group)
  }
  const names = selections.flatMap((selection) => (selection.by === 'name' ? [selection.name] : []))
  for (let from = 0; from < names.length; from += NAMES_PER_CALL)
    keep(await list(aws, { names: names.slice(from, from + NAMES_PER_CALL) }))
  for (const selection of selections)
    if (selection.by === 'tag') keep(await taggedGroups(aws, selection.key, selection.value))
  return [...found.values()]
}

/** The group of this name, if there is one. */
export async function groupNamed(aws: AwsApi, name: string): Promise<ListedGroup | undefined> {
  return (await list(aws, { names: [name] })).find((group) => group.name === name)
}

/** Every group of the account and Region. */
export async function allGroups(aws: AwsApi): Promise<ListedGroup[]> {
  return await list(aws, {})
}

async function taggedGroups(aws: AwsApi, key: string, value: string): Promise<ListedGroup[]> {
  return await list(aws, { filters: [{ Name: `tag:${key}`, Values: [value] }] })
}

async function list(
  aws: AwsApi,
  { names, filters }: { readonly names?: string[]; readonly filters?: Filter[] },
): Promise<ListedGroup[]> {
  const request = {
    MaxRecords: 100,
    ...(names && { AutoScalingGroupNames: names }),
    ...(filters && { Filters: filters }),
  }
  const found: ListedGroup[] = []
  let next: string | undefined
  do {
    const page = await aws.describeAutoScalingGroups(next ? { ...request, NextToken: next } : request)
    found.push(...(page.AutoScalingGroups ?? []).map(readGroup))
    next = page.NextToken
  } while (next)
  return found
}

function readGroup(group: AutoScalingGroup): ListedGroup {
  return {
    name: group.AutoScalingGroupName ?? '',
    tags: (group.Tags ?? []).map(({ Key, Value, PropagateAtLaunch }) => ({
      key: Key ?? '',
      value: Value ?? '',
      propagates: PropagateAtLaunch === true,
    })),
    retains: isRetaining(group),
    hasWarmPool: group.WarmPoolConfiguration !== undefined,
    members: (group.Instances ?? []).map(({ InstanceId, LifecycleState }) => ({
      instanceId: InstanceId ?? '',
      lifecycleState: LifecycleState ?? '',
    })),
  }
}

/** The group with its hook of this name, and with those of other guards. */
export async function groupFacts(aws: AwsApi, group: ListedGroup, hookName: string): Promise<GroupFacts> {
  const { LifecycleHooks: hooks = [] } = await aws.describeLifecycleHooks({
    AutoScalingGroupName: group.name,
  })
  // One answer without it is none: what a person has set, or somebody else's hook, would be written over.
  const isIt = (candidate: LifecycleHook) => candidate.LifecycleHookName === hookName
  const hook = hooks.find(isIt) ?? (await hookNamed(aws, group.name, hookName))
  const { name, tags, retains } = group
  const others = hooks.filter((candidate) => candidate !== hook && isAnotherGuards(candidate, tags))
  return {
    name,
    tags,
    retains,
    hook: hook && readHook(hook),
    otherGuards: others.map(({ LifecycleHookName }) => LifecycleHookName ?? ''),
  }
}

function isAnotherGuards(hook: LifecycleHook, tags: readonly GroupTag[]): boolean {
  if (hook.LifecycleTransition !== TERMINATING) return false
  return isSigned(hook.NotificationMetadata) || isMarked(tags, hook.LifecycleHookName ?? '')
}

/** Whether the deployment whose hook has this name has left its mark. */
export function isMarked(tags: readonly GroupTag[], hookName: string): boolean {
  return tags.some(({ key }) => key === markKey(hookName))
}

function readHook(hook: LifecycleHook): HookAsFound {
  return {
    transition: hook.LifecycleTransition,
    target: targetOf(hook),
    role: hook.RoleARN,
    heartbeatTimeoutSeconds: hook.HeartbeatTimeout ?? 3600,
    defaultResult: hook.DefaultResult,
    metadata: hook.NotificationMetadata,
  }
}

/** What the steps of a plan are about. */
export type Target = Pick<Wanted, 'hookName' | 'queueArn' | 'notifierRoleArn'>

export async function takeStep(
  aws: AwsApi,
  groupName: string,
  target: Target,
  step: EnrolmentStep,
): Promise<void> {
  const group = { AutoScalingGroupName: groupName }
  const hook = { ...group, LifecycleHookName: target.hookName }
  switch (step.do) {
    case 'mark':
      await aws.createOrUpdateTags({ Tags: [{ ...markTag(groupName, target), Value: writeMark(step.mark) }] })
      return
    case 'put-hook':
      await aws.putLifecycleHook({
        ...hook,
        LifecycleTransition: TERMINATING,
        HeartbeatTimeout: step.hook.heartbeatTimeoutSeconds,
        DefaultResult: step.hook.defaultResult,
        NotificationTargetARN: target.queueArn,
        RoleARN: target.notifierRoleArn,
        ...(step.hook.metadata !== undefined && { NotificationMetadata: step.hook.metadata }),
      })
      return
    case 'delete-hook':
      await aws.deleteLifecycleHook(hook)
      return
    case 'set-retention':
      await aws.updateAutoScalingGroup({
        ...group,
        InstanceLifecyclePolicy: {
          RetentionTriggers: { TerminateHookAbandon: step.retain ? 'retain' : 'terminate' },
        },
      })
      return
  }
}

/** Removes the last trace of an enrolment. */
export async function unmark(
  aws: AwsApi,
  groupName: string,
  target: Pick<Target, 'hookName'>,
): Promise<void> {
  await aws.deleteTags({ Tags: [markTag(groupName, target)] })
}

function markTag(groupName: string, { hookName }: Pick<Target, 'hookName'>) {
  return {
    ResourceId: groupName,
    ResourceType: 'auto-scaling-group',
    Key: markKey(hookName),
    PropagateAtLaunch: false,
  }
}
