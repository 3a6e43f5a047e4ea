/** Within one pass each fact is asked for once: the quotas of these calls are shared with the whole account. */
import type { AwsApi } from './api.ts'

/** Facts about a machine, its group and its hook. Whether an action is still held is none: that is asked each time, just before it matters. */
const FACTS = new Set<keyof AwsApi>([
  'describeAutoScalingGroups',
  'describeAutoScalingInstances',
  'describeInstances',
  'describeLifecycleHooks',
])

/** The same AWS for one pass. What was answered once, or refused, is answered so again. */
export function askingOnce(aws: AwsApi): AwsApi {
  const answers = new Map<string, unknown>()
  return new Proxy(aws, {
    get(target, operation: keyof AwsApi) {
      const call: unknown = Reflect.get(target, operation)
      if (!FACTS.has(operation) || typeof call !== 'function') return call
      return (input: unknown) => {
        const question = `${operation} ${JSON.stringify(input)}`
        if (!answers.has(question)) answers.set(question, Reflect.apply(call, target, [input]))
        return answers.get(question)
      }
    },
  })
}
