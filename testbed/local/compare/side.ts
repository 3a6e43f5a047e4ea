import type { Invocation } from '../local-aws.ts'
import type { Stage, StageOptions } from './comparison-stage.ts'

/** One of the two that are compared: what holds a group's terminations, and what is done meanwhile. */
export interface Side extends StageOptions {
  /** Makes a group with one instance, and whatever handles its termination. */
  install(stage: Stage): Promise<Installed>
}

export interface Installed {
  /** After this without anything done, Auto Scaling goes on. */
  readonly heartbeatSeconds: number
  /** What it did and said; resolves when nothing of it is under way. */
  told(): Promise<Told>
}

export interface Told {
  /** For this termination. */
  readonly invocations: readonly Pick<Invocation, 'ended' | 'error' | 'durationMs'>[]
  /** What went wrong in its own words. */
  readonly errors: readonly string[]
  /** The last lines that it wrote. */
  readonly lastLines: readonly string[]
}
