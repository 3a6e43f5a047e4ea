/** One good end as production code makes it, from `consume` down: asked for, flushed, proven, and seen once more; its disk was marked before. */
import type { SQSRecord } from 'aws-lambda'
import type { AwsApi } from '../../src/aws/api.ts'
import type { Policy } from '../../src/policy.ts'
import { consume } from '../../src/termination/consume.ts'
import { KEEP, markOf } from '../../src/termination/disk-mark.ts'
import { KEY, manifestLine, OneInstance, ROOT_VOLUME } from '../one-instance.ts'
import { notification, statusOf } from './messages.ts'
import { action, file, START } from './observations.ts'

/** What each call takes, in virtual time. */
export const CALL_MS = 50

export async function goodEnd(flushSeconds: number, policy?: Policy): Promise<OneInstance> {
  const world = new OneInstance()
  if (policy) world.guard = { ...world.guard, policy }
  world.machineTags = markOf(world.guard.policy.hookName, { ...action, volumeId: ROOT_VOLUME, fate: KEEP })
  await wake(world, notification, 'm-1')
  world.now += flushSeconds * 1000
  world.flushEnds(manifestLine([file]))
  world.objects.set(KEY, { size: file.size, etag: file.md5 })
  await wake(world, statusOf('c-1'), 'm-2')
  if (world.completed.join() !== 'CONTINUE') throw new Error('the action did not end well')
  await wake(world, notification, 'm-1')
  return world
}

export async function wake(world: OneInstance, body: object, messageId: string): Promise<void> {
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(START) }
  const record = { messageId, receiptHandle: messageId, body: JSON.stringify(body), attributes }
  const aws = taking(CALL_MS, world)
  await consume({ ...world.guard, aws }, [record as SQSRecord], () => 60_000)
}

/** The same AWS, each of whose calls takes its time. */
function taking(ms: number, world: OneInstance): AwsApi {
  return new Proxy(world.guard.aws, {
    get: (target, operation: keyof AwsApi) => async (input: never) => {
      const answer = await target[operation](input)
      world.now += ms
      return answer
    },
  })
}
