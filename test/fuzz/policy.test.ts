import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readPolicy } from '../../src/policy.ts'
import { environment } from '../termination/observations.ts'

const names = [
  ...Object.keys(environment),
  ...[
    'QUEUE_VISIBILITY_SECONDS',
    'ARCHIVE_MOVED_TO',
    'MANIFEST_PREFIX',
    'HASH_LIMIT_BYTES',
    'WITHOUT_RETENTION',
  ],
  ...['HEARTBEAT_TIMEOUT_SECONDS', 'PATIENCE_SECONDS', 'MAX_ATTEMPTS', 'RETRY_SECONDS', 'LOOK_AGAIN_SECONDS'],
  ...[
    'PENDING_SECONDS',
    'DELIVERY_TIMEOUT_SECONDS',
    'EXECUTION_TIMEOUT_SECONDS',
    'ADOPT_AFTER_SECONDS',
    'PASS_SECONDS',
  ],
]
const value = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.nat(100_000).map(String),
  fc.constant(undefined),
)
const changes = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 })

describe('the policy', () => {
  it('is read or refused with a list that names each bad value, and never holds a number that is none', () => {
    fc.assert(
      fc.property(changes, (changed) => {
        let policy: ReturnType<typeof readPolicy>
        try {
          policy = readPolicy({ ...environment, ...changed })
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^The guard cannot start\. In its environment:\n {2}[A-Z_]+ /,
          )
          return
        }
        const numbers = Object.values(policy).filter((field) => typeof field === 'number')
        expect(numbers.every((field) => Number.isInteger(field) && field >= 0)).toBe(true)
        // What S3 rests on: every look is a heartbeat, and patience ends before Auto Scaling's own.
        expect(policy.queueVisibilitySeconds).toBeLessThanOrEqual(policy.heartbeatTimeoutSeconds / 2)
        expect(policy.patienceSeconds).toBeLessThanOrEqual(80 * policy.heartbeatTimeoutSeconds)
        expect(policy.archive.prefix).toMatch(/\{instance\}.*\/$/)
      }),
    )
  })
})
