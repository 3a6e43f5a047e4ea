/** The queue's receive budget, held against the decisions of the longest actions there can be. */
import { describe, expect, it } from '@jest/globals'
import { receiveBudget } from '../../deploy/receive-budget.ts'
import type { Flush, Observation } from '../../src/model.ts'
import type { Policy } from '../../src/policy.ts'
import { decide } from '../../src/termination/decide.ts'
import { action, policy, START } from '../termination/observations.ts'

/** Kept messages come back up to a tenth earlier than they were told to. */
const EARLIEST = 0.9

/** How often one message is received until its action is over, where the world answers like this and Auto Scaling lets it last. */
function receives(policy: Policy, trouble: 'dead agent' | 'failing flushes' | 'endless flush'): number {
  const globalTimeoutSeconds = Math.min(172_800, 100 * policy.heartbeatTimeoutSeconds)
  const flushes: Flush[] = []
  let now = START
  for (let count = 1; ; count++) {
    const seen: Observation = {
      now,
      action,
      hold: now - START < globalTimeoutSeconds * 1000 ? 'held' : 'over',
      lifecycleState: 'Terminating:Wait',
      machine: 'alive',
      agent: trouble === 'dead agent' ? 'unreachable' : 'unknown',
      troubles: [],
      wokenBy: undefined,
      busyWith: undefined,
      flushes: [...flushes].reverse(),
      proof: undefined,
      hook: { heartbeatTimeoutSeconds: policy.heartbeatTimeoutSeconds, globalTimeoutSeconds, retains: false },
    }
    const decision = decide(seen, policy)
    switch (decision.do) {
      case 'settle':
      case 'continue':
      case 'abandon':
        return count
      case 'flush': {
        const status = trouble === 'endless flush' ? 'running' : 'failed'
        flushes.push({
          commandId: `c-${count}`,
          status,
          statusDetails: status,
          requestedAt: now,
          endedAt: undefined,
          report: undefined,
        })
        now += 1000 * EARLIEST * Math.min(policy.queueVisibilitySeconds, policy.heartbeatTimeoutSeconds / 2)
        break
      }
      case 'wait':
        now += 1000 * EARLIEST * decision.seconds
    }
  }
}

/** Held to Auto Scaling's own end, since nothing retains: there is nothing longer. */
const longest = (changes: Partial<Policy>): Policy => ({ ...policy, withoutRetention: 'hold', ...changes })

describe.each([
  ['the defaults', {}],
  [
    'the shortest heartbeat',
    { heartbeatTimeoutSeconds: 360, queueVisibilitySeconds: 180, patienceSeconds: 3600 },
  ],
  ['the longest heartbeat', { heartbeatTimeoutSeconds: 7200, lookAgainSeconds: 900 }],
  ['frequent looks', { lookAgainSeconds: 300 }],
  ['many attempts', { maxAttempts: 50 }],
] as const)('with %s, the longest hold fits into the receive budget', (_, changes) => {
  const held = longest(changes)
  const budget = receiveBudget({
    heartbeatSeconds: held.heartbeatTimeoutSeconds,
    lookAgainSeconds: held.lookAgainSeconds,
    maxAttempts: held.maxAttempts,
  })
  it.each(['dead agent', 'failing flushes', 'endless flush'] as const)('%s', (trouble) => {
    const used = receives(held, trouble)
    expect(used).toBeGreaterThan(50)
    expect(used).toBeLessThanOrEqual(budget)
  })
  it('and the budget is one that SQS accepts', () => {
    expect(budget).toBeLessThanOrEqual(1000)
  })
})
