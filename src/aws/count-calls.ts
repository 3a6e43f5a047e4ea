/** Counts the calls of one pass by operation, for the journal. */
import type { AwsApi } from './api.ts'
import { inFrontOf } from './in-front.ts'

export interface CountedAws {
  readonly aws: AwsApi
  readonly calls: Readonly<Record<string, number>>
}

export function countCalls(aws: AwsApi): CountedAws {
  const calls: Record<string, number> = {}
  const counting = inFrontOf(aws, (operation, ask) => {
    calls[operation] = (calls[operation] ?? 0) + 1
    return ask()
  })
  return { aws: counting, calls }
}
