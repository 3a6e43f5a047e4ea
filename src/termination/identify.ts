/** A status event of SSM names a command and nothing else: whose action it served is in the command's Comment. */
import { belongs, type Invocation, listInvocations } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { adoptedAction, whereabouts } from './lifecycle-actions.ts'
import { terminationsBegan } from './scaling-activities.ts'

/** What a pass is about. */
export interface Subject {
  readonly action: LifecycleAction
  /** What was listed on the way to it, so that the pass need not list it again. */
  readonly invocations?: readonly Invocation[]
}

/**
 * `undefined`: the command is not one of our termination flushes, or not visible, or of an action that another has followed; the
 * notification's own pass will see to what is held now.
 */
export async function identify(
  { aws, clock, policy }: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  { instanceId, commandId }: { readonly instanceId: string; readonly commandId: string },
): Promise<Subject | undefined> {
  const invocations = await listInvocations(aws, policy.documentName, instanceId, clock.now())
  const owner = invocations.find(({ flush }) => flush.commandId === commandId)?.belongsTo
  if (!owner) return undefined
  const groupName = owner.groupName ?? (await whereabouts(aws, instanceId))?.groupName
  if (!groupName) return undefined
  const named = { groupName, instanceId, hookName: policy.hookName }
  if ('adoptedAt' in owner) {
    const action = adoptedAction(named, policy.hookName, owner.adoptedAt)
    return (await isTheOneNow({ aws, clock }, action)) ? { action, invocations } : undefined
  }

  // The action is at least as old as its first flush.
  const ofToken = { ...named, token: owner.token, startedAt: Number.POSITIVE_INFINITY }
  const requested = invocations.filter((one) => belongs(one, ofToken)).map(({ flush }) => flush.requestedAt)
  const first = Math.min(...requested)
  // A flush before it under another name may be of this action, too, and what it named is owed (S1); or of an earlier one. The activity tells.
  const isAnyBefore = invocations.some(({ belongsTo, flush }) => belongsTo && flush.requestedAt < first)
  if (!isAnyBefore) return { action: { ...ofToken, startedAt: first }, invocations }
  const began = (await terminationsBegan(aws, groupName, [instanceId], clock.now())).get(instanceId)
  return began === undefined || began > first
    ? undefined
    : { action: { ...ofToken, startedAt: began }, invocations }
}

/**
 * Whether an adopted action is the one in progress, or the instance is in none, so that it can only be found over. By instance alone,
 * the next action of the same instance would answer for it.
 */
async function isTheOneNow(
  { aws, clock }: Pick<Guard, 'aws' | 'clock'>,
  { groupName, instanceId, startedAt }: LifecycleAction,
): Promise<boolean> {
  const began = (await terminationsBegan(aws, groupName, [instanceId], clock.now())).get(instanceId)
  if (began !== undefined) return began === startedAt
  const where = await whereabouts(aws, instanceId)
  return where !== undefined && !where.lifecycleState.endsWith(':Wait')
}
