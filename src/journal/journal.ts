/**
 * What the guard tells: a closed list of events, each one structured JSON line in the log. Nothing is stored between passes, so
 * whoever reads the journal adds the passes of an action up and merges its summaries (`history.ts`): an answer of AWS that was
 * lost makes a later pass tell the end again.
 */
import type { Decision, LifecycleAction, Outcome, Trigger } from '../model.ts'
import type { Rung } from '../rungs.ts'
import { isGood } from './good-end.ts'

/** Correlates every line about one action. */
export interface ActionName {
  readonly instanceId: string
  readonly groupName: string
  readonly token: string | undefined
  /** When the action began, epoch milliseconds. Tells the actions of one instance apart where no token is known; older journals lack it. */
  readonly startedAt?: number
}

/** One pass: what it saw, decided and did. */
export interface PassEvent extends ActionName {
  readonly event: 'pass'
  readonly trigger: Trigger
  readonly saw: {
    readonly hold: string
    readonly lifecycleState: string | undefined
    readonly machine: string
    readonly flushes: number
    readonly newestFlush: string | undefined
    readonly gaps: number | undefined
  }
  readonly decided: Decision['do']
  readonly reason: string
  /** What came of it; `superseded`: somebody else ended the action in the meantime. */
  readonly did: 'done' | 'unreachable' | 'unplaced' | 'refused' | 'superseded'
  /** Patience is spent and the machine is only held because its group does not retain. */
  readonly overdue: boolean
  /** Whether the obligation is over with this pass. */
  readonly over: boolean
  readonly lookAgainSeconds: number | undefined
  readonly durationMs: number
  /** AWS calls by operation. */
  readonly calls: Readonly<Record<string, number>>
}

/** The end of an action. Told at least once; an end without proof is told as a warning and counted for the alarm. */
export interface ActionEndedEvent extends ActionName {
  readonly event: 'action-ended'
  readonly outcome: Outcome
  readonly reason: string
  /** `completed`: this pass ended it. `found-over`: this pass found it ended. */
  readonly by: 'completed' | 'found-over'
  readonly heldMs: number
  /** Time between request and end of all flushes together. */
  readonly flushMs: number
  readonly attempts: number
  readonly files: number
  readonly bytes: number
  /** The first of the files that are not proven. */
  readonly unproven: readonly string[]
  /** What the flush on the instance wanted read. */
  readonly notes: readonly string[]
}

/** What went wrong, in the error's own words. */
export interface Failure {
  readonly error: string
  readonly errorMessage: string
}

export type JournalEvent =
  | PassEvent
  | ActionEndedEvent
  /** A pass broke off; its message stays and will be seen again. */
  | (Failure & {
      readonly event: 'pass-failed'
      readonly trigger: Trigger
      readonly instanceId: string
      readonly token: string | undefined
      readonly durationMs: number
      readonly calls: Readonly<Record<string, number>>
    })
  /** The receipt of a good end could not be written. Its machine goes all the same: the proof was complete. */
  | (ActionName & Failure & { readonly event: 'receipt-failed' })
  /** A message that is no work: a test notification, or the status of a command that is not ours. */
  | { readonly event: 'message-ignored'; readonly messageId: string; readonly why: string }
  /** A message that cannot be understood or is not true; a copy lies in the dead-letter queue. */
  | { readonly event: 'message-refused'; readonly messageId: string; readonly why: string }
  /** Messages that were left for later because the function's time was nearly over. */
  | { readonly event: 'passes-deferred'; readonly messages: number; readonly remainingMs: number }
  /** AWS did not answer for a group; the next scheduled run tries again. */
  | (Failure & { readonly event: 'group-failed'; readonly groupName: string })
  | {
      readonly event: 'sweep'
      readonly held: number
      readonly adopted: number
      readonly failed: number
      readonly retained: readonly string[]
      readonly deadLetters: number | undefined
      readonly oldestHeldSeconds: number
    }
  | RecoveryEvent
  /** A rung was to be tried and could not be; a later sweep looks again. */
  | (Failure & {
      readonly event: 'recovery-failed'
      readonly rung: Rung
      readonly instanceId: string
      readonly groupName: string
    })
  /** The copies of dead machines' disks that there are, snapshots and volumes, and what of them was thrown away, or could not be. */
  | {
      readonly event: 'copies'
      readonly copies: number
      readonly oldestSeconds: number
      readonly deleted: readonly string[]
      readonly failed: readonly string[]
    }
  /** Copies of dead machines' disks, or disks that outlived theirs, cannot be found, or not all; the next sweep looks again. */
  | (Failure & { readonly event: 'disks-failed' })
  /** A person has the logs on a copy of this machine's disk archived by another. Told before it is begun: who, and why. */
  | {
      readonly event: 'salvage'
      readonly instanceId: string
      readonly groupName: string
      readonly on: string
      readonly volumeId: string
      readonly reason: string
    }
  | EnrolmentEvent
  | AuditEvent
  /** One running instance could not be audited; the others were. */
  | (Failure & { readonly event: 'audit-failed'; readonly instanceId: string; readonly groupName: string })
  /** The end of one audit of everything that runs. */
  | {
      readonly event: 'audit'
      readonly instances: number
      readonly findings: number
      readonly failed: number
      readonly deferred: number
    }

