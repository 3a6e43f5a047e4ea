/** What production code is given: AWS, time, chance, limits, and somewhere to tell what happened. */
import type { AwsApi, Clock } from './aws/api.ts'
import type { Journal } from './journal/journal.ts'
import type { Policy } from './policy.ts'

export interface Guard {
  readonly aws: AwsApi
  readonly clock: Clock
  /** From 0 up to 1, for jitter. */
  readonly random: () => number
  readonly policy: Policy
  readonly journal: Journal
}
