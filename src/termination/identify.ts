/** A status event of SSM names a command and nothing else: whose action it served is in the command's Comment. */
import { belongs, type Invocation, listInvocations } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { whereabouts } from './lifecycle-actions.ts'

/** What a pass is about. */
export interface Subject {
  readonly action: LifecycleAction
  /** What was listed on the way to it, so that the pass need not list it again. */
  readonly invocations?: readonly Invocation[]
}

/** `undefined`: the command is not one of our termination flushes, or not visible; the notification's own pass will see to it. */
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
  if ('adoptedAt' in owner)
    return { action: { ...named, token: undefined, startedAt: owner.adoptedAt }, invocations }

  // The action is at least as old as its first flush.
  const ofToken = { ...named, token: owner.token, startedAt: Number.POSITIVE_INFINITY }
  const requested = invocations.filter((one) => belongs(one, ofToken)).map(({ flush }) => flush.requestedAt)
  return { action: { ...ofToken, startedAt: Math.min(...requested) }, invocations }
}
