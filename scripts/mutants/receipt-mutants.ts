/** Receipts: they never decide, are never silent, and never change. */
import type { Mutant } from './mutant.ts'

const written = {
  file: 'src/termination/write-receipt.ts',
  tests: ['test/termination/write-receipt.test.ts'],
}

export const receiptMutants: readonly Mutant[] = [
  {
    ...written,
    name: 'keep the machine whose receipt cannot be written',
    from: `    journal({ event: 'receipt-failed', ...actionName(seen.action), ...described(error) })`,
    to: `    journal({ event: 'receipt-failed', ...actionName(seen.action), ...described(error) })\n    throw error`,
  },
  {
    ...written,
    name: 'say nothing of a receipt that could not be written',
    from: `    if (isThereAlready(error)) return`,
    to: `    if (error) return`,
  },
  {
    ...written,
    name: 'write over the first receipt',
    from: `      IfNoneMatch: '*',`,
    to: ``,
  },
  {
    ...written,
    name: 'give a receipt for what was lost',
    from: `return decision.do === 'continue' && decision.outcome !== 'lost'`,
    to: `return decision.do === 'continue'`,
  },
  {
    ...written,
    name: 'wait for a put for ever',
    from: `const LONGEST_PUT_MS = 5000`,
    to: `const LONGEST_PUT_MS = 5_000_000`,
  },
  {
    ...written,
    file: 'deploy/instance-policy.ts',
    tests: ['test/deploy/permissions.test.ts'],
    name: 'let an instance write its own receipt',
    from: `      Action: ['s3:PutObject*', 's3:DeleteObject*'],`,
    to: `      Action: ['s3:DeleteObject*'],`,
  },
  {
    ...written,
    file: 'deploy/statements.ts',
    tests: ['test/deploy/permissions.test.ts'],
    name: 'let a function write over a receipt',
    from: `Condition: { ...ownedBucket(settings), Null: { 's3:if-none-match': 'false' } },`,
    to: `Condition: ownedBucket(settings),`,
  },
  {
    ...written,
    name: 'put a receipt without the encryption that the bucket asks for',
    from: '      ...encryptedAs(encryption),\n',
    to: '',
  },
  {
    file: 'src/cli/verify-receipt.ts',
    tests: ['test/cli/receipt.test.ts'],
    name: 'take any version for the one whose id is known',
    from: '? VersionId === object.versionId',
    to: '? VersionId !== undefined',
  },
]
