/**
 * What is kept of a line of the journal until its action can be told. Of a journal that is longer than memory two days are kept at a
 * time, so what is kept of a line decides how much that is, and how often it is moved about. Pure.
 */
import type { Decision } from '../model.ts'
import type { Rung } from '../rungs.ts'
import type { ActionEndedEvent, Failure, JournalEvent, PassEvent } from './journal.ts'
import type { JournalLine } from './journal-line.ts'

export interface PassHistory {
  /** When it was told, which is when it ended. */
  readonly at: number
  readonly decided: Decision['do'] | 'failed'
  readonly reason: string
  readonly durationMs: number
}

/** What was done about a machine besides the passes: by the sweep, a rung of recovery; by a person, a salvage. */
export interface Deed {
  /** When it was told, which is before it was begun. */
  readonly at: number
  readonly did: Rung | 'salvage'
  /** What was done and why. */
  readonly reason: string
  /** It was to be done, and could not be; the reason says how it failed. */
  readonly failed?: true
}

export type Told = ToldOfInstance | ToldOfNone
export type ToldOfInstance = ToldOfAction | ToldDeed
export type ToldOfAction = ToldPass | ToldEnd

interface Named {
  readonly at: number
  readonly instanceId: string
  readonly groupName: string
  readonly token: string | undefined
  /** When the action began, where the line tells. */
  readonly beginning: number | undefined
}
export interface ToldPass extends Named, PassHistory {
  readonly is: 'pass'
  readonly cost: Cost
}
export interface Cost {
  /** Without heartbeats. */
  readonly awsCalls: number
  readonly heartbeats: number
}
export interface ToldEnd extends Named {
  readonly is: 'end'
  readonly outcome: ActionEndedEvent['outcome']
  readonly by: ActionEndedEvent['by']
  /** All of it. Of several ends of an action only one is asked. */
  readonly event: () => ActionEndedEvent
}
export interface ToldDeed extends Pick<Named, 'at' | 'instanceId' | 'groupName'> {
  readonly is: 'deed'
  readonly deed: Deed
}
/** It is about no termination, and says only how late it is. */
interface ToldOfNone {
  readonly is: 'none'
  readonly at: number
}

type PassFailedEvent = Extract<JournalEvent, { event: 'pass-failed' }>

const HEARTBEAT = 'recordLifecycleActionHeartbeat'

export function toldBy({ at, event }: JournalLine): Told {
  switch (event.event) {
    case 'pass':
    case 'pass-failed':
      return passTold(at, event)
    case 'action-ended': {
      const { outcome, by } = event
      return { is: 'end', ...nameOf(at, event), outcome, by, event: () => event }
    }
    case 'recovery':
      return deedTold(event, { at, did: event.rung, reason: event.reason })
    case 'recovery-failed':
      return deedTold(event, { at, did: event.rung, failed: true, reason: failureOf(event) })
    case 'salvage': {
      const { on, volumeId, reason } = event
      return deedTold(event, { at, did: 'salvage', reason: `${on} salvages ${volumeId}: ${reason}` })
    }
    default:
      return { is: 'none', at }
  }
}

function deedTold(
  { instanceId, groupName }: { readonly instanceId: string; readonly groupName: string },
  deed: Deed,
): ToldDeed {
  return { is: 'deed', at: deed.at, instanceId, groupName, deed }
}

function failureOf({ error, errorMessage }: Failure): string {
  return `${error}: ${errorMessage}`
}

function passTold(at: number, event: PassEvent | PassFailedEvent): ToldPass {
  const { durationMs, calls } = event
  const pass =
    event.event === 'pass'
      ? { decided: event.decided, reason: event.reason, durationMs }
      : { decided: 'failed' as const, reason: failureOf(event), durationMs }
  return { is: 'pass', ...nameOf(at, event), ...pass, cost: costOf(calls) }
}

export function costOf(calls: PassEvent['calls']): Cost {
  const heartbeats = calls[HEARTBEAT] ?? 0
  let awsCalls = -heartbeats
  for (const operation in calls) awsCalls += calls[operation] ?? 0
  return { awsCalls, heartbeats }
}

function nameOf(at: number, event: PassEvent | PassFailedEvent | ActionEndedEvent): Named {
  const { instanceId, token } = event
  // A pass that broke off before it knew names no group and no beginning.
  if (event.event === 'pass-failed') return { at, instanceId, groupName: '', token, beginning: undefined }
  return { at, instanceId, groupName: event.groupName, token, beginning: event.startedAt }
}
