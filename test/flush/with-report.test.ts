/** Which report of a flush is believed. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { GetCommandInvocationResult } from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import { listInvocations } from '../../src/flush/commands.ts'
import { withReport } from '../../src/flush/with-report.ts'
import { awsError, OneInstance } from '../one-instance.ts'
import { action, policy, START } from '../termination/observations.ts'

const KEY = `${policy.archive.manifestPrefix}${action.instanceId}/1.gz`
const packed = (instanceId: string) => {
  const records = [`manifest\t2\t${instanceId}\ttermination\t0`, 'end\t1']
  return gzipSync(records.map((record) => `${record}\0`).join(''))
}
const inline = (gzip: Uint8Array) =>
  `termination-guard manifest 2 ${Buffer.from(gzip).toString('base64')} end`
const inS3 = (gzip: Uint8Array, key = KEY) =>
  `termination-guard manifest-at 2 ${key} ${createHash('sha256').update(gzip).digest('hex')} end`

/** What is read of a flush that printed this, where S3 has these bytes under the key and SSM has this when it is asked for all of it. */
async function reportOf(output: string, object?: Uint8Array, whole: GetCommandInvocationResult = {}) {
  const aws = new OneInstance()
  const command = { CommandId: 'c', InstanceId: action.instanceId, Status: 'Success' as const }
  aws.guard.aws.listCommandInvocations = async () => ({
    CommandInvocations: [{ ...command, CommandPlugins: [{ Output: output }] }],
  })
  aws.guard.aws.getObject = async ({ Key }) => {
    if (Key !== KEY || !object) throw awsError('NoSuchKey', 'no')
    return {
      Body: (async function* () {
        yield object
      })(),
    }
  }
  aws.guard.aws.getCommandInvocation = async () => whole
  const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  if (!found) throw new Error('it is not listed')
  return (await withReport(aws.guard.aws, policy, found, action.instanceId)).report
}

const own = packed(action.instanceId)
const others = packed('i-ffffffffffffffff0')

it.each([
  ['printed', inline(own), undefined],
  ['put into S3', inS3(own), own],
])('a manifest that the flush has %s is believed', async (_where, output, object) => {
  expect(await reportOf(output, object)).toMatchObject({ kind: 'manifest' })
})

it.each([
  ['of another instance', inline(others), undefined, 'is of another instance, i-ffffffffffffffff0'],
  ['in S3 that is of another instance', inS3(others), others, 'is of another instance'],
  ['in S3 that is another than was put there', inS3(own), others, 'is not the one that the flush wrote'],
  ['in S3 that is not there', inS3(own), undefined, 'is not in S3'],
  [
    'that is said to be elsewhere',
    inS3(own, `${KEY}/../x`.replace(action.instanceId, 'i-0')),
    own,
    'is said',
  ],
])('one %s is not', async (_what, output, object, why) => {
  expect(await reportOf(output, object)).toMatchObject({
    kind: 'unreadable',
    why: expect.stringContaining(why),
  })
})

it('one that is larger than any could be is not read to its end', async () => {
  let read = 0
  const endless = new Uint8Array(1024 * 1024)
  const aws = new OneInstance()
  const command = { CommandId: 'c', InstanceId: action.instanceId, Status: 'Success' as const }
  aws.guard.aws.listCommandInvocations = async () => ({
    CommandInvocations: [{ ...command, CommandPlugins: [{ Output: inS3(endless) }] }],
  })
  aws.guard.aws.getObject = async () => ({
    Body: (async function* () {
      for (; read < 100; read++) yield endless
    })(),
  })
  const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  if (!found) throw new Error('it is not listed')
  const { report } = await withReport(aws.guard.aws, policy, found, action.instanceId)
  expect(report).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('is larger than') })
  expect(read).toBe(16)
})

it('the name of such an instance, which another may have written, has an end', async () => {
  const endless = packed('i-0'.repeat(1_000_000))
  const report = await reportOf(inS3(endless), endless)
  expect(report).toMatchObject({ why: expect.stringMatching(/^the manifest is of another instance, i-0i-0/) })
  expect(JSON.stringify(report).length).toBeLessThan(1000)
})

describe('the whole output of a flush, of which the listing has only the beginning,', () => {
  const report = (of: GetCommandInvocationResult, listed = '--output truncated--') =>
    reportOf(listed, undefined, { ...of, StandardOutputContent: inline(own) })
  it('is believed where SSM answers for it', async () => {
    expect(await report({ CommandId: 'c', InstanceId: action.instanceId })).toMatchObject({
      kind: 'manifest',
    })
  })
  it.each([
    ['in the middle of the manifest', inline(own).slice(0, 40)],
    ['before it', 'a word of the publisher’s'],
    ['before anything', ''],
  ])('is asked for where the listing ends %s, and does not say that it was cut', async (_where, listed) => {
    expect(await report({}, listed)).toMatchObject({ kind: 'manifest' })
  })
  it.each([
    ['command', { CommandId: 'another', InstanceId: action.instanceId }],
    ['instance', { CommandId: 'c', InstanceId: 'i-ffffffffffffffff0' }],
  ])('is not where it answers for another %s', async (_what, answer) => {
    expect(await report(answer)).toMatchObject({ why: expect.stringContaining('SSM answered for') })
  })
})
