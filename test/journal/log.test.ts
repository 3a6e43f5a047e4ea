/** The journal's lines as the functions write them, whatever an instance has told of itself. */
import { expect, it } from '@jest/globals'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'
import { endEvent } from '../../src/termination/tell.ts'
import { flush, seen } from '../termination/observations.ts'
import { logged } from './logged.ts'

/** CloudWatch's limit of one event, which counts bytes. */
const MAX_LINE_BYTES = 256 * 1024
const LONG = '\u0001€'.repeat(1_000_000)

const end = endEvent(seen({ flushes: [flush()] }), {
  ...{ do: 'abandon', outcome: 'retained', reason: LONG },
})
const audited: JournalEvent = {
  ...{ event: 'audited', instanceId: end.instanceId, groupName: end.groupName, finding: 'unproven' },
  ...{ reason: LONG, silentSeconds: 1, commandId: undefined, files: 1 },
  unproven: Array.from({ length: 3 }, (_, at) => `${at}${LONG}`),
}

it.each<JournalEvent>([end, { ...end, unproven: [LONG], notes: [LONG] }, audited])(
  'a line is one that CloudWatch does not cut, and is read back: $event',
  (event) => {
    const line = logged([event]).find((one) => parseJournalLine(one) !== undefined) ?? ''
    expect(Buffer.byteLength(line)).toBeLessThan(MAX_LINE_BYTES)
    expect(parseJournalLine(line)?.event).toMatchObject({
      event: event.event,
      reason: LONG.slice(0, 5000),
    })
  },
)

it('what is short is told as it is', () => {
  const [line = ''] = logged([{ ...end, reason: 'all 2 files are in S3', notes: ['a', 'b'] }])
  const told = parseJournalLine(line)?.event
  expect(told).toMatchObject({ ...end, reason: 'all 2 files are in S3', notes: ['a', 'b'] })
})
