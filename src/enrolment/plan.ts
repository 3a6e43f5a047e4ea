/**
 * What to do so that a group is guarded, and so that it is no longer. Pure. A tag on the group (the mark) remembers what was set
 * there by us and what was there before: with it, what a person set later can be told from what we set earlier.
 */
import type { EnrolmentPolicy } from '../policy.ts'
import { chosenBy, type GroupTag } from '../selection.ts'
import { whyUnplaced, whyUnreachable } from './refusals.ts'

export const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING'

/** The hook of our name, as found. */
export interface HookAsFound {
  readonly transition: string | undefined
  readonly target: string | undefined
  readonly role: string | undefined
  readonly heartbeatTimeoutSeconds: number
  readonly defaultResult: string | undefined
  readonly metadata: string | undefined
}

export interface GroupFacts {
  readonly name: string
  readonly tags: readonly GroupTag[]
  readonly hook: HookAsFound | undefined
  readonly retains: boolean
}

/** What the hook is to be. */
export interface WantedHook {
  readonly heartbeatTimeoutSeconds: number
  readonly defaultResult: string
  readonly metadata: string | undefined
}

/** What we set, and what was there before we did. */
export interface Mark {
  readonly before: 'retain' | 'terminate'
  /** What we gave the hook; `undefined`: the hook is not ours but stands in a template of the group's own. */
  readonly heartbeatTimeoutSeconds: number | undefined
  /** We switched retention on. */
  readonly retain: boolean
  /** We are about to set this: a run may have broken off in between, so what differs is no person's doing. */
  readonly pending: boolean
  /** Nobody but a deployment may enrol the group again. */
  readonly withdrawn: boolean
}

export type EnrolmentStep =
  | { readonly do: 'mark'; readonly mark: Mark }
  | { readonly do: 'put-hook'; readonly hook: WantedHook }
  | { readonly do: 'delete-hook' }
  | { readonly do: 'set-retention'; readonly retain: boolean }

export type EnrolmentPlan =
  | { readonly is: 'not-chosen' | 'withdrawn' }
  | { readonly is: 'refused'; readonly why: string }
  | {
      readonly is: 'enrolled' | 'changed' | 'unchanged'
      /** In the order in which they are to be taken; a run that breaks off after any of them is taken up by the next one. */
      readonly steps: readonly EnrolmentStep[]
      /** What the steps change, in words. */
      readonly changes: readonly string[]
      /** What differs because a person set it. */
      readonly differs: readonly string[]
    }

export interface Wanted extends EnrolmentPolicy {
  readonly hookName: string
  readonly heartbeatTimeoutSeconds: number
  /** The archive's prefix, as a template: where it has {environment}, a group must belong to one. */
  readonly archivePrefix: string
}

export function planEnrolment(group: GroupFacts, wanted: Wanted, byDeployment: boolean): EnrolmentPlan {
  const chosen = chosenBy(wanted.selections, group)
  if (chosen.length === 0) return { is: 'not-chosen' }
  const mark = readMark(group, wanted.hookName)
  if (mark?.withdrawn && !byDeployment) return { is: 'withdrawn' }
  const why =
    whyUnplaced(group, wanted.archivePrefix) ??
    whyForeign(group, wanted, mark) ??
    whyUnreachable(group, chosen)
  return why ? { is: 'refused', why } : planned(group, wanted, mark)
}

/** A hook of our name that notifies somebody else is somebody else's. */
function whyForeign({ name, hook }: GroupFacts, wanted: Wanted, mark: Mark | undefined): string | undefined {
  if (!hook) return undefined
  const isOurs = hook.target === wanted.queueArn || (hook.target === undefined && putByUs(mark))
  if (isOurs && hook.transition === TERMINATING) return undefined
  const does =
    hook.transition === TERMINATING ? `notifies ${hook.target ?? 'nobody'}` : `is for ${hook.transition}`
  return (
    `it has a hook named ${wanted.hookName} already, which ${does}. If nobody needs that hook: ` +
    `aws autoscaling delete-lifecycle-hook --auto-scaling-group-name '${name}' --lifecycle-hook-name ${wanted.hookName}`
  )
}

function planned(group: GroupFacts, wanted: Wanted, mark: Mark | undefined): EnrolmentPlan {
  const hook = planHook(group, wanted, mark)
  const retention = planRetention(group, wanted, mark)
  const next: Mark = {
    before: mark?.before ?? (group.retains ? 'retain' : 'terminate'),
    heartbeatTimeoutSeconds: hook.heartbeatIsOurs
      ? wanted.heartbeatTimeoutSeconds
      : mark?.heartbeatTimeoutSeconds,
    retain: retention.step ? retention.step.retain : (mark?.retain ?? false),
    pending: false,
    withdrawn: false,
  }
  const work: EnrolmentStep[] = [hook.step, retention.step].filter((step) => step !== undefined)
  const isMarkStale = work.length > 0 || mark?.withdrawn === true || mark?.pending === true
  const steps: EnrolmentStep[] = [
    ...(work.length > 0 ? [{ do: 'mark' as const, mark: { ...next, pending: true } }] : []),
    ...work,
    ...(isMarkStale ? [{ do: 'mark' as const, mark: next }] : []),
  ]
  const changes = [hook.change, retention.change].filter((change) => change !== undefined)
  const is = group.hook === undefined ? 'enrolled' : changes.length > 0 ? 'changed' : 'unchanged'
  return { is, steps, changes, differs: [...hook.differs, ...retention.differs] }
}

interface HookPlan {
  readonly step: Extract<EnrolmentStep, { do: 'put-hook' }> | undefined
  readonly heartbeatIsOurs: boolean
  readonly change: string | undefined
  readonly differs: readonly string[]
}

