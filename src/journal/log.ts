/** The journal as the Lambda writes it: JSON lines with Powertools' Logger, metrics in CloudWatch's embedded format. */
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { isLoud, JOURNAL_VERSION, type Journal } from './journal.ts'
import { metricsOf } from './metrics.ts'

export const SERVICE = 'termination-guard'
export const METRICS_NAMESPACE = 'TerminationGuard'

export function journalTo(logger: Logger, metrics: Metrics): Journal {
  return (event) => {
    const line = { journal: JOURNAL_VERSION, ...event }
    if (isLoud(event)) logger.warn(event.event, line)
    else logger.info(event.event, line)
    const counted = metricsOf(event)
    for (const { name, unit, value } of counted) metrics.addMetric(name, unit, value)
    if (counted.length > 0) metrics.publishStoredMetrics()
  }
}
