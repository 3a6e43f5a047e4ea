import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { findManifestLine, parseManifest } from '../../src/flush/manifest.ts'
import { file } from '../termination/observations.ts'

const HEAD = 'manifest\t2\ti-0123456789abcdef0\ttermination\t3'
const FILE = `file\t${file.size}\t${file.md5}\t${file.sha256}\t${file.modifiedAt / 1000}\t-\t-\t${file.path}`
const fileRecord = (path: string, size = '1', multipart = '-\t-') =>
  `file\t${size}\t${file.md5}\t${file.sha256}\t0\t${multipart}\t${path}`
const packed = (...records: string[]) => gzipSync(records.map((record) => `${record}\0`).join(''))
const line = (gzip: Uint8Array) => `termination-guard manifest 2 ${Buffer.from(gzip).toString('base64')} end`

describe('the manifest line', () => {
  const whole = line(packed(HEAD, FILE, 'end\t2'))
  it('is found among other output', () => {
    const found = findManifestLine(`rotating\n${whole}\nbye\n`)
    expect(found.kind).toBe('inline')
    if (found.kind === 'inline') expect(parseManifest(found.gzip).files).toEqual([file])
  })
  it('is not believed when SSM cut it off, wherever it did', () => {
    for (const length of [30, 60, whole.length - 1]) {
      expect(findManifestLine(`${whole.slice(0, length)}--output truncated--`).kind).toBe('unreadable')
    }
  })
  it('may name an object instead', () => {
    const digest = 'd'.repeat(64)
    expect(findManifestLine(`termination-guard manifest-at 2 m/i-0/1.gz ${digest} end`)).toEqual({
      kind: 'object',
      key: 'm/i-0/1.gz',
      sha256: digest,
    })
  })
  it('is missed, not imagined, when nothing was printed', () => {
    expect(findManifestLine('')).toEqual({ kind: 'unreadable', why: 'the flush printed no manifest' })
  })
})

describe('a manifest', () => {
  it('tells what was there, what must be in S3, and everything that stands in the way', () => {
    const gzip = packed(
      HEAD,
      FILE,
      'live\t5\t/var/log/a',
      'unaccounted\t7\tdeleted\t/var/log/b\tc',
      'accounted\t/var/log/d',
      'writer\tjava (12)\t/var/log/a',
      'note\tthe publisher\tfailed',
      'end\t7',
    )
    expect(parseManifest(gzip)).toEqual({
      instanceId: 'i-0123456789abcdef0',
      purpose: 'termination',
      census: 3,
      files: [file],
      live: [{ path: '/var/log/a', size: 5 }],
      unaccounted: [{ path: '/var/log/b\tc', size: 7, why: 'deleted' }],
      accounted: ['/var/log/d'],
      writers: [{ path: '/var/log/a', name: 'java (12)' }],
      notes: ['the publisher\tfailed'],
    })
  })
  it('carries names with tabs, newlines and spaces as they are', () => {
    const path = '/var/log/a b\tc\nd'
    const gzip = packed(HEAD, fileRecord(path), 'end\t2')
    expect(parseManifest(gzip).files[0]?.path).toBe(path)
  })
  it.each([
    ['before 1970', '-86400', '1969-12-31T00:00:00.000Z'],
    ['beyond what a date can be', '99999999999999999999', '+275760-09-13T00:00:00.000Z'],
  ])('carries a file that is dated %s', (_when, seconds, date) => {
    const record = fileRecord('/a').replace('\t0\t', `\t${seconds}\t`)
    const [file] = parseManifest(packed(HEAD, record, 'end\t2')).files
    expect(new Date(file?.modifiedAt ?? Number.NaN).toISOString()).toBe(date)
  })
  it.each([
    ['that ends in the middle of a record', gzipSync(`${HEAD}\0end`), 'whole record'],
    ['without its end', packed(HEAD, FILE), 'end record'],
    ['that lost a record', packed(HEAD, 'end\t2'), 'end record'],
    ['of another version', packed('manifest\t1\ti-0\ttermination\t0', 'end\t1'), 'version 2'],
    ['without a purpose', packed('manifest\t2\ti-0\tfun\t0', 'end\t1'), 'whose it is'],
    ['with a file without digests', packed(HEAD, 'file\t1\t\t\t0\t-\t-\t/a', 'end\t2'), 'digests'],
    ['with a negative size', packed(HEAD, fileRecord('/a', '-1'), 'end\t2'), 'no number'],
    [
      'with a time that is none',
      packed(HEAD, fileRecord('/a').replace('\t0\t', '\tnow\t'), 'end\t2'),
      'time',
    ],
    ['with a relative path', packed(HEAD, fileRecord('a'), 'end\t2'), 'not absolute'],
    ['that names a file twice', packed(HEAD, FILE, FILE, 'end\t3'), 'twice'],
    ['without a census', packed('manifest\t2\ti-0\taudit\tyes', 'end\t1'), 'no number'],
    ['with half a multipart ETag', packed(HEAD, fileRecord('/a', '1', 'x-1\t-'), 'end\t2'), 'multipart'],
    ['with an unknown record', packed(HEAD, 'trust\tme', 'end\t2'), 'unknown kind'],
  ])('%s is refused', (_what, gzip, why) => {
    expect(() => parseManifest(gzip)).toThrow(why)
  })
  it('that unpacks to more than it may is refused instead of filling the memory', () => {
    expect(() => parseManifest(gzipSync(Buffer.alloc(64 * 1024 * 1024)))).toThrow()
  })
})
