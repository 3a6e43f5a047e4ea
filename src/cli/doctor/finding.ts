/** What a check found, and how a check is written: a pure look at facts, which never passes on what nobody could tell. */
import type { Asked } from '../../aws/ask.ts'
import { nextStep } from '../next-step.ts'
import type { Typed } from '../typed.ts'

/** What was seen. `unknown`: nobody could tell, or it cannot be told without changing something. */
export interface Verdict {
  readonly is: 'pass' | 'fail' | 'unknown'
  readonly says: string
  /** What to type, or to do. */
  readonly remedy?: string
  readonly fix?: Fix
}

/** What `--fix` can mend. */
export type Fix =
  | { readonly do: 'put the hook'; readonly groupName: string; readonly change: HookChange }
  | { readonly do: 'set retention'; readonly groupName: string }
  | { readonly do: 'version the bucket'; readonly bucket: string }
  | { readonly do: 'protect'; readonly instanceId: string }

/** What is to be another; the rest stays as it is by then. */
export interface HookChange {
  readonly DefaultResult?: 'ABANDON'
  readonly HeartbeatTimeout?: number
  readonly RoleARN?: string
}

export interface Finding extends Verdict {
  readonly check: string
  /** The group, instance, bucket, queue, … that it is about. */
  readonly about: string
  readonly why: string
}

export interface Check<Facts> {
  readonly name: string
  /** Why it matters. */
  readonly why: string
  readonly look: (facts: Facts, next: Typed) => readonly (Verdict & { readonly about: string })[]
}

export function findings<Facts>(checks: readonly Check<Facts>[], facts: Facts, next: Typed): Finding[] {
  return checks.flatMap(({ name, why, look }) =>
    look(facts, next).map((verdict) => ({ check: name, why, ...verdict })),
  )
}

/** What stands for AWS on a machine does not have everything, and later it has no more. */
const NOT_THERE = /^(ServiceNotServedLocally|NotImplemented|InvalidAction|CannotReach)/

/** The verdict on an answer; where there is none, nobody knows. */
export function judged<Answer>(
  asked: Asked<Answer>,
  about: string,
  judge: (answer: Answer) => Verdict,
): Verdict & { readonly about: string } {
  if (asked.is === 'answered') return { about, ...judge(asked.answer) }
  return {
    ...{ about, is: 'unknown', says: `AWS does not tell: ${asked.why}` },
    remedy:
      nextStep(asked.why) ??
      (NOT_THERE.test(asked.why)
        ? 'none here: only AWS itself can tell'
        : 'look again later: nobody could tell'),
  }
}

export function pass(says: string): Verdict {
  return { is: 'pass', says }
}

export function fail(says: string, remedy: string, fix?: Fix): Verdict {
  return { is: 'fail', says, remedy, ...(fix && { fix }) }
}

export function unknown(says: string, remedy: string): Verdict {
  return { is: 'unknown', says, remedy }
}
