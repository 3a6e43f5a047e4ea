import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from '@jest/globals'
import { codeOf, conformance, refusal } from './conformance.ts'

const on = conformance()
const Key = 'large'
const large = Buffer.alloc(5 * 1024 * 1024, 'a large part ')
const last = Buffer.from('the end')
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()

async function begun(input: Partial<CreateMultipartUploadCommandInput> = {}) {
  const Bucket = await on.bucket()
  const { UploadId } = await on.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))
  const place = { Bucket, Key, UploadId }
  const part = async (PartNumber: number, Body: Buffer, more = {}) => {
    const answer = await on.s3.send(new UploadPartCommand({ ...place, PartNumber, Body, ...more }))
    const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = answer
    return {
      PartNumber,
      ETag,
      ChecksumCRC32,
      ChecksumCRC32C,
      ChecksumCRC64NVME,
      ChecksumSHA1,
      ChecksumSHA256,
    }
  }
  const complete = (Parts: object[], more = {}) =>
    on.s3.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts }, ...more }))
  const head = () => on.s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
  return { place, part, complete, head }
}

describe('a multipart upload', () => {
  it('is one object once it is complete, and none before', async () => {
    const { place, part, complete, head } = await begun({ ContentType: 'text/plain' })
    const second = await part(7, last)
    const first = await part(2, large)
    expect(await refusal(head())).toBe('404 NotFound')
    const listed = await on.s3.send(new ListPartsCommand({ ...place, MaxParts: 1 }))
    expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
    expect(listed.Parts).toMatchObject([{ PartNumber: 2, ETag: first.ETag, Size: large.length }])
    const rest = await on.s3.send(new ListPartsCommand({ ...place, PartNumberMarker: '2' }))
    expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 7 }] })
    const open = await on.s3.send(new ListMultipartUploadsCommand({ Bucket: place.Bucket }))
    expect(open.Uploads).toMatchObject([{ Key, UploadId: place.UploadId }])
    const done = await complete([first, second])
    const etag = `"${md5(Buffer.concat([md5(large), md5(last)])).toString('hex')}-2"`
    expect(done.ETag).toBe(etag)
    expect((await complete([first, second])).ETag).toBe(etag)
    expect(await head()).toMatchObject({
      ContentLength: large.length + last.length,
      ContentType: 'text/plain',
    })
    const got = await on.s3.send(new GetObjectCommand({ ...place, Range: `bytes=${large.length - 2}-` }))
    expect(await got.Body?.transformToString()).toBe(`${large.subarray(-2)}${last}`)
    const second_ = await on.s3.send(new GetObjectCommand({ ...place, PartNumber: 2 }))
    expect(second_.PartsCount).toBe(2)
    expect(await second_.Body?.transformToString()).toBe(String(last))
  })

  it('is refused in the wrong order, with small, unknown or changed parts, or with none', async () => {
    const { part, complete } = await begun()
    const one = await part(1, last)
    const two = await part(2, last)
    expect(await refusal(complete([two, one]))).toBe('400 InvalidPartOrder')
    expect(await refusal(complete([one, one]))).toBe('400 InvalidPartOrder')
    expect(await refusal(complete([one, two]))).toBe('400 EntityTooSmall')
    expect(await refusal(complete([one, { ...two, PartNumber: 3 }]))).toBe('400 InvalidPart')
    expect(await refusal(complete([{ ...one, ETag: '"x"' }]))).toBe('400 InvalidPart')
    expect(await refusal(complete([]))).toBe('400 MalformedXML')
    expect(await refusal(complete([one], { MpuObjectSize: 1 }))).toBe('400 InvalidRequest')
    await part(1, Buffer.from('another'))
    expect(await refusal(complete([one]))).toBe('400 InvalidPart')
    expect(await refusal(part(0, last))).toBe('400 InvalidArgument')
    expect(await refusal(part(10_001, last))).toBe('400 InvalidArgument')
  })

  it('that is completed twice is one object', async () => {
    const { place, part, complete } = await begun()
    const { Bucket } = place
    const Status = 'Enabled'
    await on.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
    const one = await part(1, last)
    const { VersionId } = await complete([one])
    expect(VersionId).toEqual(expect.any(String))
    expect((await complete([one])).VersionId).toBe(VersionId)
    const { Versions } = await on.s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions).toHaveLength(1)
  })

  it('is gone once it is given up', async () => {
    const { place, part, complete } = await begun()
    const one = await part(1, last)
    await on.s3.send(new AbortMultipartUploadCommand(place))
    expect(await refusal(part(2, last))).toBe('404 NoSuchUpload')
    expect(await refusal(complete([one]))).toBe('404 NoSuchUpload')
    expect(await refusal(on.s3.send(new ListPartsCommand(place)))).toBe('404 NoSuchUpload')
  })

  it('can take parts of other objects', async () => {
    const { place, part, complete, head } = await begun()
    await on.s3.send(new PutObjectCommand({ ...place, Key: 'source', Body: large }))
    const CopySource = `${place.Bucket}/source`
    const { CopyPartResult } = await on.s3.send(
      new UploadPartCopyCommand({ ...place, PartNumber: 1, CopySource }),
    )
    const two = await part(2, last)
    await complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }, two])
    expect((await head()).ContentLength).toBe(large.length + last.length)
  })

  it('is written under a condition as well', async () => {
    const { place, part, complete } = await begun()
    await on.s3.send(new PutObjectCommand({ ...place, Body: 'x' }))
    expect(await refusal(complete([await part(1, last)], { IfNoneMatch: '*' }))).toBe(
      '412 PreconditionFailed',
    )
  })
})

