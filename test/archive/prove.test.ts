import { describe, expect, it } from '@jest/globals'
import { findMoved, judge, type ObjectHead, sharedKeys } from '../../src/archive/prove.ts'
import type { ManifestFile } from '../../src/model.ts'
import { action, file, MINUTE } from '../termination/observations.ts'

const LIMIT = 1000
const object = { key: 'k', size: file.size, etag: file.md5, lastModified: file.modifiedAt }
const other = { ...object, etag: 'c'.repeat(32) }
const multipart = { ...object, etag: `${'c'.repeat(32)}-2` }
const known = (head: Partial<Extract<ObjectHead, { is: 'known' }>>): ObjectHead => ({
  is: 'known',
  sha256: undefined,
  etagIsMd5: false,
  ...head,
})

describe('judge', () => {
  it('proves a file whose object has its size and, as ETag, its MD5', () => {
    expect(judge(file, { listed: object }, LIMIT)).toBe('proven')
  })
  it('tells missing, short and different apart', () => {
    expect(judge(file, { listed: undefined }, LIMIT)).toBe('missing')
    expect(judge(file, { listed: { ...object, size: file.size - 1 } }, LIMIT)).toBe('short')
    expect(judge(file, { listed: { ...object, size: file.size + 1 } }, LIMIT)).toBe('different')
  })
  it('calls an object of the same size with another MD5 different, once it is known that the ETag is an MD5', () => {
    expect(judge(file, { listed: other }, LIMIT)).toBe('ask head')
    expect(judge(file, { listed: other, head: known({ etagIsMd5: true }) }, LIMIT)).toBe('different')
  })
  it('does not take the ETag of an object under KMS for an MD5', () => {
    expect(judge(file, { listed: other, head: known({}) }, LIMIT)).toBe('ask content')
  })
  it('does not take a multipart ETag for an MD5', () => {
    expect(judge(file, { listed: multipart, head: known({ etagIsMd5: true }) }, LIMIT)).toBe('ask content')
  })
  it('compares the full-object SHA-256 where S3 keeps one', () => {
    expect(judge(file, { listed: multipart, head: known({ sha256: file.sha256 }) }, LIMIT)).toBe('proven')
    expect(judge(file, { listed: multipart, head: known({ sha256: 'd'.repeat(64) }) }, LIMIT)).toBe(
      'different',
    )
  })
  it('reads and hashes the content where nothing else can be compared', () => {
    const evidence = { listed: multipart, head: known({}) }
    expect(judge(file, { ...evidence, digest: { is: 'read', sha256: file.sha256 } }, LIMIT)).toBe('proven')
    expect(judge(file, { ...evidence, digest: { is: 'read', sha256: 'd'.repeat(64) } }, LIMIT)).toBe(
      'different',
    )
  })
  it('leaves unproven what is too large to hash', () => {
    expect(judge(file, { listed: multipart, head: known({}) }, file.size - 1)).toBe('unproven')
  })
  it('leaves unproven what may not be read: a denial is not an absence', () => {
    expect(judge(file, { listed: other, head: { is: 'denied' } }, LIMIT)).toBe('unproven')
    expect(judge(file, { listed: other, head: known({}), digest: { is: 'denied' } }, LIMIT)).toBe('unproven')
  })
  it('calls missing what vanished between the looks', () => {
    expect(judge(file, { listed: other, head: { is: 'missing' } }, LIMIT)).toBe('missing')
    expect(judge(file, { listed: other, head: known({}), digest: { is: 'missing' } }, LIMIT)).toBe('missing')
  })
})

describe('objects that a collector moved', () => {
  const twin = { ...file, path: '/var/log/twin' }
  const of = (...files: ManifestFile[]) => ({ instanceId: action.instanceId, files })
  it('are recognised by content, whatever their new name', () => {
    expect(findMoved(of(file), [{ ...object, key: 'archive/run=7/renamed.gz' }])).toEqual(
      new Set([file.path]),
    )
  })
  it('account for one file each', () => {
    expect(findMoved(of(file, twin), [object]).size).toBe(1)
    expect(findMoved(of(file, twin), [object, object]).size).toBe(2)
  })
  it('do not count when they lay there before the file was last written, clocks aside', () => {
    const at = (lastModified: number) => findMoved(of(file), [{ ...object, lastModified }]).size
    expect(at(file.modifiedAt - 16 * MINUTE)).toBe(0)
    expect(at(file.modifiedAt - 14 * MINUTE)).toBe(1)
  })
  it('do not count when their key says that they are another instance’s', () => {
    const at = (key: string) => findMoved(of(file), [{ ...object, key }]).size
    expect(at(`collected/i-0bad0bad0bad0bad0/a.gz`)).toBe(0)
    expect(at(`collected/i-0bad0bad0bad0bad0/${action.instanceId}/a.gz`)).toBe(0)
    expect(at(`collected/${action.instanceId}/a.gz`)).toBe(1)
  })
  it('are recognised by the ETag of an upload in parts, too', () => {
    const big = { ...file, multipart: { etag: `${'e'.repeat(32)}-3` } }
    expect(findMoved(of(big), [{ ...object, etag: big.multipart.etag }]).size).toBe(1)
  })
  it('do not count when size or digest differ', () => {
    expect(findMoved(of(file), [other, { ...object, size: 1 }]).size).toBe(0)
  })
})

describe('a file that went up in parts', () => {
  const parts = { etag: `${'e'.repeat(32)}-3`, sha256: `${'A'.repeat(43)}=-3` }
  const big = { ...file, size: LIMIT + 1, multipart: parts }
  const listed = { ...object, size: big.size, etag: 'kms-etag-3' }
  it('is proven by the ETag that the instance computed', () => {
    expect(judge(big, { listed: { ...listed, etag: parts.etag } }, LIMIT)).toBe('proven')
  })
  it('is proven by the composite SHA-256 that S3 keeps, and by no other', () => {
    const head = (compositeSha256: string) => known({ compositeSha256 })
    expect(judge(big, { listed, head: head(parts.sha256) }, LIMIT)).toBe('proven')
    expect(judge(big, { listed, head: head(`${'B'.repeat(43)}=-3`) }, LIMIT)).toBe('unproven')
    expect(judge({ ...big, multipart: { etag: 'x' } }, { listed, head: known({}) }, LIMIT)).toBe('unproven')
  })
})

it('a SHA-256 that agrees beside an MD5 that does not is a contradiction, and no proof', () => {
  const listed = { ...object, etag: 'f'.repeat(32) }
  expect(judge(file, { listed, head: known({ sha256: file.sha256, etagIsMd5: true }) }, LIMIT)).toBe(
    'contradicted',
  )
  expect(judge(file, { listed, head: known({ sha256: file.sha256, etagIsMd5: false }) }, LIMIT)).toBe(
    'proven',
  )
})

it('two files with one key are told with both paths', () => {
  const [a, b] = ['/var/log/a_b/c', '/var/log/a/b_c']
  expect(
    sharedKeys([
      { path: a, key: 'k' },
      { path: b, key: 'k' },
      { path: '/x', key: 'x' },
    ]),
  ).toEqual(
    new Map([
      [a, b],
      [b, a],
    ]),
  )
})
