import { createHash } from 'node:crypto'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from '@jest/globals'
import { conformance, refusal } from './conformance.ts'

const on = conformance()
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

describe('a bucket', () => {
  it('is made once, in the Region of its endpoint, under a name that may be one', async () => {
    const Bucket = await on.bucket()
    const create = (name: string, LocationConstraint?: 'eu-west-1' | 'us-west-2') =>
      refusal(
        on.s3.send(
          new CreateBucketCommand({
            Bucket: name,
            ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }),
          }),
        ),
      )
    expect(await create(Bucket, 'eu-west-1')).toBe('409 BucketAlreadyOwnedByYou')
    expect(await create('elsewhere', 'us-west-2')).toBe('400 IllegalLocationConstraintException')
    // The SDK says the Region by itself; a request that does not is refused.
    expect((await on.raw('PUT', '/nowhere')).status).toBe(400)
    expect(await create('Capital', 'eu-west-1')).toBe('400 InvalidBucketName')
    const { Buckets } = await on.s3.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket)
  })

  it('is deleted only when it is empty', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    expect(await refusal(on.s3.send(new DeleteBucketCommand({ Bucket })))).toBe('409 BucketNotEmpty')
    await on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    await on.s3.send(new DeleteBucketCommand({ Bucket }))
    expect(await refusal(on.s3.send(new HeadBucketCommand({ Bucket })))).toBe('404 NotFound')
  })

  it('in another Region sends there, or finds the signature wrong', async () => {
    const Bucket = await on.bucket()
    const from = (region: string) => refusal(on.client({ region }).send(new ListObjectsV2Command({ Bucket })))
    expect(await from('us-west-2')).toBe('301 PermanentRedirect')
    expect(await from('us-east-1')).toBe('400 AuthorizationHeaderMalformed')
  })

  it('of another account is nobody’s to use', async () => {
    const Bucket = await on.bucket()
    const put = (ExpectedBucketOwner: string) =>
      refusal(on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ExpectedBucketOwner })))
    expect(await put('111122223333')).toBe('403 AccessDenied')
    expect(await put('000000000000')).toBe('no error')
  })

  it('whose policy demands encryption refuses what comes without', async () => {
    const Bucket = await on.bucket()
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
        },
      ],
    })
    expect(await refusal(on.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{' })))).toBe(
      '400 MalformedPolicy',
    )
    await on.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    expect((await on.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy)
    const put = (more: object) =>
      refusal(on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ...more })))
    expect(await put({})).toBe('403 AccessDenied')
    expect(await put({ ServerSideEncryption: 'AES256' })).toBe('403 AccessDenied')
    expect(await put({ ServerSideEncryption: 'aws:kms' })).toBe('no error')
    expect(await refusal(on.s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('no error')
  })

  it('answers what it does not have with that, and not with something else', async () => {
    const Bucket = await on.bucket()
    expect((await on.raw('GET', `/${Bucket}?acl`)).status).toBe(501)
    expect((await on.raw('PUT', `/${Bucket}/a?tagging`, {}, '<Tagging/>')).status).toBe(501)
  })
})

describe('an object under a key of KMS', () => {
  it('has an ETag that is no MD5, and is copied out of it with one', async () => {
    const Bucket = await on.bucket()
    const put = await on.s3.send(
      new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ServerSideEncryption: 'aws:kms' }),
    )
    expect(put.ServerSideEncryption).toBe('aws:kms')
    expect(put.SSEKMSKeyId).toMatch(/^arn:aws:kms:eu-west-1:000000000000:key\//)
    expect(put.ETag).toMatch(/^"[0-9a-f]{32}"$/)
    expect(put.ETag).not.toBe(`"${md5('x')}"`)
    const { CopyObjectResult } = await on.s3.send(
      new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a`, ServerSideEncryption: 'AES256' }),
    )
    expect(CopyObjectResult?.ETag).toBe(`"${md5('x')}"`)
  })

  it('cannot be written or read where the key is disabled, denied or not there', async () => {
    const Bucket = await on.bucket()
    const key = on.storage.keys.create()
    const put = (SSEKMSKeyId: string) =>
      refusal(
        on.s3.send(
          new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId }),
        ),
      )
    const get = () => refusal(on.s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))
    const unsaid = new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', SSEKMSKeyId: key.id })
    expect(await refusal(on.s3.send(unsaid))).toBe('400 InvalidArgument')
    expect(await put('no-such-key')).toBe('400 KMS.NotFoundException')
    expect(await put(key.id)).toBe('no error')
    key.isEnabled = false
    expect(await put(key.arn)).toBe('400 KMS.DisabledException')
    expect(await get()).toBe('400 KMS.DisabledException')
    expect(await refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key: 'a' })))).toBe('no error')
    expect(
      await refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }))),
    ).not.toBe('no error')
    key.isEnabled = true
    const denied = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }
    const policy = JSON.parse(key.policy)
    key.policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, denied] })
    expect(await put(key.arn)).toBe('no error')
    expect(await get()).toBe('403 AccessDenied')
  })

  it('is so by the bucket’s default', async () => {
    const Bucket = await on.bucket()
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }]
    await on.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }))
    const put = await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    expect(put.ServerSideEncryption).toBe('aws:kms')
  })
})

describe('a bucket without versions', () => {
  it('has one of each key, however often it is put', async () => {
    const Bucket = await on.bucket()
    for (const Body of ['1', '22']) await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body }))
    const { Versions } = await on.s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions).toMatchObject([{ Key: 'a', VersionId: 'null', Size: 2, IsLatest: true }])
  })
})

describe('a bucket with versions', () => {
  it('keeps all of them, hides behind a marker, and gives back what the marker hid', async () => {
    const Bucket = await on.bucket()
    const Key = 'a'
    await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'before' }))
    const set = (Status: 'Enabled' | 'Suspended') =>
      on.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
    await set('Enabled')
    const { VersionId: first } = await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: '1' }))
    const { VersionId: second } = await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: '22' }))
    expect(new Set([first, second, undefined]).size).toBe(3)
    const { VersionId: marker, DeleteMarker } = await on.s3.send(new DeleteObjectCommand({ Bucket, Key }))
    expect(DeleteMarker).toBe(true)
    const get = (VersionId?: string) => refusal(on.s3.send(new GetObjectCommand({ Bucket, Key, VersionId })))
    expect(await get()).toBe('404 NoSuchKey')
    expect(await get(marker)).toBe('405 MethodNotAllowed')
    expect(await get('unknown'.padEnd(32, '0'))).toBe('404 NoSuchVersion')
    expect((await on.s3.send(new HeadObjectCommand({ Bucket, Key, VersionId: first }))).ContentLength).toBe(1)
    expect((await on.s3.send(new HeadObjectCommand({ Bucket, Key, VersionId: 'null' }))).ContentLength).toBe(
      6,
    )
    expect((await on.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
    const seen: (string | undefined)[] = []
    let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {}
    while (next !== undefined) {
      const page: ListObjectVersionsCommandOutput = await on.s3.send(
        new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...next }),
      )
      seen.push(
        ...[...(page.DeleteMarkers ?? []), ...(page.Versions ?? [])].map(({ VersionId }) => VersionId),
      )
      next = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined
    }
    expect(seen).toEqual([marker, second, first, 'null'])
    await on.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker }))
    expect((await on.s3.send(new HeadObjectCommand({ Bucket, Key }))).VersionId).toBe(second)
    await set('Suspended')
    await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'after' }))
    expect(await on.s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      VersionId: 'null',
      ContentLength: 5,
    })
  })
})
