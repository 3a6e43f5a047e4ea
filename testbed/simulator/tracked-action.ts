/** The truth about lifecycle actions, which the guard only ever sees in parts. */
import type { Instance } from '../auto-scaling/auto-scaling.ts'
import type { DepartureKind } from '../auto-scaling/state.ts'
import type { Run } from './run.ts'
import { minute, second } from './setting.ts'
import type { Machine } from './simulated-machine.ts'
import type { Surroundings } from './surroundings.ts'

/** Who made something happen. */
export type Cause =
  | { readonly by: 'guard'; readonly run: Run; readonly result: string | undefined }
  | { readonly by: 'operator' | 'other hook' | 'machine' }
  | { readonly by: 'time'; readonly was: 'heartbeat timeout' | 'global timeout' }

export interface ActionEnd {
  readonly at: number
  readonly cause: Cause
  /** The disk's, as it was then: what a later action's flush sees is that action's. */
  readonly unseenSince: number | undefined
}

/** One lifecycle action of our hook, as it really was. */
export interface TrackedAction {
  readonly token: string
  readonly groupName: string
  readonly instance: Readonly<Instance>
  readonly machine: Machine
  /** The disk that it is about. */
  readonly disk: Machine['disk']
  readonly kind: DepartureKind
  readonly startedAt: number
  /** Until then a heartbeat is told that there is no such action. */
  readonly knownFrom: number
  /** Our hook's, when the action began. */
  readonly heartbeatMs: number
  /** Whether it was another for a while since. */
  isTimeOutChanged: boolean
  /** When a flush of it first took down what there was; nothing is promised of what was deleted before. */
  censusAt: number | undefined
  end: ActionEnd | undefined
  /** Whether the notification was lost on its way. */
  isNotificationLost: boolean
  /** Whether any pass of the guard ever looked at it. */
  isSeen: boolean
}

/** A notification may come before all of Auto Scaling knows of the action that it is about. */
export function knownFrom({ time, chance, faults }: Surroundings): number {
  return time.now + (chance.of(faults['action-is-known-late']) ? chance.logBetween(second, minute) : 0)
}
