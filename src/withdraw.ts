/**
 * Withdrawing from groups. Deleting a hook makes Auto Scaling say CONTINUE to whatever waits at it, so nothing is withdrawn while an
 * action is open in any of the groups.
 */
import type { AwsApi } from './aws/api.ts'
import { groupFacts, type ListedGroup, markedGroups, takeStep, unmark } from './aws/enrolments.ts'
import { planWithdrawal } from './core/enrolment.ts'
import { chosenBy, type Selection } from './core/selection.ts'

export interface Standing {
  readonly groupName: string
  readonly instanceId: string
  readonly lifecycleState: string
}

export interface Withdrawal {
  /** Instances that the hook holds or is about to hold. When there are any, nothing was done. */
  readonly open: readonly Standing[]
  readonly withdrawn: readonly string[]
  /** Withdrawn groups that still have a hook of our name: a person aimed it elsewhere, or it stands in a template of the group's own. */
  readonly hookLeft: readonly string[]
  /** Instances that are kept and go on costing money; withdrawing does not end them. */
  readonly retained: readonly Standing[]
}

/** `Terminating` without `:Wait` is on its way to the hook (the load balancer drains). */
const OPEN = /^(Terminating|Warmed:Terminating|Warmed:Pending|ReplacingRootVolume)(:Wait)?$/

/** What is withdrawn from: every enrolled group, or those that are no longer chosen. */
export interface Scope {
  readonly hookName: string
  readonly queueArn: string
  /** Groups that these choose stay enrolled. */
  readonly except?: readonly Selection[]
}

export async function withdraw(aws: AwsApi, scope: Scope): Promise<Withdrawal> {
  const groups = await enrolledGroups(aws, scope)
  const found = survey(groups)
  if (found.open.length > 0) return { ...found, withdrawn: [], hookLeft: [] }
  const hookLeft: string[] = []
  for (const group of groups) if (await withdrawFrom(aws, group, scope)) hookLeft.push(group.name)
  return { ...found, withdrawn: groups.map(({ name }) => name), hookLeft }
}

/** Which groups a withdrawal would be from, and what stands in its way, without doing anything. */
export async function surveyWithdrawal(
  aws: AwsApi,
  scope: Scope,
): Promise<Pick<Withdrawal, 'open' | 'retained'> & { readonly enrolled: readonly string[] }> {
  const groups = await enrolledGroups(aws, scope)
  return { ...survey(groups), enrolled: groups.map(({ name }) => name) }
}

/** Once nothing is left that could enrol them again: removes what a late sweep may have put back, and the marks. */
export async function forget(aws: AwsApi, scope: Scope): Promise<void> {
  for (const group of await enrolledGroups(aws, scope)) {
    await withdrawFrom(aws, group, scope)
    await unmark(aws, group.name, scope)
  }
}

async function enrolledGroups(aws: AwsApi, { hookName, except = [] }: Scope): Promise<ListedGroup[]> {
  const marked = await markedGroups(aws, hookName)
  return marked.filter((group) => chosenBy(except, group).length === 0)
}

function survey(groups: readonly ListedGroup[]): Pick<Withdrawal, 'open' | 'retained'> {
  const standings = groups.flatMap(({ name, members }) =>
    members.map((member): Standing => ({ groupName: name, ...member })),
  )
  return {
    open: standings.filter(({ lifecycleState }) => OPEN.test(lifecycleState)),
    retained: standings.filter(({ lifecycleState }) => lifecycleState.endsWith(':Retained')),
  }
}

/** Answers whether a hook of our name is still there. */
async function withdrawFrom(aws: AwsApi, group: ListedGroup, scope: Scope): Promise<boolean> {
  const facts = await groupFacts(aws, group, scope.hookName)
  const target = { ...scope, notifierRoleArn: '' }
  const steps = planWithdrawal(facts, scope.hookName, scope.queueArn)
  for (const step of steps) await takeStep(aws, group.name, target, step)
  return facts.hook !== undefined && !steps.some((step) => step.do === 'delete-hook')
}
