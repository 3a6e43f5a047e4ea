import type { Instance } from '../instance.ts'

/** What a termination meets. */
export interface Trial {
  readonly name: string
  /** For people: the head of a column. */
  readonly title: string
  /** What the instance uploads arrives cut. */
  readonly cutsUploads?: true
  /** Happens to the instance just before it is terminated. */
  readonly befall?: (instance: Instance) => void
}

export const TRIALS: readonly Trial[] = [
  { name: 'well', title: 'all is well' },
  { name: 'truncated', title: 'upload truncated', cutsUploads: true },
  { name: 'agent-dead', title: 'agent dead', befall: (instance) => instance.inject('agent-dead') },
]
