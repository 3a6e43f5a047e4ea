/** What to do so that a group is no longer guarded. Pure. */
import { putByUs, remembered, TERMINATING } from './mark.ts'
import type { EnrolmentStep, GroupFacts } from './plan.ts'

export interface WithdrawalPlan {
  readonly steps: readonly EnrolmentStep[]
  /** A hook of our name stays: a person aimed it elsewhere, or nothing shows that we put it (it stands in a template of the group's own). */
  readonly isHookLeft: boolean
  /** The group goes on retaining: it did when we first saw it, or nobody knows any more. Keeping machines is the safe side. */
  readonly isRetentionLeft: boolean
}

/** Whether the hook of our name leads to our queue; without a target it is ours only if we remember it. */
export function notifiesUs({ hook }: Pick<GroupFacts, 'hook'>, queueArn: string): boolean {
  return hook?.target === queueArn && hook.transition === TERMINATING
}

/** What gives a group back as it was found. */
export function planWithdrawal(group: GroupFacts, hookName: string, queueArn: string): WithdrawalPlan {
  const { mark } = remembered(group, hookName)
  const { hook, retains } = group
  const isOurs = putByUs(mark) && (notifiesUs(group, queueArn) || (hook && hook.target === undefined))
  const isGivenBack = mark?.retain === true && mark.before === 'terminate' && retains
  const steps: EnrolmentStep[] = [
    // First of all, so that a sweep in between does not enrol the group again.
    ...(mark && !mark.withdrawn ? [{ do: 'mark' as const, mark: { ...mark, withdrawn: true } }] : []),
    ...(isOurs ? [{ do: 'delete-hook' as const }] : []),
    ...(isGivenBack ? [{ do: 'set-retention' as const, retain: false }] : []),
  ]
  return {
    steps,
    isHookLeft: hook !== undefined && !isOurs,
    isRetentionLeft: retains && !isGivenBack,
  }
}
