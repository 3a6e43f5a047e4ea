/** What each part of a batch's time is for. */
import { expect, it } from '@jest/globals'
import { consume } from '../../src/termination/consume.ts'
import { HandTimers } from '../hand-timers.ts'
import { OneInstance } from '../one-instance.ts'
import { notification, record } from './messages.ts'

it('what is no action is kept where it cannot be copied in a quarter of the time, and the actions have the rest', async () => {
  const aws = new OneInstance()
  const time = new HandTimers(aws)
  const endsAt = aws.now + 60_000
  const hanging = { ...aws.guard.aws, sendMessage: () => new Promise<never>(() => undefined) }
  const records = [record({}, 'm-1'), record(notification, 'm-2'), record({}, 'm-3')]
  const guard = { ...aws.guard, aws: hanging, clock: time.clock }
  const batch = consume(guard, records, () => endsAt - aws.now)
  await time.pass(16_000)
  await time.pass(0)
  expect(aws.commands).toHaveLength(1)
  expect((await batch).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual([
    'm-1',
    'm-2',
    'm-3',
  ])
})
