/** What the guard would see and do about an instance now. Reads AWS and changes nothing: not even a heartbeat is sent. */

import { askingOnce } from '../aws/ask-once.ts'
import type { Guard } from '../guard.ts'
import type { Decision, HookFacts, LifecycleAction, Observation } from '../model.ts'
import { INTO_THE_POOL, waitsToLeave } from './hold.ts'
import { hasHook, hookFacts } from './hook.ts'
import { adoptedAction, whereabouts } from './lifecycle-actions.ts'
import { withMachineAndHook } from './machine-and-hook.ts'
import { observe } from './observe.ts'
import { consider, withoutAgent } from './reconcile.ts'
import { isLaunching, terminationsBegan } from './scaling-activities.ts'

export type Explanation =
  | { readonly is: 'unknown' }
  | {
      readonly is: 'standing'
      readonly groupName: string
      readonly lifecycleState: string
      /** `undefined`: the group does not have our hook. */
      readonly hook: HookFacts | undefined
    }
  | {
      readonly is: 'held'
      readonly seen: Observation
      readonly decision: Decision
      /** Where a flush is next: what the same pass will do instead if the agent does not answer, which only a command tells. */
      readonly withoutAgent: Decision | undefined
    }

export async function explain(
  means: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  instanceId: string,
): Promise<Explanation> {
  const guard = { ...means, aws: askingOnce(means.aws) }
  const { aws, policy } = guard
  const where = await whereabouts(aws, instanceId)
  if (!where) return { is: 'unknown' }
  const { groupName, lifecycleState } = where
  const isGuarded = await hasHook(aws, groupName, policy)
  const hook = isGuarded
    ? await hookFacts(aws, { groupName, hookName: policy.hookName, instanceId })
    : undefined
  const isHeld =
    waitsToLeave(lifecycleState) &&
    !(lifecycleState === INTO_THE_POOL && (await isLaunching(aws, groupName, instanceId, guard.clock.now())))
  if (!isHeld || !hook) return { is: 'standing', groupName, lifecycleState, hook }
  const action = await actionOf(guard, instanceId, groupName)
  const askedAt = guard.clock.now()
  const glance = { askedAt, heartbeat: 'held', isHeldItself: async () => true } as const
  const seen = await withMachineAndHook(guard, await observe(guard, action, glance), true)
  const intent = await consider(guard, { ...seen, lifecycleState })
  const { seen: now, decision } = intent
  const instead = decision.do === 'flush' ? (await withoutAgent(guard, now)).decision : undefined
  return { is: 'held', seen: { ...now, hook }, decision, withoutAgent: instead }
}

/** The action as the sweep would know it: by instance, and by when it began. */
async function actionOf(
  { aws, clock, policy }: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  instanceId: string,
  groupName: string,
): Promise<LifecycleAction> {
  const began = await terminationsBegan(aws, groupName, [instanceId], clock.now())
  const startedAt = began.get(instanceId) ?? clock.now()
  return adoptedAction({ groupName, instanceId }, policy.hookName, startedAt)
}