/** A rung of the ladder is about to be tried. Told before it is, so that nothing is done without a word. */
export interface RecoveryEvent {
  readonly event: 'recovery'
  readonly rung: Rung
  readonly instanceId: string
  readonly groupName: string
  readonly reason: string
  /** The end of the machine's console, before a reboot. */
  readonly console?: string
}

/** What became of the groups that were chosen. Told by whoever enrols: the sweep, a launch, a deployment. */
export interface EnrolmentEvent {
  readonly event: 'enrolment'
  readonly trigger: 'sweep' | 'launch' | 'deployment'
  /** All groups that are guarded now. */
  readonly guarded: readonly string[]
  /** Those of them that were not before. */
  readonly enrolled: readonly string[]
  readonly changed: readonly { readonly groupName: string; readonly what: string }[]
  readonly refused: readonly { readonly groupName: string; readonly why: string }[]
  /** What differs from the configuration because a person set it; it is left alone. */
  readonly differs: readonly { readonly groupName: string; readonly what: string }[]
  /** Chosen by name, but no group has it (yet). */
  readonly missing: readonly string[]
}

/** A running instance that has published nothing for longer than it should, as one audit sees it. Merge by `commandId`. */
export interface AuditEvent {
  readonly event: 'audited'
  readonly instanceId: string
  readonly groupName: string
  readonly finding: 'silent' | 'flushing' | 'idle' | 'archived' | 'unproven' | 'failed' | 'unreachable'
  readonly reason: string
  /** How long nothing was published. */
  readonly silentSeconds: number
  readonly commandId: string | undefined
  readonly files: number
  readonly unproven: readonly string[]
}

export type Journal = (event: JournalEvent) => void

/** Bump when a field changes its meaning; readers of old lines go by it. */
export const JOURNAL_VERSION = 1

export function actionName({ instanceId, groupName, token, startedAt }: LifecycleAction): ActionName {
  return { instanceId, groupName, token, startedAt }
}

/** An end that is neither `archived` nor `empty` must wake somebody. */
export function isLoud(event: JournalEvent): boolean {
  switch (event.event) {
    case 'action-ended':
      return !isGood(event.outcome)
    case 'pass':
      return event.overdue
    case 'pass-failed':
    case 'group-failed':
    case 'audit-failed':
    case 'recovery-failed':
    case 'disks-failed':
    case 'receipt-failed':
    case 'message-refused':
      return true
    case 'sweep':
      return event.retained.length > 0 || (event.deadLetters ?? 0) > 0
    case 'enrolment':
      return event.refused.length > 0 || event.differs.length > 0
    case 'audited':
      return isFinding(event)
    case 'audit':
      return event.deferred > 0
    case 'copies':
      return event.failed.length > 0
    case 'message-ignored':
    case 'passes-deferred':
    case 'recovery':
    case 'salvage':
      return false
  }
}

/** Whether an audit's event is bad news: the instance's own publishing does not work, or it could not be flushed. */
export function isFinding({ finding }: AuditEvent): boolean {
  switch (finding) {
    case 'archived':
    case 'unproven':
    case 'failed':
    case 'unreachable':
      return true
    case 'silent':
    case 'flushing':
    case 'idle':
      return false
  }
}
