/** The journal for people who look on. */
import { counted } from '../../src/cli/counted.ts'
import type { EnrolmentEvent, JournalEvent } from '../../src/journal/journal.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'
import { oneLine, visible } from '../../src/visible.ts'

/**
 * Reads what the functions write, line by line, and answers what to show of each. Whatever is no journal is shown when it is not a
 * metric. What is wrong with a group is found again by every sweep, and shown when it changes. What instances and tags say is shown, and
 * not obeyed.
 */
export function journalReader(): (text: string) => string[] {
  let known: readonly string[] = []
  return (text) => {
    const line = parseJournalLine(text)
    if (line === undefined) return text.startsWith('{"_aws"') ? [] : [visible(text)]
    const { event } = line
    if (event.event !== 'enrolment') return eventLines(event).map(oneLine)
    const wrong = troubleLines(event)
    const news = wrong.filter((one) => !known.includes(one))
    if (event.trigger !== 'launch') known = wrong
    return [...changeLines(event), ...news].map(oneLine)
  }
}

function changeLines({ enrolled, changed }: EnrolmentEvent): string[] {
  return changed.map(
    ({ groupName, what }) =>
      `group ${groupName} ${enrolled.includes(groupName) ? 'enrolled' : 'changed'}: ${what}`,
  )
}

function troubleLines({ refused, differs, missing }: EnrolmentEvent): string[] {
  return [
    ...refused.map(({ groupName, why }) => `group ${groupName} refused: ${why}`),
    ...differs.map(({ groupName, what }) => `group ${groupName} differs: ${what}`),
    ...missing.map((groupName) => `group ${groupName} does not exist (yet)`),
  ]
}

function eventLines(event: Exclude<JournalEvent, EnrolmentEvent>): string[] {
  switch (event.event) {
    case 'pass':
      return [`${event.instanceId} ${event.decided}: ${event.reason}`]
    case 'action-ended':
      return [`${event.instanceId} ${event.outcome}: ${event.reason}`]
    case 'pass-failed':
      return [`${event.instanceId} failed: ${event.errorMessage}`]
    case 'receipt-failed':
      return [`${event.instanceId} has no receipt: ${event.errorMessage}`]
    case 'audited':
      return [`${event.instanceId} audited, ${event.finding}: ${event.reason}`]
    case 'audit-failed':
      return [`${event.instanceId} not audited: ${event.errorMessage}`]
    case 'audit':
      return [
        `audit of ${counted(event.instances, 'instance')}: ${counted(event.findings, 'finding')}, ${event.failed} failed, ${event.deferred} deferred`,
      ]
    case 'recovery':
      return [`${event.instanceId} ${event.rung}: ${event.reason}`]
    case 'salvage':
      return [`${event.instanceId} salvaged on ${event.on}: ${event.reason}`]
    case 'recovery-failed':
      return [`${event.instanceId} ${event.rung} failed: ${event.errorMessage}`]
    case 'disks-failed':
      return [`disks of dead machines, or copies of them, cannot be found: ${event.errorMessage}`]
    case 'group-failed':
      return [`group ${event.groupName} failed: ${event.errorMessage}`]
    case 'message-refused':
      return [`message refused: ${event.why}`]
    case 'copies':
      return [
        ...event.deleted.map((id) => `${id} deleted: nobody needs it any more`),
        ...event.failed.map((why) => `a copy could not be cleared away: ${why}`),
      ]
    case 'message-ignored':
    case 'passes-deferred':
    case 'sweep':
      return []
  }
}
