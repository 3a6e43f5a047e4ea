import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from '@jest/globals'
import { presigned } from '../signed.ts'
import { codeOf, conformance, refusal } from './conformance.ts'

const on = conformance()
const md5 = (text: string) => createHash('md5').update(text).digest('base64')
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

describe('an object', () => {
  it('comes back as it was put, with its headers and metadata', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'a b/ü+%&?#.log',
        Body: 'hello',
        ContentType: 'text/plain',
        ContentEncoding: 'gzip',
        CacheControl: 'no-store',
        Metadata: { host: 'web-1' },
      }),
    )
    const got = await on.s3.send(new GetObjectCommand({ Bucket, Key: 'a b/ü+%&?#.log' }))
    expect(await got.Body?.transformToString()).toBe('hello')
    expect(got).toMatchObject({
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
      ContentLength: 5,
      ContentType: 'text/plain',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { host: 'web-1' },
      ServerSideEncryption: 'AES256',
    })
  })

  it('is of a second, wherever its time is told', async () => {
    const Bucket = await on.bucket()
    // Of several, one at least is put at a time that is no whole second.
    for (const Key of ['a', 'b', 'c']) await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    const { Contents = [] } = await on.s3.send(new ListObjectsV2Command({ Bucket }))
    const { Versions = [] } = await on.s3.send(new ListObjectVersionsCommand({ Bucket }))
    const head = await on.s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))
    expect([...Contents, ...Versions].map(({ LastModified }) => LastModified?.getMilliseconds())).toEqual(
      Array.from({ length: 6 }, () => 0),
    )
    expect(Contents[0]?.LastModified).toEqual(head.LastModified)
    expect(Versions[0]?.LastModified).toEqual(head.LastModified)
  })

  it('is read by who has an address that was signed for it, until that expires', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    const url = `${on.endpoint}/${Bucket}/a`
    const signing = { service: 's3', credentials: on.credentials('TEST') }
    const at = async (signingDate: Date) => fetch(await presigned(url, 60, { ...signing, signingDate }))
    const now = Date.now()
    expect(await (await at(new Date(now))).text()).toBe('x')
    const late = await (await at(new Date(now - 120_000))).text()
    expect(late).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>')
    expect(late).toContain('<X-Amz-Expires>60</X-Amz-Expires>')
    const early = await (await at(new Date(now + 1_000_000))).text()
    expect(early).toContain('<Code>AccessDenied</Code><Message>Request is not valid yet</Message>')
    const other = (await presigned(url, 60, signing)).replace('/a?', '/b?')
    expect(await codeOf(await fetch(other))).toBe('403 SignatureDoesNotMatch')
    const longer = (await presigned(url, 60, signing)).replace('Expires=60', 'Expires=61')
    expect(await codeOf(await fetch(longer))).toBe('403 SignatureDoesNotMatch')
    const endless = (await presigned(url, 60, signing)).replace('Expires=60', 'Expires=604801')
    expect(await codeOf(await fetch(endless))).toBe('400 AuthorizationQueryParametersError')
  })

  it('may be empty, and without a content type', async () => {
    const Bucket = await on.bucket()
    const answer = await on.raw('PUT', `/${Bucket}/empty`, { 'content-length': '0' })
    expect(answer.status).toBe(200)
    const head = await on.s3.send(new HeadObjectCommand({ Bucket, Key: 'empty' }))
    expect(head).toMatchObject({ ContentLength: 0, ContentType: 'binary/octet-stream' })
  })

  it('that is not there is 404, with a code for GET and without a body for HEAD', async () => {
    const Bucket = await on.bucket()
    expect(await refusal(on.s3.send(new GetObjectCommand({ Bucket, Key: 'no' })))).toBe('404 NoSuchKey')
    expect(await refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key: 'no' })))).toBe('404 NotFound')
  })

  it.each([
    ['bytes=1-3', 'bcd', 'bytes 1-3/6'],
    ['bytes=4-', 'ef', 'bytes 4-5/6'],
    ['bytes=-2', 'ef', 'bytes 4-5/6'],
    ['bytes=-100', 'abcdef', 'bytes 0-5/6'],
    ['bytes=0-100', 'abcdef', 'bytes 0-5/6'],
    ['bytes=3-1', 'abcdef', undefined],
    ['lines=1-2', 'abcdef', undefined],
  ])('gives the range %s', async (Range, text, ContentRange) => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abcdef' }))
    const got = await on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range }))
    expect(await got.Body?.transformToString()).toBe(text)
    expect(got.ContentRange).toBe(ContentRange)
    expect(got.$metadata.httpStatusCode).toBe(ContentRange === undefined ? 200 : 206)
  })

  it('refuses a range behind its end, and has none where it is empty', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }))
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }))
    const get = (Key: string, Range: string) =>
      refusal(on.s3.send(new GetObjectCommand({ Bucket, Key, Range })))
    expect(await get('a', 'bytes=3-')).toBe('416 InvalidRange')
    expect(await get('empty', 'bytes=0-')).toBe('416 InvalidRange')
  })

  it('is not there where its upload was cut short', async () => {
    const Bucket = await on.bucket()
    const { hostname, port } = new URL(on.endpoint)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `PUT /${Bucket}/cut HTTP/1.1\r\nHost: s3\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await once(socket, 'close')
    expect(await refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key: 'cut' })))).toBe('404 NotFound')
  })

  it('is refused where fewer bytes came in chunks than were said', async () => {
    const Bucket = await on.bucket()
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '6',
    }
    const chunked = await on.raw('PUT', `/${Bucket}/a`, headers, '5\r\nhello\r\n0\r\n\r\n')
    expect(await codeOf(chunked)).toBe('400 IncompleteBody')
    expect((await on.raw('HEAD', `/${Bucket}/a`)).status).toBe(404)
  })

  it('of more than 5 GiB is refused before a byte of it is sent', async () => {
    const Bucket = await on.bucket()
    const { hostname, port } = new URL(on.endpoint)
    const socket = connect(Number(port), hostname)
    const headers = { 'content-length': String(5 * 1024 ** 3 + 1), expect: '100-continue' }
    socket.write(await on.head('PUT', `/${Bucket}/a`, headers))
    let answer = ''
    while (!answer.includes('</Error>')) answer += String((await once(socket, 'data'))[0])
    socket.destroy()
    expect(answer).toContain('<Code>EntityTooLarge</Code>')
  })

  it('is read by a range or by a part, not both', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }))
    const get = (more: object) => refusal(on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', ...more })))
    expect(await get({ Range: 'bytes=0-1', PartNumber: 1 })).toBe('400 InvalidArgument')
    expect(await get({ PartNumber: 2 })).toMatch(/^416/)
    expect(await get({ PartNumber: 1 })).toBe('no error')
  })

  it('has a key of up to 1,024 bytes and metadata of up to 2 KB', async () => {
    const Bucket = await on.bucket()
    const put = (Key: string, Metadata = {}) =>
      refusal(on.s3.send(new PutObjectCommand({ Bucket, Key, Metadata, Body: 'x' })))
    expect(await put('k'.repeat(1024))).toBe('no error')
    expect(await put('k'.repeat(1025))).toBe('400 KeyTooLongError')
    expect(await put('ü'.repeat(513))).toBe('400 KeyTooLongError')
    expect(await put('m', { long: 'x'.repeat(2100) })).toBe('400 MetadataTooLarge')
  })
})

describe('a digest that comes with an object', () => {
  const body = 'the bytes that came'
  const put = async (headers: Readonly<Record<string, string>>) => {
    const Bucket = await on.bucket()
    const answer = await on.raw('PUT', `/${Bucket}/a`, headers, body)
    const kept = await on.raw('HEAD', `/${Bucket}/a`, { 'x-amz-checksum-mode': 'ENABLED' })
    return { code: await codeOf(answer), kept }
  }

  it.each([
    ['content-md5', md5('other'), '400 BadDigest'],
    ['content-md5', 'not base64!', '400 InvalidDigest'],
    ['content-md5', Buffer.from('short').toString('base64'), '400 InvalidDigest'],
    ['x-amz-checksum-sha256', sha256('other'), '400 BadDigest'],
    ['x-amz-checksum-sha256', md5(body), '400 InvalidRequest'],
    ['x-amz-checksum-sha1', createHash('sha1').update('other').digest('base64'), '400 BadDigest'],
    ['x-amz-checksum-crc32', 'AAAAAA==', '400 BadDigest'],
    ['x-amz-checksum-crc32c', 'AAAAAA==', '400 BadDigest'],
    ['x-amz-checksum-crc64nvme', 'AAAAAAAAAAA=', '400 BadDigest'],
    ['x-amz-checksum-crc64nvme', 'AAAAAA==', '400 InvalidRequest'],
    [
      'x-amz-content-sha256',
      createHash('sha256').update('other').digest('hex'),
      '400 XAmzContentSHA256Mismatch',
    ],
    ['x-amz-content-sha256', 'nonsense', '400 InvalidArgument'],
    ['x-amz-sdk-checksum-algorithm', 'SHA256', '400 InvalidRequest'],
  ])('and is wrong is refused, and nothing is kept: %s %s', async (header, value, code) => {
    const put_ = await put({ [header]: value })
    expect(put_.code).toBe(code)
    expect(put_.kept.status).toBe(404)
  })

  it('may not be two', async () => {
    const { code } = await put({ 'x-amz-checksum-sha256': sha256(body), 'x-amz-checksum-crc32': 'AAAAAA==' })
    expect(code).toBe('400 InvalidRequest')
  })

  it('and is right is kept as it is', async () => {
    const { kept } = await put({ 'content-md5': md5(body), 'x-amz-checksum-sha256': sha256(body) })
    expect(kept.headers.get('x-amz-checksum-sha256')).toBe(sha256(body))
    expect(kept.headers.get('x-amz-checksum-crc64nvme')).toBeNull()
  })

  it('is CRC64NVME of S3 itself where there is none', async () => {
    const { kept } = await put({})
    expect(kept.headers.get('x-amz-checksum-crc64nvme')).toMatch(/^[A-Za-z0-9+/]{11}=$/)
    expect(kept.headers.get('x-amz-checksum-type')).toBe('FULL_OBJECT')
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'of %s is what the SDK computes, in a header and in a trailer',
    async (algorithm) => {
      const Bucket = await on.bucket()
      const Body = Buffer.concat([Buffer.alloc(100_000, 'text '), Buffer.alloc(200_001)])
      const ChecksumAlgorithm_ = ChecksumAlgorithm[algorithm]
      const put = await on.s3.send(
        new PutObjectCommand({ Bucket, Key: 'a', Body, ChecksumAlgorithm: ChecksumAlgorithm_ }),
      )
      const got = await on.s3.send(new GetObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }))
      const field = `Checksum${algorithm}` as const
      expect(got[field]).toBe(put[field])
      expect(got[field]).toBeDefined()
      // The SDK compares what it reads with it.
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true)
    },
  )

  it('behind the body, where it is wrong, is refused', async () => {
    const Bucket = await on.bucket()
    const chunked = (trailer: string) =>
      on.raw(
        'PUT',
        `/${Bucket}/a`,
        {
          'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': '5',
          'x-amz-trailer': 'x-amz-checksum-sha256',
        },
        `5\r\nhello\r\n0\r\n${trailer}\r\n`,
      )
    expect(await codeOf(await chunked(`x-amz-checksum-sha256:${sha256('other')}\r\n`))).toBe('400 BadDigest')
    expect(await codeOf(await chunked(''))).toBe('400 MalformedTrailerError')
    expect((await chunked(`x-amz-checksum-sha256:${sha256('hello')}\r\n`)).status).toBe(200)
  })

  it('of another algorithm than is said, or in two places, is refused', async () => {
    const said = await put({
      ...{ 'x-amz-checksum-sha256': sha256(body), 'x-amz-sdk-checksum-algorithm': 'CRC32' },
    })
    expect(said.code).toBe('400 InvalidRequest')
    const twice = await put({
      ...{ 'x-amz-checksum-sha256': sha256(body), 'x-amz-trailer': 'x-amz-checksum-crc32' },
    })
    expect(twice.code).toBe('400 InvalidRequest')
  })

  it('is shown only to those who ask for it', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ChecksumAlgorithm: 'SHA256' }))
    const head = await on.s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))
    expect(head.ChecksumSHA256).toBeUndefined()
    const attributes = await on.s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'a',
        ObjectAttributes: ['Checksum', 'ObjectSize', 'ETag'],
      }),
    )
    expect(attributes).toMatchObject({ Checksum: { ChecksumSHA256: sha256('x') }, ObjectSize: 1 })
  })
})

describe('a conditional request', () => {
  it('writes only where nothing is there, or what it knows', async () => {
    const Bucket = await on.bucket()
    const put = (conditions: { IfNoneMatch?: string; IfMatch?: string }) =>
      refusal(on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ...conditions })))
    expect(await put({ IfMatch: '"x"' })).toBe('404 NoSuchKey')
    expect(await put({ IfNoneMatch: '*' })).toBe('no error')
    expect(await put({ IfNoneMatch: '*' })).toBe('412 PreconditionFailed')
    expect(await put({ IfNoneMatch: '"x"' })).toBe('501 NotImplemented')
    expect(await put({ IfMatch: '"x"' })).toBe('412 PreconditionFailed')
    expect(await put({ IfMatch: createHash('md5').update('x').digest('hex') })).toBe('no error')
  })

  it('writes once, of many at the same time', async () => {
    const Bucket = await on.bucket()
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        refusal(on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: `${index}`, IfNoneMatch: '*' }))),
      ),
    )
    expect(all.filter((one) => one === 'no error')).toHaveLength(1)
  })

  it('reads only what changed, or did not', async () => {
    const Bucket = await on.bucket()
    const { ETag } = await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    const get = async (headers: Readonly<Record<string, string>>) =>
      (await on.raw('GET', `/${Bucket}/a`, headers)).status
    const past = new Date(0).toUTCString()
    const future = new Date(4e12).toUTCString()
    expect(await get({ 'if-match': ETag ?? '' })).toBe(200)
    expect(await get({ 'if-match': '"x"' })).toBe(412)
    expect(await get({ 'if-none-match': ETag ?? '' })).toBe(304)
    expect(await get({ 'if-none-match': '"x"' })).toBe(200)
    expect(await get({ 'if-modified-since': future })).toBe(304)
    expect(await get({ 'if-unmodified-since': past })).toBe(412)
    expect(await get({ 'if-match': ETag ?? '', 'if-unmodified-since': past })).toBe(200)
    expect(await get({ 'if-none-match': '"x"', 'if-modified-since': future })).toBe(200)
  })
})

describe('a copy', () => {
  it('has the bytes, the metadata and a checksum of its own', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'x', Metadata: { m: '1' } }))
    const CopySource = `${Bucket}/a%20b`
    const copied = await on.s3.send(
      new CopyObjectCommand({ Bucket, Key: 'c', CopySource, ChecksumAlgorithm: 'SHA256' }),
    )
    expect(copied.CopyObjectResult?.ChecksumSHA256).toBe(sha256('x'))
    const head = await on.s3.send(new HeadObjectCommand({ Bucket, Key: 'c' }))
    expect(head).toMatchObject({ ContentLength: 1, Metadata: { m: '1' } })
  })

  it('onto itself must change something, and one of nothing is refused', async () => {
    const Bucket = await on.bucket()
    const { ETag } = await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    const copy = (input: object) =>
      refusal(on.s3.send(new CopyObjectCommand({ Bucket, Key: 'a', CopySource: `${Bucket}/a`, ...input })))
    expect(await copy({})).toBe('400 InvalidRequest')
    expect(await copy({ MetadataDirective: 'REPLACE', Metadata: { m: '2' } })).toBe('no error')
    expect(await copy({ Key: 'b', CopySource: `${Bucket}/no` })).toBe('404 NoSuchKey')
    expect(await copy({ Key: 'b', CopySource: 'nowhere/a' })).toBe('404 NoSuchBucket')
    expect(await copy({ Key: 'b', CopySourceIfMatch: '"x"' })).toBe('412 PreconditionFailed')
    expect(await copy({ Key: 'b', CopySourceIfNoneMatch: ETag })).toBe('412 PreconditionFailed')
    expect(await copy({ Key: 'b', IfNoneMatch: '*' })).toBe('no error')
    expect(await copy({ Key: 'b', IfNoneMatch: '*' })).toBe('412 PreconditionFailed')
  })
})

describe('deleting many', () => {
  it('deletes what is there and what is not, and needs a digest of the list', async () => {
    const Bucket = await on.bucket()
    await on.s3.send(new PutObjectCommand({ Bucket, Key: 'a&b', Body: 'x' }))
    const Objects = [{ Key: 'a&b' }, { Key: 'no' }]
    const { Deleted } = await on.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted).toEqual(Objects)
    expect(await refusal(on.s3.send(new HeadObjectCommand({ Bucket, Key: 'a&b' })))).toBe('404 NotFound')
    const list = '<Delete><Object><Key>a</Key></Object></Delete>'
    expect(await codeOf(await on.raw('POST', `/${Bucket}?delete`, {}, list))).toBe('400 InvalidRequest')
    expect(
      await codeOf(await on.raw('POST', `/${Bucket}?delete`, { 'content-md5': md5('<Delete>') }, '<Delete>')),
    ).toBe('400 MalformedXML')
  })
})
