import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { parseReceipt, receiptKey } from '../../src/archive/receipt.ts'
import { isLoud } from '../../src/journal/journal.ts'
import type { LifecycleAction } from '../../src/model.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { receiptOf } from '../../src/termination/write-receipt.ts'
import { awsError, KEY, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, file, flush, MINUTE, policy, START, seen } from './observations.ts'

let aws: OneInstance
const pass = (about: LifecycleAction = action) => reconcile(aws.guard, about)
const receipts = () => [...aws.receipts].map(([key, text]) => ({ key, receipt: parseReceipt(text) }))
const key = `termination-guard/receipts/${action.instanceId}/${action.token}.json`

beforeEach(async () => {
  aws = new OneInstance()
  await pass()
  aws.now += MINUTE
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
})

it('a good end has a receipt: who, when, what was decided, and each object with its digests', async () => {
  await pass()
  expect(receipts()).toEqual([
    {
      key,
      receipt: {
        receipt: 1,
        guard: { deployment: policy.hookName, version: policy.guardVersion },
        instanceId: action.instanceId,
        groupName: action.groupName,
        hookName: action.hookName,
        token: action.token,
        startedAt: new Date(START).toISOString(),
        provenAt: new Date(aws.now).toISOString(),
        decision: { do: 'continue', outcome: 'archived', reason: expect.any(String) },
        flushes: [
          {
            commandId: 'c-1',
            requestedAt: expect.any(String),
            endedAt: expect.any(String),
            manifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
        ],
        bucket: policy.archive.bucket,
        files: [
          {
            ...{ path: file.path, size: file.size, md5: file.md5, sha256: file.sha256 },
            modifiedAt: new Date(START).toISOString(),
            object: { key: KEY, etag: file.md5, lastModified: new Date(aws.now).toISOString() },
          },
        ],
      },
    },
  ])
})

it('it is written before CONTINUE: a function that is killed in between writes it in the next pass, or finds it', async () => {
  await pass()
  const made = aws.calls.filter((call) => call === 'putObject' || call === 'completeLifecycleAction')
  expect(made).toEqual(['putObject', 'completeLifecycleAction'])
})

it('the first one counts', async () => {
  aws.receipts.set(key, 'the first')
  expect(await pass()).toMatchObject({ over: true })
  expect(aws.receipts.get(key)).toBe('the first')
  expect(aws.journal).toEqual([])
})

it.each([
  ['denied', awsError('AccessDenied', 'no')],
  ['throttled', awsError('SlowDown', 'Please reduce your request rate.')],
  ['lost on the way', Object.assign(new Error('socket hang up'), { name: 'Error' })],
])('where it is %s the machine goes all the same, and that is told loudly', async (_, failure) => {
  aws.failing.set('putObject', failure)
  expect(await pass()).toMatchObject({ over: true, decision: { do: 'continue', outcome: 'archived' } })
  expect(aws.completed).toEqual(['CONTINUE'])
  expect(aws.journal).toMatchObject([
    { event: 'receipt-failed', instanceId: action.instanceId, token: action.token },
  ])
  expect(aws.journal.every(isLoud)).toBe(true)
})

it('where it hangs the machine goes after seconds', async () => {
  jest.useFakeTimers()
  try {
    aws.guard.aws.putObject = () => new Promise(() => {})
    const passing = pass()
    await jest.advanceTimersByTimeAsync(5000)
    expect(await passing).toMatchObject({ over: true })
    expect(aws.completed).toEqual(['CONTINUE'])
    expect(aws.journal).toMatchObject([{ event: 'receipt-failed', error: 'TimeoutError' }])
  } finally {
    jest.useRealTimers()
  }
})

it('an empty end has one that names no file', async () => {
  aws.flushEnds(manifestLine([]))
  expect(await pass()).toMatchObject({ decision: { outcome: 'empty' } })
  expect(receipts()).toMatchObject([{ receipt: { decision: { outcome: 'empty' }, files: [] } }])
})

it('an adopted action is named by when it began', async () => {
  aws = new OneInstance()
  aws.activities = [terminating]
  const adopted = { ...action, token: undefined }
  await pass(adopted)
  aws.flushEnds(manifestLine([]))
  await pass(adopted)
  expect(receipts()).toMatchObject([
    { key: expect.stringContaining('/adopted-2026-01-02T03-04-05.000Z.json'), receipt: { token: null } },
  ])
})

it.each([
  ['', {}],
  ['AES256', { ServerSideEncryption: 'AES256' }],
  ['aws:kms', { ServerSideEncryption: 'aws:kms' }],
  [
    'aws:kms:arn:aws:kms:eu-west-1:111122223333:key/k',
    { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k' },
  ],
])('is encrypted as uploads are, since a bucket may refuse what is not: %j', async (encryption, asked) => {
  const puts: object[] = []
  aws.guard.aws.putObject = async (input) => void puts.push(input)
  const archive = { ...policy.archive, encryption }
  await reconcile({ ...aws.guard, policy: { ...policy, archive } }, action)
  expect(puts).toHaveLength(1)
  const { ServerSideEncryption, SSEKMSKeyId } = puts[0] as Record<string, unknown>
  expect({ ServerSideEncryption, SSEKMSKeyId }).toEqual(asked)
})

it('names the version of each object of which S3 told it', async () => {
  aws.objects.set(KEY, { size: file.size, etag: 'not-an-md5-2' })
  aws.guard.aws.headObject = async () => ({
    ChecksumSHA256: Buffer.from(file.sha256, 'hex').toString('base64'),
    VersionId: 'v-7',
  })
  await pass()
  expect(receipts()).toMatchObject([{ receipt: { files: [{ object: { key: KEY, versionId: 'v-7' } }] } }])
})

it('names the version that was read, where the one that S3 told of was overwritten in between', async () => {
  const bytes = Buffer.from('twelve bytes')
  aws.flushEnds(manifestLine([{ ...file, sha256: createHash('sha256').update(bytes).digest('hex') }]))
  aws.objects.set(KEY, { size: file.size, etag: 'not-an-md5-2' })
  aws.guard.aws.headObject = async () => ({ VersionId: 'v-7' })
  aws.guard.aws.getObject = async () => ({
    Body: (async function* () {
      yield bytes
    })(),
    VersionId: 'v-8',
  })
  await pass()
  expect(receipts()).toMatchObject([{ receipt: { files: [{ object: { key: KEY, versionId: 'v-8' } }] } }])
})

it('names every flush that told what was there, also one beside the action’s own', () => {
  const told = seen({ flushes: [flush({ commandId: 'c-2' })], flushedBeside: [flush({ commandId: 'c-1' })] })
  const receipt = receiptOf(told, { do: 'continue', outcome: 'archived', reason: 'all is there' }, policy)
  expect(receipt.flushes.map(({ commandId }) => commandId)).toEqual(['c-2', 'c-1'])
})

describe('no other end has one', () => {
  it('lost', async () => {
    aws.objects.clear()
    aws.machine = 'terminated'
    expect(await pass()).toMatchObject({ decision: { do: 'continue', outcome: 'lost' } })
    expect(receipts()).toEqual([])
  })
  it('kept', async () => {
    aws.objects.clear()
    aws.now += 1000 * MINUTE
    expect(await pass()).toMatchObject({ decision: { do: 'abandon' } })
    expect(receipts()).toEqual([])
  })
})

it('a key holds no other path than its instance’s, whatever a token is made of', () => {
  const odd = { instanceId: action.instanceId, token: '../../x', startedAt: START }
  expect(receiptKey('r/', odd)).toBe(`r/${action.instanceId}/..%2F..%2Fx.json`)
})
