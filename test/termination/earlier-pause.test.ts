import { beforeEach, describe, expect, it } from '@jest/globals'
import { commentFor } from '../../src/flush/commands.ts'
import { consume } from '../../src/termination/consume.ts'
import { awsError, KEY, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { notification, record, statusOf } from './messages.ts'
import { action, file, MINUTE, policy } from './observations.ts'

const plenty = () => 60_000

let aws: OneInstance
beforeEach(async () => {
  aws = new OneInstance()
  aws.activities = [{ ...terminating, StartTime: new Date(aws.now - 1000) }]
  await consume(aws.guard, [record(notification)], plenty)
  aws.now += MINUTE
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  aws.calls.length = 0
})

const comesOnceMore = async (message: object = notification) => {
  const records = [record(message, 'm-9', 1, aws.now)]
  return (await consume(aws.guard, records, plenty)).batchItemFailures.length
}

/** Somebody let the instance go; it returned to service, and waits at the hook again. */
const passesOnceMore = () => {
  aws.now += 5 * MINUTE
  aws.activities = [{ ...terminating, StartTime: new Date(aws.now - MINUTE) }]
}

describe('S1: where an instance passes the hook once more while the token that a message paired with it is active', () => {
  it.each([
    ['the message', notification],
    ['the message, dated anew', { ...notification, Time: new Date(Date.UTC(2026, 0, 2, 5)).toISOString() }],
    ['the status event', statusOf('c-1')],
  ])('%s of before proves nothing', async (_what, message) => {
    passesOnceMore()
    expect(await comesOnceMore(message)).toBe(0)
    expect(aws.completed).toEqual([])
    expect(aws.journal.at(-1)).toMatchObject({
      event: 'message-refused',
      why: expect.stringContaining('began after the flush'),
    })
  })
})

describe('what is sent once more in the same pause', () => {
  it.each([
    [
      'counts where the activity tells its age',
      (began: number) => [{ ...terminating, StartTime: new Date(began) }],
    ],
    ['counts where no activity tells', () => []],
  ])('%s', async (_what, activities) => {
    aws.activities = activities(aws.activities[0]?.StartTime?.getTime() ?? 0)
    aws.now += 5 * MINUTE
    await comesOnceMore()
    expect(aws.completed).toEqual(['CONTINUE'])
  })
})

describe('a message that stays while the instance passes the hook once more', () => {
  const stays = async () =>
    (await consume(aws.guard, [record(notification, 'm-1', 2)], plenty)).batchItemFailures.length
  const flushedAs = async (token: string) => {
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor({ ...action, token }) })
    aws.flushEnds(manifestLine([file]))
  }
  const other = 'dddddddd-0000-0000-0000-000000000004'

  it('S1: proves nothing once that was flushed under its own name', async () => {
    passesOnceMore()
    await flushedAs(other)
    expect(await stays()).toBe(0)
    expect(aws.completed).toEqual([])
    expect(aws.journal.at(-1)).toMatchObject({ event: 'message-refused' })
  })
  it('S1: nor where it does so within a minute', async () => {
    aws.now += MINUTE / 2
    aws.activities = [{ ...terminating, StartTime: new Date(aws.now - MINUTE / 4) }]
    await flushedAs(other)
    expect(await stays()).toBe(0)
    expect(aws.completed).toEqual([])
  })
  it('S1: nor where nobody tells when that began: it is flushed once more', async () => {
    passesOnceMore()
    aws.activities = []
    await flushedAs(other)
    expect(await stays()).toBe(1)
    expect(aws.completed).toEqual([])
    expect(aws.journal.at(-1)).toMatchObject({ event: 'pass', decided: 'flush' })
    aws.flushEnds(manifestLine([file]))
    await stays()
    expect(aws.completed).toEqual(['CONTINUE'])
  })
  it('S1: nor before that, where it was flushed under another name in the pause before', async () => {
    aws = new OneInstance()
    await flushedAs(other)
    aws.now += MINUTE
    await consume(aws.guard, [record(notification)], plenty)
    aws.flushEnds(manifestLine([file]))
    aws.objects.set(KEY, { size: file.size, etag: file.md5 })
    passesOnceMore()
    expect(await stays()).toBe(0)
    expect(aws.completed).toEqual([])
  })
  it.each([
    ['an answer that fails to come is waited for', 5 * MINUTE, 'pass-failed'],
    ['but not when patience is over', 1000 * policy.patienceSeconds, 'pass'],
  ])('%s', async (_what, ms, event) => {
    aws.now += ms
    await flushedAs(other)
    aws.guard.aws.describeScalingActivities = async () => {
      throw awsError('Throttling', 'Rate exceeded')
    }
    expect(await stays()).toBe(1)
    expect(aws.completed).toEqual([])
    expect(aws.journal.at(-1)).toMatchObject({ event })
  })
  it('counts where the other flush is of the same pause', async () => {
    aws.now += 5 * MINUTE
    await flushedAs(other)
    await stays()
    expect(aws.completed).toEqual(['CONTINUE'])
  })
  it('costs no call where nobody else has flushed it, however late it is looked at', async () => {
    aws.now += 15 * MINUTE
    await stays()
    expect(aws.completed).toEqual(['CONTINUE'])
    expect(aws.calls).not.toContain('describeScalingActivities')
  })
  it('costs no call as soon as the flush has ended, whoever else has flushed it before', async () => {
    aws = new OneInstance()
    await flushedAs(other)
    aws.now += MINUTE
    await consume(aws.guard, [record(notification, 'm-1', 1, aws.now)], plenty)
    aws.flushEnds(manifestLine([file]))
    aws.objects.set(KEY, { size: file.size, etag: file.md5 })
    aws.calls.length = 0
    await stays()
    expect(aws.completed).toEqual(['CONTINUE'])
    expect(aws.calls).not.toContain('describeScalingActivities')
  })
})

describe('a message that comes once more', () => {
  it('costs no call where it comes as soon as the flush has ended', async () => {
    await comesOnceMore(statusOf('c-1'))
    expect(aws.completed).toEqual(['CONTINUE'])
    expect(aws.calls).not.toContain('describeScalingActivities')
  })
})