function planHook({ hook }: GroupFacts, wanted: Wanted, mark: Mark | undefined): HookPlan {
  const { heartbeatTimeoutSeconds, queueArn, notifierRoleArn } = wanted
  if (!hook) {
    const ours = { heartbeatTimeoutSeconds, defaultResult: 'ABANDON', metadata: undefined }
    const change = putByUs(mark) && !mark?.withdrawn ? 'the hook was gone and is back' : 'the hook was put'
    return { step: { do: 'put-hook', hook: ours }, heartbeatIsOurs: true, change, differs: [] }
  }
  const found = hook.heartbeatTimeoutSeconds
  const heartbeatIsOurs = putByUs(mark) && (mark?.pending || mark?.heartbeatTimeoutSeconds === found)
  const isOther = found !== heartbeatTimeoutSeconds
  const isStale = putByUs(mark) && (hook.target !== queueArn || hook.role !== notifierRoleArn)
  const changes = [
    ...(isOther && heartbeatIsOurs ? [`heartbeat ${found} s → ${heartbeatTimeoutSeconds} s`] : []),
    ...(isStale ? ['the hook notifies our queue with our role again'] : []),
  ]
  const differs = [
    ...(isOther && !heartbeatIsOurs
      ? [`the hook's heartbeat timeout is ${found} s, not ${heartbeatTimeoutSeconds} s`]
      : []),
    ...(hook.defaultResult !== 'ABANDON'
      ? [
          `the hook's default result is ${hook.defaultResult}: when nobody answers, instances and their logs go`,
        ]
      : []),
  ]
  const next: WantedHook = {
    heartbeatTimeoutSeconds: heartbeatIsOurs ? heartbeatTimeoutSeconds : found,
    defaultResult: hook.defaultResult ?? 'ABANDON',
    metadata: hook.metadata,
  }
  return {
    step: changes.length > 0 ? { do: 'put-hook', hook: next } : undefined,
    heartbeatIsOurs: heartbeatIsOurs === true,
    change: changes.length > 0 ? changes.join(', ') : undefined,
    differs,
  }
}

function putByUs(mark: Mark | undefined): boolean {
  return mark?.heartbeatTimeoutSeconds !== undefined
}

interface RetentionPlan {
  readonly step: Extract<EnrolmentStep, { do: 'set-retention' }> | undefined
  readonly change: string | undefined
  readonly differs: readonly string[]
}

function planRetention({ retains }: GroupFacts, { retain }: Wanted, mark: Mark | undefined): RetentionPlan {
  const none = { step: undefined, change: undefined, differs: [] }
  const isOurs = mark?.retain === true
  if (retain && !retains) {
    // It was on, by us: whoever switched it off did so on purpose.
    if (isOurs && !mark.pending)
      return { ...none, differs: ['retention was switched off: an abandoned instance and its logs go'] }
    return {
      ...none,
      step: { do: 'set-retention', retain: true },
      change: 'abandoned instances are retained',
    }
  }
  if (!retain && retains && isOurs && mark.before === 'terminate') {
    return { ...none, step: { do: 'set-retention', retain: false }, change: 'abandoned instances go' }
  }
  return none
}

/** What gives a group back as it was found. A hook that we did not put (it stands in a template of the group's own) is left. */
export function planWithdrawal(group: GroupFacts, hookName: string, queueArn: string): EnrolmentStep[] {
  const mark = readMark(group, hookName)
  if (!mark) return []
  const isOurs = putByUs(mark) && group.hook !== undefined && (group.hook.target ?? queueArn) === queueArn
  const isGivenBack = mark.retain && mark.before === 'terminate' && group.retains
  const withdrawn: Mark = { ...mark, withdrawn: true }
  return [
    // First of all, so that a sweep in between does not enrol the group again.
    ...(mark.withdrawn ? [] : [{ do: 'mark' as const, mark: withdrawn }]),
    ...(isOurs ? [{ do: 'delete-hook' as const }] : []),
    ...(isGivenBack ? [{ do: 'set-retention' as const, retain: false }] : []),
  ]
}

/** The key of the tag that marks a group as enrolled by the deployment whose hook has this name. */
export function markKey(hookName: string): string {
  return `termination-guard:${hookName}`
}

/** Tag values hold letters, digits, spaces and `_.:/=+-@`. */
export function writeMark({ before, heartbeatTimeoutSeconds, retain, pending, withdrawn }: Mark): string {
  const words = [
    `before=${before}`,
    ...(heartbeatTimeoutSeconds === undefined ? [] : [`heartbeat=${heartbeatTimeoutSeconds}`]),
    ...(retain ? ['retain'] : []),
    ...(pending ? ['pending'] : []),
    ...(withdrawn ? ['withdrawn'] : []),
  ]
  return words.join(' ')
}

/** The mark on a group; a person may have garbled it, and what cannot be read was not set by us. */
export function readMark({ tags }: Pick<GroupFacts, 'tags'>, hookName: string): Mark | undefined {
  const value = tags.find(({ key }) => key === markKey(hookName))?.value
  if (value === undefined) return undefined
  const words = value.split(' ')
  const heartbeat = words.find((word) => /^heartbeat=[0-9]+$/.test(word))?.slice('heartbeat='.length)
  return {
    before: words.includes('before=retain') ? 'retain' : 'terminate',
    heartbeatTimeoutSeconds: heartbeat === undefined ? undefined : Number(heartbeat),
    retain: words.includes('retain'),
    pending: words.includes('pending'),
    withdrawn: words.includes('withdrawn'),
  }
}
