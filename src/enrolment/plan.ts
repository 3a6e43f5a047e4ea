/** What to do so that a group is guarded. Pure. What is remembered of it (mark.ts) tells what a person set later from what we set earlier. */
import type { EnrolmentPolicy } from '../policy.ts'
import { chosenBy, type GroupTag } from '../selection.ts'
import { shellWord } from '../shell-word.ts'
import {
  type HookAsFound,
  type Mark,
  memoryFor,
  putByUs,
  type Remembered,
  remembered,
  TERMINATING,
} from './mark.ts'
import { whyUnplaced, whyUnreachable } from './refusals.ts'

export interface GroupFacts {
  readonly name: string
  readonly tags: readonly GroupTag[]
  readonly hook: HookAsFound | undefined
  /** Hooks that other deployments of the guard have put on it. */
  readonly otherGuards: readonly string[]
  readonly retains: boolean
}

/** What the hook is to be. */
export interface WantedHook {
  readonly heartbeatTimeoutSeconds: number
  readonly defaultResult: string
  readonly metadata: string | undefined
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
  const memory = remembered(group, wanted.hookName)
  if (memory.mark?.withdrawn && !byDeployment) return { is: 'withdrawn' }
  const why =
    whyUnplaced(group, wanted.archivePrefix) ??
    whyForeign(group, wanted, memory.mark) ??
    whyUnreachable(group, chosen)
  return why ? { is: 'refused', why } : planned(group, wanted, memory)
}

/** A hook of our name that notifies somebody else is somebody else's. */
function whyForeign({ name, hook }: GroupFacts, wanted: Wanted, mark: Mark | undefined): string | undefined {
  if (!hook) return undefined
  const isOurs = hook.target === wanted.queueArn || (hook.target === undefined && putByUs(mark))
  if (isOurs && hook.transition === TERMINATING) return undefined
  const does =
    hook.transition === TERMINATING ? `notifies ${hook.target ?? 'nobody'}` : `is for ${hook.transition}`
  return (
    `it has a hook named ${wanted.hookName} already, which ${does}. If nobody needs that hook, and nothing waits at it: ` +
    `aws autoscaling delete-lifecycle-hook --auto-scaling-group-name ${shellWord(name)} --lifecycle-hook-name ${wanted.hookName}`
  )
}

function planned(group: GroupFacts, wanted: Wanted, memory: Remembered): EnrolmentPlan {
  const { mark } = memory
  const retention = planRetention(group, wanted, mark)
  const heartbeat = planHeartbeat(group, wanted, mark)
  const next: Mark = {
    before: mark?.before ?? foundBefore(group, memory),
    heartbeatTimeoutSeconds: heartbeat.isOurs
      ? wanted.heartbeatTimeoutSeconds
      : mark?.heartbeatTimeoutSeconds,
    retain: retention.step ? retention.step.retain : (mark?.retain ?? false),
    pending: false,
    withdrawn: false,
  }
  const hook = planHook(group, wanted, mark, next, heartbeat)
  const work: EnrolmentStep[] = [hook.step, retention.step].filter((step) => step !== undefined)
  const isMarkStale = work.length > 0 || memory.tag !== 'read' || mark?.withdrawn || mark?.pending
  const steps: EnrolmentStep[] = [
    ...(work.length > 0 ? [{ do: 'mark' as const, mark: { ...next, pending: true } }] : []),
    ...work,
    ...(isMarkStale ? [{ do: 'mark' as const, mark: next }] : []),
  ]
  const changes = [hook.change, retention.change, markChange(memory)].filter((change) => change !== undefined)
  const is = group.hook === undefined ? 'enrolled' : changes.length > 0 ? 'changed' : 'unchanged'
  return { is, steps, changes, differs: [...hook.differs, ...retention.differs, ...twiceGuarded(group)] }
}

/** What the group did before us. Where a hook or a garbled mark shows that we were here before, what it does now may be our doing. */
function foundBefore({ retains, hook }: GroupFacts, { tag }: Remembered): Mark['before'] {
  if (!retains) return 'terminate'
  return hook === undefined && tag === 'gone' ? 'retain' : 'unknown'
}

/** A group without any memory may be new to us: then nothing was lost. */
function markChange({ mark, tag }: Remembered): string | undefined {
  switch (tag) {
    case 'read':
      return undefined
    case 'gone':
      return mark && 'our mark was gone and is back'
    case 'garbled':
      return 'our mark could not be read and is written anew'
  }
}

