import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from '@jest/globals'
import { conformance, refusal } from './conformance.ts'

const on = conformance()
const put = (Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  on.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))
const head = (Bucket: string, Key: string) => refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key })))

/** From now on nobody may do this with what is named; the names are keys, or nothing for the bucket itself. */
async function deny(Bucket: string, Action: string, ...keys: readonly string[]): Promise<void> {
  const Resource = (keys.length > 0 ? keys : ['']).map((key) => `arn:aws:s3:::${Bucket}${key && `/${key}`}`)
  const Statement = [{ Effect: 'Deny', Principal: '*', Action, Resource }]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await on.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
}

describe('a key', () => {
  it('with dots between its slashes is what it says, and no way into another bucket', async () => {
    const [Bucket, other] = [await on.bucket(), await on.bucket()]
    const keys = ['a/../b', 'a/./b', './c', '/d//e', 'back\\slash', 'x/y/../../z']
    for (const key of keys) await put(Bucket, key)
    const { Contents = [] } = await on.s3.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents.map(({ Key }) => Key).sort()).toEqual([...keys].sort())
    for (const key of keys) expect(await head(Bucket, key)).toBe('no error')
    expect(await head(Bucket, 'b')).toBe('404 NotFound')
    expect(await refusal(put(Bucket, `../${other}/stray`))).toBe('400 InvalidURI')
    expect(await refusal(put(Bucket, 'a/../../b'))).toBe('400 InvalidURI')
    expect(await refusal(put(Bucket, './../b'))).toBe('400 InvalidURI')
    expect((await on.s3.send(new ListObjectsV2Command({ Bucket: other }))).KeyCount).toBe(0)
  })
})

