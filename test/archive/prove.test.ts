import { describe, expect, it } from '@jest/globals'
import { findMoved, judge, type ObjectHead } from '../../src/archive/prove.ts'
import { file } from '../termination/observations.ts'

const LIMIT = 1000
const object = { key: 'k', size: file.size, etag: file.md5, lastModified: 0 }
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
  it('are recognised by content, whatever their new name', () => {
    expect(findMoved([file], [{ ...object, key: 'archive/run=7/renamed.gz' }])).toEqual(new Set([file.path]))
  })
  it('account for one file each', () => {
    expect(findMoved([file, twin], [object]).size).toBe(1)
    expect(findMoved([file, twin], [object, object]).size).toBe(2)
  })
  it('do not count when size or digest differ', () => {
    expect(findMoved([file], [other, { ...object, size: 1 }]).size).toBe(0)
  })
})
