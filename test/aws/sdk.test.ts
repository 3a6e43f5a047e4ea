/** What really goes to AWS: the SDK's clients against a server that only listens. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect } from '../../src/aws/sdk.ts'

const OWNER = '111122223333'
const credentials = { accessKeyId: 'GUARD', secretAccessKey: 'local' }
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
    expect(owners).toEqual([bucketOwner, bucketOwner, bucketOwner])
  }
})
