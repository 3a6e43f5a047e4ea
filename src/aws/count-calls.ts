/** Counts the calls of one pass by operation, for the journal. */
import type { AwsApi } from './api.ts'

export interface CountedAws {
  readonly aws: AwsApi
  readonly calls: Readonly<Record<string, number>>
}

export function countCalls(aws: AwsApi): CountedAws {
  const calls: Record<string, number> = {}
  const counting = new Proxy(aws, {
    get(target, operation: string) {
      const call: unknown = Reflect.get(target, operation)
      if (typeof call !== 'function') return call
      return (...input: unknown[]) => {
        calls[operation] = (calls[operation] ?? 0) + 1
        return Reflect.apply(call, target, input)
      }
    },
  })
  return { aws: counting, calls }
}