function twiceGuarded({ otherGuards }: GroupFacts): string[] {
  return otherGuards.map(
    (hook) =>
      `another deployment guards it as well, with the hook ${hook}: every instance is flushed by both. Take the group out of one of them`,
  )
}

interface HeartbeatPlan {
  readonly isOurs: boolean
  readonly change: string | undefined
  readonly differs: readonly string[]
}

/** A heartbeat timeout that a person set is left as it is. */
function planHeartbeat({ hook }: GroupFacts, wanted: Wanted, mark: Mark | undefined): HeartbeatPlan {
  const { heartbeatTimeoutSeconds } = wanted
  if (!hook) return { isOurs: true, change: undefined, differs: [] }
  const found = hook.heartbeatTimeoutSeconds
  const isOurs = putByUs(mark) && (mark?.pending === true || mark?.heartbeatTimeoutSeconds === found)
  if (found === heartbeatTimeoutSeconds) return { isOurs, change: undefined, differs: [] }
  if (isOurs) return { isOurs, change: `heartbeat ${found} s → ${heartbeatTimeoutSeconds} s`, differs: [] }
  const differs = [`the hook's heartbeat timeout is ${found} s, not ${heartbeatTimeoutSeconds} s`]
  return { isOurs, change: undefined, differs }
}

interface HookPlan {
  readonly step: Extract<EnrolmentStep, { do: 'put-hook' }> | undefined
  readonly change: string | undefined
  readonly differs: readonly string[]
}

function planHook(
  { hook }: GroupFacts,
  { queueArn, notifierRoleArn, heartbeatTimeoutSeconds }: Wanted,
  mark: Mark | undefined,
  next: Mark,
  heartbeat: HeartbeatPlan,
): HookPlan {
  const metadata = memoryFor(next, hook?.metadata)
  if (!hook) {
    const ours = { heartbeatTimeoutSeconds, defaultResult: 'ABANDON', metadata }
    return { step: { do: 'put-hook', hook: ours }, change: backAgain(mark), differs: [] }
  }
  const isOtherRole = hook.target !== queueArn || hook.role !== notifierRoleArn
  const changes = [
    ...(heartbeat.change === undefined ? [] : [heartbeat.change]),
    ...(isOtherRole && putByUs(mark) ? ['the hook notifies our queue with our role again'] : []),
  ]
  const isForgetful = putByUs(mark) && hook.metadata !== metadata
  const put: WantedHook = {
    heartbeatTimeoutSeconds: heartbeat.isOurs ? heartbeatTimeoutSeconds : hook.heartbeatTimeoutSeconds,
    defaultResult: hook.defaultResult ?? 'ABANDON',
    metadata,
  }
  return {
    step: changes.length > 0 || isForgetful ? { do: 'put-hook', hook: put } : undefined,
    change: changes.length > 0 ? changes.join(', ') : undefined,
    differs: [
      ...heartbeat.differs,
      ...(isOtherRole && !putByUs(mark) ? [otherRole(hook, notifierRoleArn)] : []),
      ...(hook.defaultResult === 'ABANDON'
        ? []
        : [
            `the hook's default result is ${hook.defaultResult}: when nobody answers, instances and their logs go`,
          ]),
    ],
  }
}

/** Only a mark that was finished shows that the hook had been there. */
function backAgain(mark: Mark | undefined): string {
  return putByUs(mark) && !mark?.withdrawn && !mark?.pending
    ? 'the hook was gone and is back'
    : 'the hook was put'
}

function otherRole({ role }: HookAsFound, ours: string): string {
  return `the hook, which the guard did not put, notifies with the role ${role ?? '(none)'}: the queue admits only ${ours}. Write that role where the hook is defined`
}

interface RetentionPlan {
  readonly step: Extract<EnrolmentStep, { do: 'set-retention' }> | undefined
  readonly change: string | undefined
  readonly differs: readonly string[]
}

function planRetention(
  { retains, hook }: GroupFacts,
  { retain }: Wanted,
  mark: Mark | undefined,
): RetentionPlan {
  const none = { step: undefined, change: undefined, differs: [] }
  const isOurs = mark?.retain === true
  if (retain && !retains) {
    // It was on, by us: whoever switched it off did so on purpose. But a mark without its hook may be another group's, tags and all.
    if (isOurs && !mark.pending && hook)
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
