import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from '@jest/globals'
import { codeOf, conformance, refusal } from './conformance.ts'

const on = conformance()

async function filled(keys: readonly string[]): Promise<string> {
  const Bucket = await on.bucket()
  for (const Key of keys) await on.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  return Bucket
}

/** Every page until the last. */
async function pages(input: ListObjectsV2CommandInput) {
  const all: string[][] = []
  let ContinuationToken: string | undefined
  do {
    const page = await on.s3.send(new ListObjectsV2Command({ ...input, ContinuationToken }))
    const keys = page.Contents?.map(({ Key }) => Key ?? '') ?? []
    const prefixes = page.CommonPrefixes?.map(({ Prefix }) => `${Prefix} …`) ?? []
    expect(page.KeyCount).toBe(keys.length + prefixes.length)
    all.push([...keys, ...prefixes])
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (ContinuationToken !== undefined)
  return all
}

const awkward = ['B', 'a', 'A', 'b', '_', 'é', 'z', '~', '0', 'a/b', 'a-b', 'ａ', '😀', 'a b+c&d']

describe('a listing', () => {
  it('is in the order of the bytes of UTF-8', async () => {
    const Bucket = await filled(awkward)
    const sorted = awkward.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect((await pages({ Bucket })).flat()).toEqual(sorted)
  })

  it.each([1, 2, 3, 13, 14, 15])('in pages of %d has every key once, and no empty page', async (MaxKeys) => {
    const Bucket = await filled(awkward)
    const found = await pages({ Bucket, MaxKeys })
    expect(found.flat()).toHaveLength(awkward.length)
    expect(new Set(found.flat())).toEqual(new Set(awkward))
    expect(found).toHaveLength(Math.ceil(awkward.length / MaxKeys))
  })

  it('rolls up what is behind the delimiter, once, however small the pages', async () => {
    const Bucket = await filled(['a/1', 'a/2', 'b', 'c/1', 'c/d/2', 'd'])
    const wanted = ['a/ …', 'b', 'c/ …', 'd']
    for (const MaxKeys of [1, 2, 3, 4, 5]) {
      const found = (await pages({ Bucket, Delimiter: '/', MaxKeys })).flat()
      expect(found.toSorted()).toEqual(wanted)
    }
    expect((await pages({ Bucket, Delimiter: '/', Prefix: 'c/' })).flat()).toEqual(['c/1', 'c/d/ …'])
    expect((await pages({ Bucket, Delimiter: '1' })).flat()).toEqual([
      'a/2',
      'b',
      'c/d/2',
      'd',
      'a/1 …',
      'c/1 …',
    ])
  })

  it('has only what begins with the prefix, or comes after the key to start after', async () => {
    const Bucket = await filled(['a', 'ab', 'abc', 'b'])
    expect((await pages({ Bucket, Prefix: 'ab' })).flat()).toEqual(['ab', 'abc'])
    expect((await pages({ Bucket, StartAfter: 'ab' })).flat()).toEqual(['abc', 'b'])
    expect((await pages({ Bucket, StartAfter: 'aba', Prefix: 'a', MaxKeys: 1 })).flat()).toEqual(['abc'])
    expect((await pages({ Bucket, Prefix: 'x' })).flat()).toEqual([])
    expect((await pages({ Bucket, MaxKeys: 0 })).flat()).toEqual([])
  })

  it('rolls up once what is behind the delimiter in any script, and goes on behind the whole of it', async () => {
    const Bucket = await filled(['x/a', 'x/é', 'x/😀', 'y'])
    for (const MaxKeys of [1, 2, 3])
      expect((await pages({ Bucket, Delimiter: '/', MaxKeys })).flat().toSorted()).toEqual(['x/ …', 'y'])
    const first = await on.s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1 }))
    const rest = new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: first.NextMarker })
    expect((await on.s3.send(rest)).CommonPrefixes ?? []).toEqual([])
  })

  it('begins at the prefix where the key to start after comes before it', async () => {
    const Bucket = await filled(['a', 'ab', 'b/1', 'b/2', 'c'])
    expect((await pages({ Bucket, Prefix: 'b/', StartAfter: 'a' })).flat()).toEqual(['b/1', 'b/2'])
    expect((await pages({ Bucket, Prefix: 'b/', StartAfter: 'c' })).flat()).toEqual([])
  })

  it('encodes a space as a form does', async () => {
    const Bucket = await filled(["a b+c/(d)'~"])
    const answer = await on.raw('GET', `/${Bucket}?list-type=2&encoding-type=url`)
    expect(await answer.text()).toContain('<Key>a+b%2Bc/%28d%29%27%7E</Key>')
  })

  it('writes keys as they can be read back when asked to encode them', async () => {
    const keys = ['a b+c', 'ü/é', 'x&y<z>', 'line\nbreak']
    const Bucket = await filled(keys)
    const { Contents, EncodingType } = await on.s3.send(
      new ListObjectsV2Command({ Bucket, EncodingType: 'url' }),
    )
    const read = Contents?.map(({ Key }) => decodeURIComponent((Key ?? '').replaceAll('+', ' ')))
    expect(EncodingType).toBe('url')
    expect(read?.toSorted()).toEqual(keys.toSorted())
  })

  it('says which checksum each object has, and no value', async () => {
    const Bucket = await filled(['a'])
    const { Contents } = await on.s3.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents).toMatchObject([
      {
        Key: 'a',
        Size: 1,
        ChecksumAlgorithm: ['CRC32'],
        ChecksumType: 'FULL_OBJECT',
        StorageClass: 'STANDARD',
      },
    ])
  })

  it('does not have what was deleted', async () => {
    const Bucket = await filled(['a', 'b'])
    await on.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    expect((await pages({ Bucket })).flat()).toEqual(['b'])
  })

  it('of the first version goes on from a key, or from a prefix', async () => {
    const Bucket = await filled(['a/1', 'a/2', 'b', 'c'])
    const first = await on.s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1 }))
    expect(first).toMatchObject({ NextMarker: 'a/', IsTruncated: true, CommonPrefixes: [{ Prefix: 'a/' }] })
    const Marker = first.NextMarker
    const rest = await on.s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker }))
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['b', 'c'])
    expect(rest.CommonPrefixes ?? []).toEqual([])
  })

  it('refuses a token that it did not give, a number that is none, and an encoding that it does not know', async () => {
    const Bucket = await on.bucket()
    const listing = (query: string) => on.raw('GET', `/${Bucket}?list-type=2&${query}`).then(codeOf)
    expect(await refusal(on.s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'x' })))).toBe(
      '400 InvalidArgument',
    )
    // A token of its own with something behind it.
    const token = encodeURIComponent(`${Buffer.from('ka').toString('base64')} `)
    expect(await listing(`continuation-token=${token}`)).toBe('400 InvalidArgument')
    expect(await listing('max-keys=x')).toBe('400 InvalidArgument')
    expect(await listing('max-keys=-1')).toBe('400 InvalidArgument')
    expect(await listing('encoding-type=x')).toBe('400 InvalidArgument')
  })

  it('of a bucket that is not there is refused', async () => {
    expect(await refusal(on.s3.send(new ListObjectsV2Command({ Bucket: 'nowhere' })))).toBe(
      '404 NoSuchBucket',
    )
  })

  it('has no more than 1,000 on a page, and all of 2,500', async () => {
    const Bucket = await on.bucket()
    const keys = Array.from({ length: 2500 }, (_, index) => `logs/${index}`)
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(
        keys.slice(at, at + 50).map((Key) => on.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))),
      )
    const found = await pages({ Bucket, MaxKeys: 5000 })
    expect(found.map(({ length }) => length)).toEqual([1000, 1000, 500])
    expect(new Set(found.flat())).toEqual(new Set(keys))
  })
})
