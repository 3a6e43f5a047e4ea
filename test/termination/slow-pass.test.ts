import { beforeEach, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { consume } from '../../src/termination/consume.ts'
import { HandTimers } from '../hand-timers.ts'
import { KEY, manifestLine, OneInstance } from '../one-instance.ts'
import { notification, record } from './messages.ts'
import { file, MINUTE } from './observations.ts'

let aws: OneInstance
beforeEach(() => {
  aws = new OneInstance()
})

const plenty = () => 60_000

function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

it.each([
  ['comes back in time, where a person has shortened the hook', 300, [100, 20]],
  ['is left to the queue, where nobody has', 3600, [20]],
])('S3: before a slow pass is over, its message %s', async (_what, heartbeat, visibility) => {
  aws.heartbeatTimeout = heartbeat
  const time = new HandTimers(aws)
  const hanging = { ...aws.guard.aws, listCommandInvocations: () => new Promise<never>(() => undefined) }
  const batch = consume({ ...aws.guard, aws: hanging, clock: time.clock }, [record(notification)], plenty)
  await time.pass(9_000)
  expect(aws.visibility).toEqual([])
  await time.pass(2_000)
  expect(aws.visibility).toEqual(visibility.slice(0, -1))
  await time.pass(45_000)
  expect((await batch).batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }])
  expect(aws.visibility).toEqual(visibility)
})

it.each([
  ['kept', 1],
  ['over', 0],
])(
  'what sees to the message of a slow pass ends with the pass, where its action is %s',
  async (_what, kept) => {
    aws.heartbeatTimeout = 300
    if (kept === 0) {
      await consume(aws.guard, [record(notification)], plenty)
      aws.flushEnds(manifestLine([file]))
      aws.objects.set(KEY, { size: file.size, etag: file.md5 })
    }
    const time = new HandTimers(aws)
    const batch = await consume({ ...aws.guard, clock: time.clock }, [record(notification)], plenty)
    expect(batch.batchItemFailures).toHaveLength(kept)
    const visibility = [...aws.visibility]
    await time.pass(20_000)
    expect(aws.visibility).toEqual(visibility)
  },
)

it('what a slow pass has begun about its message ends before the batch does', async () => {
  await consume(aws.guard, [record(notification)], plenty)
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  aws.heartbeatTimeout = 300
  const time = new HandTimers(aws)
  const answers = aws.guard.aws
  const { promise: listing, resolve: list } = later()
  const { promise: asking, resolve: tell } = later()
  const slow = {
    ...answers,
    listCommandInvocations: async (input: Parameters<AwsApi['listCommandInvocations']>[0]) =>
      listing.then(() => answers.listCommandInvocations(input)),
    describeLifecycleHooks: async (input: Parameters<AwsApi['describeLifecycleHooks']>[0]) =>
      asking.then(() => answers.describeLifecycleHooks(input)),
  }
  let isOver = false
  const records = [record(notification, 'm-1', 2)]
  const batch = consume({ ...aws.guard, aws: slow, clock: time.clock }, records, plenty).then(() => {
    isOver = true
  })
  await time.pass(11_000)
  list()
  await time.pass(0)
  expect([aws.completed, isOver]).toEqual([['CONTINUE'], false])
  tell()
  await batch
  expect(aws.visibility).toEqual([100])
})

it.each([
  ['no later than a hook lets it that only the watch could ask for', 900, 300, 100],
  ['when the pass says, where that is sooner', 60, 3600, 60],
])('S3: the message of a slow pass comes back %s', async (_what, lookAgainSeconds, heartbeat, visibility) => {
  await consume(aws.guard, [record(notification)], plenty)
  aws.flushEnds(manifestLine([file]))
  aws.heartbeatTimeout = heartbeat
  aws.now += MINUTE
  const time = new HandTimers(aws)
  const slow = { ...aws.guard.aws, listObjectsV2: () => new Promise<never>(() => undefined) }
  const policy = { ...aws.guard.policy, lookAgainSeconds, patienceSeconds: 30 }
  const guard = { ...aws.guard, aws: slow, policy, clock: time.clock, random: () => 0.5 }
  const batch = consume(guard, [record(notification, 'm-1', 2)], plenty)
  await time.pass(11_000)
  // Nothing is left of the pass's own time, in which it would ask for the hook.
  await time.pass(45_000)
  await batch
  expect(aws.journal.at(-1)).toMatchObject({ event: 'pass', decided: 'wait' })
  expect(aws.visibility.at(-1)).toBe(visibility)
})
