/** A receipt read back: whole, of this version, or refused in words. */
import { expect, it } from '@jest/globals'
import { parseReceipt, RECEIPT_VERSION, receiptKey } from '../../src/archive/receipt.ts'

const receipt = {
  ...{ receipt: RECEIPT_VERSION, guard: { deployment: 'guard', version: '1' }, instanceId: 'i-1' },
  ...{ groupName: 'web', hookName: 'guard', token: null, bucket: 'logs', flushes: [], files: [] },
  ...{ startedAt: '2026-01-02T03:04:05.000Z', provenAt: '2026-01-02T03:05:05.000Z' },
  decision: { do: 'continue', outcome: 'empty', reason: 'there was nothing' },
}

it('is what was written', () => {
  expect(parseReceipt(JSON.stringify(receipt))).toEqual(receipt)
})

it.each([
  [
    'of a newer guard',
    { receipt: RECEIPT_VERSION + 1 },
    /^it is no receipt of version 1: receipt: .*expected 1$/,
  ],
  [
    'of a loss',
    { decision: { ...receipt.decision, outcome: 'lost' } },
    /: decision\.outcome: .*"archived"\|"empty"$/,
  ],
  [
    'without a bucket, dated some day',
    { bucket: undefined, provenAt: 'some day' },
    /: provenAt: .*; bucket: .*$/,
  ],
])('%s is refused, with what is wrong, in one line', (_, changes, why) => {
  expect(() => parseReceipt(JSON.stringify({ ...receipt, ...changes }))).toThrow(why)
})

it('lies in the folder of its instance, whatever its token is made of', () => {
  const key = receiptKey('receipts/', { instanceId: 'i-1', token: 'a/../../i-2/b', startedAt: 0 })
  expect(key).toBe('receipts/i-1/a%2F..%2F..%2Fi-2%2Fb.json')
})
