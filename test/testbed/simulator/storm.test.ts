/** A mass termination under token buckets: what the guard can do at best, and that nothing is lost where it can do little. */
import { expect, it } from '@jest/globals'
import { bestSeconds, storm } from '../../../testbed/simulator/storm.ts'

const limits = {
  autoscaling: { burst: 20, perSecond: 5 },
  ssm: { burst: 20, perSecond: 5 },
}
const VISIBILITY_SECONDS = 360
const seed = Math.ceil(Math.random() * 1e9)

it(`200 machines at once end soon, all archived, without calls that come to nothing (seed ${seed})`, async () => {
  const alone = await storm({ instances: 1, limits, seed })
  const found = await storm({ instances: 200, limits, seed })
  expect(found.violations).toEqual([])
  expect(found.outcomes).toEqual({ archived: 200 })
  // So few are over soon, and what is left of the time is the wait for one pass that failed.
  expect(found.seconds).toBeLessThanOrEqual(bestSeconds(200, limits, alone) + VISIBILITY_SECONDS)
  expect(found.longestSilence).toBeLessThan(0.5)
  expect(found.failedPasses).toBeLessThan(200)
})

it(`a bucket that empties faster than holds can be kept up costs time and proofs, and no log (seed ${seed})`, async () => {
  const starved = { ...limits, autoscaling: { burst: 5, perSecond: 0.15 } }
  const { outcomes, throttled } = await storm({ instances: 200, limits: starved, seed })
  const { archived = 0, retained = 0 } = outcomes
  expect(throttled).toBeGreaterThan(0)
  expect(archived + retained).toBe(200)
})

it(`a bucket of Systems Manager that is nearly empty does not cost a hold (seed ${seed})`, async () => {
  const starved = { ...limits, ssm: { burst: 5, perSecond: 0.3 } }
  const { outcomes, violations } = await storm({ instances: 100, limits: starved, seed })
  expect(violations).toEqual([])
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(100)
})
