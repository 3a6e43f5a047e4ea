/** How the guard gets through a mass termination, where the account's token buckets are all that stands in its way. In virtual time. */
import type { Limits } from '../../testbed/simulator/account-limits.ts'
import { bestSeconds, type StormResult, storm } from '../../testbed/simulator/storm.ts'
import { type Row, ratio } from './row.ts'

/** Neither Auto Scaling nor Systems Manager publishes its buckets. EC2's and S3's are documented. */
const LIMITS: Limits = {
  autoscaling: { burst: 100, perSecond: 10 },
  ssm: { burst: 40, perSecond: 10 },
  ec2: { burst: 100, perSecond: 20 },
  s3: { burst: 3500, perSecond: 3500 },
}
const SEED = 1
const MOST = 1.2

export async function massTermination(instances: number): Promise<Row[]> {
  const alone = await storm({ instances: 1, limits: LIMITS, seed: SEED })
  const best = bestSeconds(instances, LIMITS, alone)
  const found = await storm({ instances, limits: LIMITS, seed: SEED })
  const impatient = await storm({ instances, limits: LIMITS, seed: SEED, retryMode: 'standard' })
  return [
    {
      what: `${instances} terminations at once ÷ the best that the buckets allow`,
      measured: ratio(found.seconds, best),
      wanted: `≤ ${MOST.toFixed(2)}, all archived`,
      figures: `${inWords(found)}; ${found.seconds.toFixed(0)} s to ${best.toFixed(0)} s`,
      holds:
        found.seconds <= MOST * best &&
        found.outcomes.archived === instances &&
        found.violations.length === 0,
    },
    {
      what: 'the same, with retries that learn no rate',
      measured: ratio(impatient.seconds, best),
      wanted: 'for comparison',
      figures: inWords(impatient),
    },
  ]
}

function inWords({ outcomes, throttled, failedPasses, longestSilence }: StormResult): string {
  const ends = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`)
  const silence = `longest without a heartbeat ${longestSilence.toFixed(2)} of the time-out`
  return `${ends.join(', ')}; ${silence}; ${throttled} calls throttled, ${failedPasses} passes failed`
}
