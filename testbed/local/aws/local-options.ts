import type { Clock } from '../../../src/aws/api.ts'
import type { Effect, EventBridgeEvent, Timings } from '../../auto-scaling/auto-scaling.ts'
import type { Launch } from '../machine.ts'
import type { RequestObserver } from '../wire/request.ts'
import type { EventFate, EventRule } from './event-bridge.ts'
import type { TargetHealthOf } from './target-groups.ts'

export interface LocalAwsOptions {
  /** Makes the machine of a new instance. */
  readonly launch: Launch
  /** Where Auto Scaling, EC2, Elastic Load Balancing, Systems Manager and STS listen. 0 (the default) = any free port. */
  readonly port?: number
  /** Where SQS and S3 listen. 0 (the default) = any free port. */
  readonly storagePort?: number
  readonly region?: string
  /**
   * The time of Auto Scaling, EC2 and Systems Manager (SQS and S3 live in real time). With a clock of its own nothing
   * happens by itself: `settle` applies what became due.
   */
  readonly clock?: Clock
  /** How far a caller's clock is behind, in the eyes of those who judge its signatures: it is the clock of this machine. */
  readonly clockBehindMsOf?: (caller: string) => number
  /** How long AWS takes for things here; defaults that a person can wait for. */
  readonly timings?: Partial<Timings>
  /** How long Systems Manager does not see a command that was just sent. */
  readonly commandLagMs?: number
  readonly rules?: readonly EventRule[]
  /** What the bus does with each event: lost and late ones are faults to survive. */
  readonly eventFate?: (event: EventBridgeEvent) => EventFate
  /** Sees, and may refuse, every AWS request. More can be added later. */
  readonly observer?: RequestObserver
  /** Sees what Auto Scaling and EC2 make happen, as it happens: a load balancer listens here. */
  readonly onEffect?: (effect: Effect) => void
  /** What a group's load balancer says of an instance that is registered with it; that it is healthy, where nobody else says. */
  readonly targetHealth?: TargetHealthOf
  /** Whose uploads arrive cut: of what is put in one piece S3 keeps the first half, and answers 200. */
  readonly cutsUploadsOf?: (caller: string) => boolean
  /** Something that AWS would only log: a notification or an event without a target, a machine that would not stop. */
  readonly onProblem?: (error: unknown) => void
}

/** Quick, for people who look on. */
export const localTimings: Timings = {
  inServiceMs: 0,
  drainMs: 1_000,
  proceedMs: 0,
  shutdownMs: 500,
  noticeMs: 1_000,
  unhealthyMs: 1_000,
  rememberMs: 3_600_000,
  unseenMs: 200,
  snapshotMs: 2_000,
  snapshotPauseMs: 500,
  createVolumeMs: 500,
  attachMs: 500,
  detachMs: 500,
  deleteVolumeMs: 1_000,
  modifyVolumeMs: 1_000,
  ruleMs: 1_000,
}
