/** Within one pass each fact is asked for once: the quotas of these calls are shared with the whole account. */
import type { AwsApi } from './api.ts'
import { inFrontOf } from './in-front.ts'

/** Facts about a machine, its group and its hook. Whether an action is still held is none: that is asked each time, just before it matters. */
const FACTS: readonly (keyof AwsApi)[] = [
  'describeAutoScalingGroups',
  'describeAutoScalingInstances',
  'describeInstances',
  'describeLifecycleHooks',
]

/** The same AWS for one pass. What was answered once, or refused, is answered so again. */
export function askingOnce(aws: AwsApi): AwsApi {
  return remembering(aws, FACTS, new Map())
}

/** What the passes of one invocation need not ask each for itself. */
export type SharedFacts = Map<string, Promise<unknown>>

/**
 * The same AWS for one of an invocation's passes: what a hook is set to is the same for all of its group. A refusal, or a call that
 * hangs, may be one pass's misfortune: only what was answered is shared.
 */
export function sharingHooks(aws: AwsApi, shared: SharedFacts): AwsApi {
  const known: Answers = {
    get: (question) => shared.get(question),
    set: (question, answer) => {
      answer.then(
        () => shared.set(question, answer),
        () => undefined,
      )
    },
  }
  return remembering(aws, ['describeLifecycleHooks'], known)
}

interface Answers {
  get(question: string): Promise<unknown> | undefined
  set(question: string, answer: Promise<unknown>): void
}

function remembering(aws: AwsApi, facts: readonly (keyof AwsApi)[], answers: Answers): AwsApi {
  return inFrontOf(aws, (operation, ask, input) => {
    if (!facts.includes(operation)) return ask()
    const question = `${operation} ${JSON.stringify(input)}`
    const known = answers.get(question)
    if (known) return known
    const answer = ask()
    answers.set(question, answer)
    return answer
  })
}
