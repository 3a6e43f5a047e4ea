import { beforeEach, expect, it } from '@jest/globals'
import { historyLines, NOTHING_TOLD } from '../../src/cli/history-lines.ts'
import { readHistory } from '../../src/journal/history.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { tell } from '../../src/termination/tell.ts'
import { KEY, manifestLine, OneInstance } from '../one-instance.ts'
import { action, file, MINUTE, START } from '../termination/observations.ts'
import { typed } from './command-line.ts'

let aws: OneInstance
beforeEach(() => {
  aws = new OneInstance()
})

async function pass(): Promise<void> {
  const cost = { trigger: 'notification' as const, durationMs: 120, calls: { sendCommand: 1 } }
  tell(aws.guard.journal, await reconcile(aws.guard, action), cost)
}
const told = (passes: boolean) => {
  const lines = aws.journal.map((event, index) => ({ at: aws.now + index, event }))
  return readHistory(lines)
    .flatMap((action) => historyLines(action, passes, typed))
    .join('\n')
}

it('tells the outcome, the reason and the cost of a termination in a few lines', async () => {
  await pass()
  aws.now += MINUTE
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  await pass()
  expect(told(false)).toMatch(
    /archived .*\n\s+its one file is in S3\n\s+held 1 min 1 s, 1 flush \(.*\), 1 file, \d+ bytes\n\s+2 passes, 2 calls /,
  )
  expect(told(true)).toMatch(/flush +120 ms {2}nothing has been flushed yet\n.*continue +120 ms/)
})

it('says what to type for one that is still held', async () => {
  await pass()
  expect(told(false)).toMatch(/still held.*termination-guard explain i-0123456789abcdef0/s)
})

it('says so when there is nothing to tell', () => {
  expect(NOTHING_TOLD).toContain('--since 7d')
})

it('names the group as unknown where every pass broke off before it knew', () => {
  const event: JournalEvent = {
    ...{ event: 'pass-failed', trigger: 'notification', instanceId: action.instanceId, token: 'token-1' },
    ...{ error: 'Throttling', errorMessage: 'Rate exceeded', durationMs: 9, calls: {} },
  }
  const lines = readHistory([{ at: START, event }]).flatMap((one) => historyLines(one, false, typed))
  expect(lines[0]).toMatch(/still held +group unknown$/)
  expect(lines.join('\n')).toContain('1 pass, 0 calls')
})
