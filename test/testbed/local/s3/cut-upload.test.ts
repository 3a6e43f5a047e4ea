import { createHash } from 'node:crypto'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from '@jest/globals'
import { afterwards, localAws } from '../local-aws.ts'

it('keeps half of what a caller puts, and tells the truth about what it has', async () => {
  const { aws } = await localAws({ cutsUploadsOf: (caller) => caller === 'INSTANCE' })
  await aws.createBucket('logs')
  const clientOf = (caller: string) => {
    const credentials = aws.credentials(caller)
    const client = new S3Client({
      endpoint: aws.endpoints.s3,
      region: aws.region,
      credentials,
      forcePathStyle: true,
    })
    afterwards(() => client.destroy())
    return client
  }
  const Body = 'one line\n'.repeat(5000)
  const put = async (caller: string) => {
    const client = clientOf(caller)
    const Key = `of-${caller}`
    const object = { Bucket: 'logs', Key }
    // With the digests of the whole: what is cut later is not found by them.
    const ContentMD5 = createHash('md5').update(Body).digest('base64')
    await client.send(new PutObjectCommand({ ...object, Body, ContentMD5, ChecksumAlgorithm: 'SHA256' }))
    const head = await client.send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }))
    const { Body: stored } = await client.send(new GetObjectCommand(object))
    return { head, stored: (await stored?.transformToString()) ?? '' }
  }
  expect((await put('OPERATOR')).stored).toBe(Body)
  const { head, stored } = await put('INSTANCE')
  expect(stored).toBe(Body.slice(0, Body.length / 2))
  expect(head).toMatchObject({
    ContentLength: Body.length / 2,
    ETag: `"${createHash('md5').update(stored).digest('hex')}"`,
    ChecksumSHA256: createHash('sha256').update(stored).digest('base64'),
  })
})
