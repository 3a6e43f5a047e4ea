/** One flush as Run Command knows it: what was asked for, and how it went. */
import type { CopiedDisk } from './copied-disks.ts'

export interface FlushParameters {
  readonly purpose: string
  readonly prefix: string
  /** '' the platform's publisher; '*' every file; otherwise base64(gzip(NUL-terminated paths)). */
  readonly upload: string
  readonly manifestPrefix: string
  /** Of a salvage: the volume, and the name under which it is attached. */
  readonly disk?: string
}

export type Status = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'

/** One invocation of our document on one instance. */
export interface Command {
  readonly id: string
  readonly instanceId: string
  readonly comment: string
  /** A person sent it. */
  readonly isByHand: boolean
  readonly documentName: string
  /** Of a salvage that has begun: the copy. */
  salvages?: CopiedDisk
  readonly parameters: FlushParameters
  readonly requestedAt: number
  readonly visibleAt: number
  readonly executionTimeoutMs: number
  status: Status
  /** As the API model writes it, with spaces. */
  details: string
  output: string
  /** Until then it is not told, whatever the status says. */
  outputFrom: number
  endedAt: number | undefined
  /** What listings say until then is older. */
  shownFrom: number
  shownBefore: { status: Status; details: string }
}

export function shortOf({ id }: Command): string {
  return `c${Number(id.slice(-12))}`
}
