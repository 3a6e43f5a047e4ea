/** A disk that cannot be let go in time costs its machine seconds, and not its end. */
import { expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { readPolicy } from '../../src/policy.ts'
import { KEEP, markOf } from '../../src/termination/disk-mark.ts'
import { letDiskGo } from '../../src/termination/let-disk-go.ts'
import { HandTimers } from '../hand-timers.ts'
import { OneInstance, ROOT_VOLUME } from '../one-instance.ts'
import { action, environment } from './observations.ts'

const policy = readPolicy({ ...environment, RECOVER: 'clone,bin' })
const LIMIT_MS = 5000

it.each<[string, keyof AwsApi, number]>([
  ['EC2 does not tell of the machine', 'describeInstances', 0],
  ['EC2 tells late, and the tag is not answered', 'createTags', 4000],
])('where %s, it is given up after seconds, and told', async (_, hanging, spentMs) => {
  const aws = new OneInstance()
  const marked = new OneInstance()
  marked.machineTags = markOf(policy.hookName, { ...action, volumeId: ROOT_VOLUME, fate: KEEP })
  const time = new HandTimers(aws)
  aws.guard.aws.describeInstances = async (input) => {
    aws.now += spentMs
    return await marked.guard.aws.describeInstances(input)
  }
  aws.guard.aws[hanging] = (() => new Promise<never>(() => undefined)) as never
  let isOver = false
  void letDiskGo({ ...aws.guard, policy, clock: time.clock }, action).then(() => {
    isOver = true
  })
  await time.pass(LIMIT_MS - spentMs - 1)
  expect(isOver).toBe(false)
  await time.pass(1)
  expect(isOver).toBe(true)
  expect(aws.journal).toMatchObject([{ event: 'recovery-failed', rung: 'bin', error: 'TimeoutError' }])
})
