/** What the functions write: the journal's lines and the metrics between them, by their own logger. */
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { journalTo, METRICS_NAMESPACE, SERVICE } from '../../src/journal/log.ts'

export function logged(events: readonly JournalEvent[]): string[] {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const console = { info: write, warn: write, log: write }
  const logger = Object.assign(new Logger({ serviceName: SERVICE }), { console })
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE })
  for (const event of events) journalTo(logger, Object.assign(metrics, { console }))(event)
  return lines
}