describe('the checksum of a multipart upload', () => {
  it.each([
    ['SHA256', undefined, 'COMPOSITE'],
    ['SHA1', 'COMPOSITE', 'COMPOSITE'],
    ['CRC32', undefined, 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['CRC64NVME', undefined, 'FULL_OBJECT'],
  ] as const)('of %s, asked for as %s, is %s', async (ChecksumAlgorithm, ChecksumType, type) => {
    const field = `Checksum${ChecksumAlgorithm}` as const
    const { place, part, complete, head } = await begun({
      ChecksumAlgorithm,
      ...(ChecksumType ? { ChecksumType } : {}),
    })
    const parts = [await part(1, large, { ChecksumAlgorithm }), await part(2, last, { ChecksumAlgorithm })]
    const done = await complete(parts)
    const whole = await on.s3.send(
      new PutObjectCommand({ ...place, Key: 'whole', Body: Buffer.concat([large, last]), ChecksumAlgorithm }),
    )
    expect(done.ChecksumType).toBe(type)
    if (type === 'FULL_OBJECT') expect(done[field]).toBe(whole[field])
    else expect(done[field]).toMatch(/-2$/)
    expect((await head())[field]).toBe(done[field])
  })

  it('is what the parts must come with, and what it is told must be true', async () => {
    const { place, part, complete } = await begun({ ChecksumAlgorithm: 'SHA256' })
    expect(await refusal(part(1, last, { ChecksumAlgorithm: 'CRC32' }))).toBe('400 InvalidRequest')
    const one = await part(1, last, { ChecksumAlgorithm: 'SHA256' })
    expect(await refusal(complete([{ PartNumber: 1, ETag: one.ETag }]))).toBe('400 InvalidRequest')
    const wrong = createHash('sha256').update('x').digest('base64')
    expect(await refusal(complete([{ ...one, ChecksumSHA256: wrong }]))).toBe('400 InvalidPart')
    expect(await refusal(complete([one], { ChecksumSHA256: wrong }))).toBe('400 BadDigest')
    expect(await refusal(complete([one], { ChecksumType: 'FULL_OBJECT' }))).toBe('400 InvalidRequest')
    const { Bucket, UploadId = '' } = place
    const bare = `/${Bucket}/${Key}?partNumber=2&uploadId=${encodeURIComponent(UploadId)}`
    expect(await codeOf(await on.raw('PUT', bare, {}, last))).toBe('400 InvalidRequest')
  })

  it('is CRC64NVME of the whole where nobody asked for one', async () => {
    const { part, complete, head } = await begun()
    await complete([await part(1, large), await part(2, last)])
    expect(await head()).toMatchObject({ ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME: expect.any(String) })
  })

  it('cannot be of a type that its algorithm does not have', async () => {
    const full = begun({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' })
    expect(await refusal(full)).toBe('400 InvalidRequest')
    const composite = begun({ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' })
    expect(await refusal(composite)).toBe('400 InvalidRequest')
  })
})
