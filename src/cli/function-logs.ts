/** The logs of the deployed functions: the journal in them, and what broke off without a word in it. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import { JOURNAL_VERSION, type JournalEvent } from '../journal/journal.ts'
import { parseJournalLine } from '../journal/journal-line.ts'
import { FUNCTIONS } from './deployed-functions.ts'
import type { Crash, JournalSink, JournalSource } from './deployment.ts'
import { nextStepAfter } from './next-step.ts'
import { CannotReach } from './surroundings.ts'
import { REGION_AND_PROFILE } from './where.ts'

/** Lambda's own words for what broke off, and the guard's for settings that it cannot start with. */
const BROKEN_OFF = '?ERROR ?"Task timed out" ?"cannot start"'
const MOST_OF_A_MESSAGE = 200

type LogsConfig = CloudWatchLogsClientConfig & { readonly region: string }

/** As the functions' logger writes it. */
export function journalLine(event: JournalEvent): string {
  return JSON.stringify({ timestamp: new Date().toISOString(), journal: JOURNAL_VERSION, ...event })
}

export function logsOf(name: string, config: LogsConfig): JournalSource & JournalSink {
  return {
    write: (event) => putLine(config, `/aws/lambda/${name}-terminations`, journalLine(event)),
    async *read(parse, since, instanceId) {
      const client = new CloudWatchLogsClient(config)
      const ofInstance = instanceId === undefined ? '' : ` && $.instanceId = "${instanceId}"`
      const filterPattern = `{ $.journal = ${JOURNAL_VERSION}${ofInstance} }`
      // CloudWatch Logs refuses a moment before 1970.
      const startTime = Math.max(0, since)
      for (const functionName of FUNCTIONS) {
        const logGroupName = `/aws/lambda/${name}-${functionName}`
        for await (const events of eventsOf(client, { logGroupName, startTime, filterPattern }))
          yield events.flatMap(({ message }) => parse(message) ?? [])
      }
    },
  }
}

export async function crashesOf(name: string, config: LogsConfig, since: number): Promise<Crash[]> {
  const client = new CloudWatchLogsClient(config)
  const crashes: Crash[] = []
  for (const one of FUNCTIONS) {
    const functionName = `${name}-${one}`
    const request = {
      ...{ logGroupName: `/aws/lambda/${functionName}`, startTime: since, filterPattern: BROKEN_OFF },
    }
    for await (const events of eventsOf(client, request))
      for (const { message, timestamp } of events) {
        // The journal tells of errors that were dealt with.
        if (parseJournalLine(message)) continue
        crashes.push({ functionName, at: timestamp, message: message.trim().slice(0, MOST_OF_A_MESSAGE) })
      }
  }
  return crashes
}

async function* eventsOf(
  client: CloudWatchLogsClient,
  request: { readonly logGroupName: string; readonly startTime: number; readonly filterPattern: string },
) {
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, request))
      yield events.map(({ message = '', timestamp = 0 }) => ({ message, timestamp }))
  } catch (cause) {
    // A function that never ran has no log yet.
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') return
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const next = nextStepAfter(cause) ?? `Name ${REGION_AND_PROFILE}.`
    throw new CannotReach(`Cannot read the log ${request.logGroupName}: ${why}\n${next}`, { cause })
  }
}

/** A stream of its own, since a Lambda's belong to its containers. Its alarms do not see it: a person has seen it already. */
async function putLine(config: LogsConfig, logGroupName: string, message: string): Promise<void> {
  const client = new CloudWatchLogsClient(config)
  const timestamp = Date.now()
  const logStreamName = `operators/${new Date(timestamp).toISOString().replaceAll(':', '-')}-${process.pid}`
  try {
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
    const logEvents = [{ timestamp, message }]
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const next = nextStepAfter(cause) ?? `Name ${REGION_AND_PROFILE}.`
    throw new CannotReach(
      `Cannot write to the journal ${logGroupName}, so nothing was done: ${why}\n${next}`,
      { cause },
    )
  } finally {
    client.destroy()
  }
}
