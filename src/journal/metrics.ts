/** Metrics are a view of the journal: whatever an alarm counts is also a line that says which instance. */
import { isGood } from './good-end.ts'
import { type ActionEndedEvent, isFinding, type JournalEvent } from './journal.ts'

export interface Metric {
  readonly name: string
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes'
  readonly value: number
}

/** What is counted of one event. */
export function metricsOf(event: JournalEvent): readonly Metric[] {
  const count = (name: string, value = 1): Metric => ({ name, unit: 'Count', value })
  switch (event.event) {
    case 'action-ended':
      return endMetrics(event)
    case 'pass':
      return event.overdue ? [count('ActionOverdue')] : []
    case 'pass-failed':
    case 'group-failed':
    case 'recovery-failed':
    case 'disks-failed':
      return [count('PassFailed')]
    case 'receipt-failed':
      return [count('ReceiptFailed')]
    case 'message-refused':
      return [count('MessageRefused')]
    case 'message-ignored':
    case 'salvage':
      return []
    case 'passes-deferred':
      return [count('PassesDeferred', event.messages)]
    case 'sweep':
      return [
        count('ActionsHeld', event.held),
        count('ActionsAdopted', event.adopted),
        count('InstancesRetained', event.retained.length),
        ...(event.deadLetters === undefined ? [] : [count('DeadLetters', event.deadLetters)]),
        { name: 'OldestActionHeld', unit: 'Seconds', value: event.oldestHeldSeconds },
      ]
    case 'recovery':
      return [count('Recoveries')]
    case 'copies':
      return [{ name: 'OldestCopy', unit: 'Seconds', value: event.oldestSeconds }]
    case 'enrolment':
      // Only the sweep sees all groups.
      if (event.trigger !== 'sweep') return []
      return [count('GroupsEnrolled', event.guarded.length), count('GroupsNotEnrolled', event.refused.length)]
    case 'audited':
      return isFinding(event) ? [count('AuditFindings')] : []
    case 'audit-failed':
      return [count('AuditFindings')]
    case 'audit':
      return [count('InstancesAudited', event.instances)]
  }
}

/** A good end is counted by the pass that made it, so that finding it over later does not count it twice. */
function endMetrics(event: ActionEndedEvent): readonly Metric[] {
  const isProven = isGood(event.outcome)
  if (isProven && event.by === 'found-over') return []
  return [
    { name: isProven ? 'ActionArchived' : 'ActionNotArchived', unit: 'Count', value: 1 },
    { name: 'ActionHeld', unit: 'Milliseconds', value: event.heldMs },
    { name: 'FlushDuration', unit: 'Milliseconds', value: event.flushMs },
    { name: 'ArchivedBytes', unit: 'Bytes', value: isProven ? event.bytes : 0 },
  ]
}
