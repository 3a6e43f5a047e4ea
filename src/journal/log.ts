/** The journal as the Lambda writes it: JSON lines with Powertools' Logger, metrics in CloudWatch's embedded format. */
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { isLoud, JOURNAL_VERSION, type Journal } from './journal.ts'
import { metricsOf } from './metrics.ts'

export const SERVICE = 'termination-guard'
export const METRICS_NAMESPACE = 'TerminationGuard'

/** Whatever an instance may have had told of itself: CloudWatch cuts a line that is too long, and nobody reads back what was cut. */
const MAX_CHARACTERS = 5000

export function journalTo(logger: Logger, metrics: Metrics): Journal {
  return (event) => {
    const line = { journal: JOURNAL_VERSION, ...cut(event) }
    if (isLoud(event)) logger.warn(event.event, line)
    else logger.info(event.event, line)
    const counted = metricsOf(event)
    for (const { name, unit, value } of counted) metrics.addMetric(name, unit, value)
    if (counted.length > 0) metrics.publishStoredMetrics()
  }
}

function cut<Value>(value: Value): Value
function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_CHARACTERS)
  if (Array.isArray(value)) return value.map(cut)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner)]))
}
