/** What really goes to AWS: the SDK's clients against a server that only listens. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { isPassing } from '../../src/aws/failures.ts'
import { connectInspection } from '../../src/aws/inspection-sdk.ts'
import { patience as patienceOf, toldWhileWaiting } from '../../src/aws/persons-calls.ts'
import { connect, SHARED } from '../../src/aws/sdk.ts'
import { LATEST_ATTEMPT_MS } from '../../src/aws/time-limit.ts'

const OWNER = '111122223333'
const credentials = { accessKeyId: 'GUARD', secretAccessKey: 'local' }
const silence = () => undefined
const patience = patienceOf(silence, toldWhileWaiting(silence), {})
const owners: unknown[] = []
let server: Server

beforeAll(async () => {
  server = createServer((request, response) => {
    owners.push(request.headers['x-amz-expected-bucket-owner'])
    const isListing = request.url?.includes('list-type')
    response.end(isListing ? '<ListBucketResult/>' : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  delete process.env.AWS_ENDPOINT_URL_S3
  server.close()
  server.closeAllConnections()
})

it('every call to S3 names the account that the bucket must belong to, where one is known', async () => {
  for (const bucketOwner of [OWNER, undefined]) {
    const aws = connect('eu-west-1', { credentials, bucketOwner })
    const object = { Bucket: 'logs', Key: 'x' }
    owners.length = 0
    await aws.listObjectsV2({ Bucket: 'logs' })
    await aws.headObject(object)
    for await (const _chunk of (await aws.getObject(object)).Body);
    await aws.putObject({ ...object, Body: 'receipt' })
    const inspection = connectInspection('eu-west-1', () => ({ ...patience(), credentials }), bucketOwner)
    const { Bucket } = object
    await inspection.getBucketVersioning({ Bucket })
    await inspection.getBucketEncryption({ Bucket })
    await inspection.getBucketLifecycleConfiguration({ Bucket })
    await inspection.listObjectVersions({ Bucket })
    await inspection.getBucketPolicy({ Bucket })
    await inspection.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    expect(owners).toEqual(Array.from({ length: 10 }, () => bucketOwner))
  }
})

it('a call that AWS accepts and does not answer fails by itself, as one that passes', async () => {
  // In the end it hangs up, so that a call that has no limit fails otherwise instead of hanging for ever.
  const silent = createServer(({ socket }) => setTimeout(() => socket.destroy(), 20_000).unref())
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const ssm = new SSMClient({ region: 'eu-west-1', credentials, endpoint, ...SHARED, maxAttempts: 1 })
  try {
    const error = await ssm.send(new ListCommandInvocationsCommand({})).then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(error).toMatchObject({ name: 'TimeoutError' })
    expect(isPassing(error)).toBe(true)
  } finally {
    ssm.destroy()
    silent.close()
    silent.closeAllConnections()
  }
}, 60_000)

it.each([
  ['is sent again for as long as a pass may take', LATEST_ATTEMPT_MS, 2],
  ['is not sent when a later invocation thaws it', LATEST_ATTEMPT_MS + 1, 1],
])('a call that waits for its next attempt %s', async (_what, laterMs, attempts) => {
  let [now, sent] = [0, 0]
  const busy = createServer((_request, response) => {
    sent++
    now = laterMs
    response.writeHead(sent === 1 ? 503 : 200).end()
  }).listen(0, '127.0.0.1')
  await once(busy, 'listening')
  process.env.AWS_ENDPOINT_URL_AUTO_SCALING = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`
  try {
    const aws = connect('eu-west-1', { credentials, clock: { now: () => now } })
    const names = { AutoScalingGroupName: 'web', LifecycleHookName: 'guard' }
    const error = await aws
      .completeLifecycleAction({ ...names, LifecycleActionResult: 'CONTINUE', InstanceId: 'i-0abc' })
      .then(
        () => undefined,
        (failure: unknown) => failure,
      )
    expect(sent).toBe(attempts)
    expect(error === undefined).toBe(attempts === 2)
    expect(isPassing(error)).toBe(true)
  } finally {
    delete process.env.AWS_ENDPOINT_URL_AUTO_SCALING
    busy.close()
    busy.closeAllConnections()
  }
})
