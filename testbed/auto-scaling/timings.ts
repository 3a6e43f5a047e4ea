/** How long AWS takes for what it does by itself, in milliseconds. */
export interface Timings {
  /** From a running machine to InService. */
  readonly inServiceMs: number
  /** Connection draining, for groups with a load balancer. */
  readonly drainMs: number
  /** From Terminating:Proceed to what follows. */
  readonly proceedMs: number
  /** From shutting-down to terminated. */
  readonly shutdownMs: number
  /** Until Auto Scaling sees that a machine is dead. */
  readonly noticeMs: number
  /** From Unhealthy to the start of the replacement. */
  readonly unhealthyMs: number
  /** How long EC2 still shows a terminated instance. */
  readonly rememberMs: number
  /** How long EC2 does not know a volume or a snapshot that was just made, and still shows a snapshot that was deleted. */
  readonly unseenMs: number
  /** How long a snapshot is pending. */
  readonly snapshotMs: number
  /** How long a volume takes no further snapshot after one. */
  readonly snapshotPauseMs: number
  /** How long a volume is creating. */
  readonly createVolumeMs: number
  readonly attachMs: number
  readonly detachMs: number
  /** How long a deleted volume is shown as deleting. */
  readonly deleteVolumeMs: number
  /** How long a volume that grows is modifying, and then as long optimizing. */
  readonly modifyVolumeMs: number
  /** Until a retention rule of the Recycle Bin takes effect. */
  readonly ruleMs: number
}

/** About what AWS takes. */
export const realTimings: Timings = {
  inServiceMs: 0,
  drainMs: 0,
  proceedMs: 0,
  shutdownMs: 30_000,
  noticeMs: 60_000,
  unhealthyMs: 60_000,
  rememberMs: 3_600_000,
  unseenMs: 2_000,
  snapshotMs: 120_000,
  snapshotPauseMs: 15_000,
  createVolumeMs: 5_000,
  attachMs: 3_000,
  detachMs: 5_000,
  deleteVolumeMs: 10_000,
  modifyVolumeMs: 60_000,
  ruleMs: 1_800_000,
}