describe('a policy', () => {
  it('that forbids the listing hides which keys are missing', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'there')
    await deny(Bucket, 's3:ListBucket')
    expect(await head(Bucket, 'there')).toBe('no error')
    expect(await head(Bucket, 'missing')).toBe('403 Unknown')
    const get = on.s3.send(new GetObjectCommand({ Bucket, Key: 'missing' }))
    expect(await refusal(get)).toBe('403 AccessDenied')
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/missing` })
    expect(await refusal(on.s3.send(copy))).toBe('403 AccessDenied')
  })

  it('that forbids reading forbids copying out, whole or in parts', async () => {
    const [Bucket, target] = [await on.bucket(), await on.bucket()]
    await put(Bucket, 'secret')
    await put(Bucket, 'open')
    await deny(Bucket, 's3:GetObject', 'secret')
    const copy = (key: string) =>
      refusal(
        on.s3.send(new CopyObjectCommand({ Bucket: target, Key: 'copy', CopySource: `${Bucket}/${key}` })),
      )
    expect(await copy('secret')).toBe('403 AccessDenied')
    expect(await copy('open')).toBe('no error')
    const place = { Bucket: target, Key: 'parts' }
    const { UploadId } = await on.s3.send(new CreateMultipartUploadCommand(place))
    const CopySource = `${Bucket}/secret`
    const part = on.s3.send(new UploadPartCopyCommand({ ...place, UploadId, PartNumber: 1, CopySource }))
    expect(await refusal(part)).toBe('403 AccessDenied')
  })

  it('is asked for each key of a list that is deleted, and the others go', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'kept')
    await put(Bucket, 'goes')
    await deny(Bucket, 's3:DeleteObject', 'kept')
    const Objects = [{ Key: 'kept' }, { Key: 'goes' }]
    const { Deleted, Errors } = await on.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted).toEqual([{ Key: 'goes' }])
    expect(Errors).toMatchObject([{ Key: 'kept', Code: 'AccessDenied' }])
    expect([await head(Bucket, 'kept'), await head(Bucket, 'goes')]).toEqual(['no error', '404 NotFound'])
    const quiet = on.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    expect(await quiet).toMatchObject({ Errors: [{ Key: 'kept' }] })
  })

  it('tells a version from the newest', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'a')
    await deny(Bucket, 's3:GetObjectVersion', 'a')
    const get = (more: object) => refusal(on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', ...more })))
    expect(await get({})).toBe('no error')
    expect(await get({ VersionId: 'null' })).toBe('403 AccessDenied')
  })

  it('that forbids reading forbids to write or delete what is known by its ETag', async () => {
    const Bucket = await on.bucket()
    const { ETag } = await put(Bucket, 'a')
    await deny(Bucket, 's3:GetObject', 'a')
    expect(await refusal(put(Bucket, 'a', { IfMatch: ETag }))).toBe('403 AccessDenied')
    const remove = (IfMatch?: string) =>
      refusal(on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch })))
    expect(await remove(ETag)).toBe('403 AccessDenied')
    expect(await remove('*')).toBe('no error')
  })
})

describe('deleting under a condition', () => {
  it('leaves what is another object by now, alone or in a list', async () => {
    const Bucket = await on.bucket()
    const { ETag } = await put(Bucket, 'a')
    await put(Bucket, 'b', { Body: 'changed' })
    const alone = on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'b', IfMatch: ETag }))
    expect(await refusal(alone)).toBe('412 PreconditionFailed')
    const Objects = [
      { Key: 'a', ETag },
      { Key: 'b', ETag },
    ]
    const { Deleted, Errors } = await on.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted).toEqual([{ Key: 'a' }])
    expect(Errors).toMatchObject([{ Key: 'b', Code: 'PreconditionFailed' }])
    expect(await head(Bucket, 'b')).toBe('no error')
  })

  it('deletes nothing of a list that is not well-formed', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'a')
    const Objects = [{ Key: 'a' }, { Key: '' }]
    const remove = on.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(await refusal(remove)).toBe('400 MalformedXML')
    expect(await head(Bucket, 'a')).toBe('no error')
  })
})

describe('a write where nothing may be', () => {
  it('is a conflict, to be tried again, where what was there went meanwhile', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'a')
    const { hostname, port } = new URL(on.endpoint)
    const slow = connect(Number(port), hostname)
    const asked = { 'if-none-match': '*', 'content-length': '1', connection: 'close', expect: '100-continue' }
    slow.write(await on.head('PUT', `/${Bucket}/a`, asked))
    // S3 waits for the body now.
    await once(slow, 'data')
    await on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    slow.end('x')
    expect(await text(slow)).toMatch(/^HTTP\/1.1 409 [\s\S]*<Code>ConditionalRequestConflict</)
    expect(await refusal(put(Bucket, 'a', { IfNoneMatch: '*' }))).toBe('no error')
  })
})

describe('what a bucket does not have unless it is asked for', () => {
  it.each([
    [{ ACL: 'public-read' as const }, '400 AccessControlListNotSupported'],
    [{ GrantRead: 'id=1' }, '400 AccessControlListNotSupported'],
    [{ ACL: 'bucket-owner-full-control' as const }, 'no error'],
    [{ ObjectLockMode: 'GOVERNANCE' as const }, '400 InvalidRequest'],
    [{ StorageClass: 'FROZEN' as 'GLACIER' }, '400 InvalidStorageClass'],
    [{ ExpectedBucketOwner: 'me' }, '400 InvalidBucketOwnerAWSAccountID'],
  ])('is refused: %j', async (more, code) => {
    const Bucket = await on.bucket()
    expect(await refusal(put(Bucket, 'a', more))).toBe(code)
    expect(await head(Bucket, 'a')).toBe(code === 'no error' ? 'no error' : '404 NotFound')
  })

  it('is bytes of an object in cold storage', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'cold', { StorageClass: 'GLACIER' })
    expect(await head(Bucket, 'cold')).toBe('no error')
    const get = on.s3.send(new GetObjectCommand({ Bucket, Key: 'cold' }))
    expect(await refusal(get)).toBe('403 InvalidObjectState')
    const copy = new CopyObjectCommand({ Bucket, Key: 'warm', CopySource: `${Bucket}/cold` })
    expect(await refusal(on.s3.send(copy))).toBe('403 InvalidObjectState')
  })
})

describe('a copy', () => {
  it('has a storage class of its own', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'rare', { StorageClass: 'STANDARD_IA', ContentType: 'text/plain' })
    const copied = async (more: object) => {
      await on.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/rare`, ...more }))
      const { StorageClass, ContentType } = await on.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))
      return { StorageClass, ContentType }
    }
    expect(await copied({})).toEqual({ ContentType: 'text/plain' })
    const own = { StorageClass: 'GLACIER_IR', ContentType: 'text/plain' }
    expect(await copied({ StorageClass: 'GLACIER_IR' })).toEqual(own)
  })

  it('is of a version that is an object, and of a range that the source has', async () => {
    const Bucket = await on.bucket()
    const Status = 'Enabled'
    await on.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
    const { VersionId: first } = await put(Bucket, 'a', { Body: 'abc' })
    const { VersionId: marker } = await on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    const copy = (version = '') =>
      refusal(on.s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a${version}` })))
    expect(await copy()).toBe('404 NoSuchKey')
    expect(await copy(`?versionId=${marker}`)).toBe('400 InvalidRequest')
    expect(await copy('?versionId=unknown')).toBe('400 InvalidArgument')
    expect(await copy(`?versionId=${first}`)).toBe('no error')
    const place = { Bucket, Key: 'parts', PartNumber: 1, CopySource: `${Bucket}/b` }
    const { UploadId } = await on.s3.send(new CreateMultipartUploadCommand(place))
    const part = (CopySourceRange: string) =>
      refusal(on.s3.send(new UploadPartCopyCommand({ ...place, UploadId, CopySourceRange })))
    expect(await part('bytes=0-3')).toBe('400 InvalidArgument')
    expect(await part('bytes=2-1')).toBe('400 InvalidArgument')
    expect(await part('bytes=1-')).toBe('400 InvalidArgument')
    expect(await part('bytes=1-2')).toBe('no error')
  })
})

describe('a multipart upload', () => {
  it('with checksums has parts without a gap, from the first', async () => {
    const place = { Bucket: await on.bucket(), Key: 'large' }
    const ChecksumAlgorithm = 'SHA256'
    const { UploadId } = await on.s3.send(new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm }))
    const Body = Buffer.alloc(5 * 1024 * 1024)
    const part = async (PartNumber: number) => {
      const sent = { ...place, UploadId, PartNumber, Body, ChecksumAlgorithm } as const
      const { ETag, ChecksumSHA256 } = await on.s3.send(new UploadPartCommand(sent))
      return { PartNumber, ETag, ChecksumSHA256 }
    }
    const [one, two, three] = [await part(1), await part(2), await part(3)]
    const complete = (...Parts: object[]) =>
      refusal(
        on.s3.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } })),
      )
    expect(await complete(one, three)).toBe('400 InvalidPartOrder')
    expect(await complete(two, three)).toBe('400 InvalidPartOrder')
    expect(await complete(one, two)).toBe('no error')
  })

  it('under a key of KMS needs the key for each part, and for the end', async () => {
    const place = { Bucket: await on.bucket(), Key: 'large' }
    const key = on.storage.keys.create()
    const ServerSideEncryption = 'aws:kms'
    const { UploadId } = await on.s3.send(
      new CreateMultipartUploadCommand({ ...place, ServerSideEncryption, SSEKMSKeyId: key.id }),
    )
    const part = () => on.s3.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: 'x' }))
    const { ETag } = await part()
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    const complete = () =>
      refusal(on.s3.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload })))
    key.isEnabled = false
    expect(await refusal(part())).toBe('400 KMS.DisabledException')
    expect(await complete()).toBe('400 KMS.DisabledException')
    const { Bucket } = place
    await put(Bucket, 'source')
    const copied = { ...place, UploadId, PartNumber: 1, CopySource: `${Bucket}/source` }
    expect(await refusal(on.s3.send(new UploadPartCopyCommand(copied)))).toBe('400 KMS.DisabledException')
    key.isEnabled = true
    expect(await complete()).toBe('no error')
  })

  it('knows no key of another Region or account', async () => {
    const Bucket = await on.bucket()
    const { arn, id } = on.storage.keys.create()
    const under = (SSEKMSKeyId: string) =>
      refusal(put(Bucket, 'a', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId }))
    expect(await under(arn)).toBe('no error')
    expect(await under(arn.replace('eu-west-1', 'us-east-1'))).toBe('400 KMS.NotFoundException')
    expect(await under(arn.replace('000000000000', '111122223333'))).toBe('400 KMS.NotFoundException')
    expect(await under(id)).toBe('no error')
  })
})

describe('a version', () => {
  it('that can be none is refused, of a read and of a deletion', async () => {
    const Bucket = await on.bucket()
    await put(Bucket, 'a')
    const get = on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId: 'unknown' }))
    expect(await refusal(get)).toBe('400 InvalidArgument')
    const remove = on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: 'unknown' }))
    expect(await refusal(remove)).toBe('400 InvalidArgument')
    const never = on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId: 'v'.repeat(32) }))
    expect(await refusal(never)).toBe('404 NoSuchVersion')
  })
})
