import { describe, expect, it } from '@jest/globals'
import type { Manifest, Proof } from '../../src/model.ts'
import { whyUnproven } from '../../src/termination/reasons.ts'
import { complete, failed, file, flush, manifest, running, seen } from './observations.ts'

const of = (is: 'missing' | 'contradicted') => ({ ...complete, gaps: [{ path: file.path, key: 'k', is }] })

describe('why there is no proof is told in one line:', () => {
  it('a flush that never ended, by its command', () => {
    expect(whyUnproven(seen({ flushes: [running], proof: undefined }))).toBe(
      `flush ${running.commandId} never ended`,
    )
  })
  it('a flush that failed, as it said itself', () => {
    const flushes = [{ ...failed, said: 'no space left on device' }]
    expect(whyUnproven(seen({ flushes, proof: undefined }))).toBe(
      `flush ${failed.commandId} ended as Failed: no space left on device`,
    )
    expect(whyUnproven(seen({ flushes: [failed], proof: undefined }))).toBe(
      `flush ${failed.commandId} ended as Failed`,
    )
  })
  it('digests that contradict each other, with which of the two says what', () => {
    expect(whyUnproven(seen({ proof: of('contradicted') }))).toMatch(
      /^of 1 files 1 contradicted .*whose SHA-256 in S3 agrees while its MD5 does not\)$/,
    )
    expect(whyUnproven(seen({ proof: of('missing') }))).toBe(`of 1 files 1 missing (first: ${file.path})`)
  })
  const live = [{ path: '/var/log/a', size: 1 }]
  const unaccounted = [{ path: '/var/log/b', size: 1, why: 'it was cut' }]
  const writers = [{ path: '/var/log/c', name: 'rsyslogd' }]
  it.each<[string, Partial<Manifest>, Partial<Proof>, string]>([
    ['logs that are live', { live }, {}, 'of 1 files 1 still live (first: /var/log/a)'],
    [
      'what is unaccounted, and why',
      { unaccounted },
      {},
      'of 1 files 1 unaccounted (first: /var/log/b, it was cut)',
    ],
    ['who writes still', { writers }, {}, 'of 1 files 1 still written (by rsyslogd) (first: /var/log/c)'],
    [
      'all of it, and first what S3 lacks',
      { live, unaccounted, writers },
      of('missing'),
      `of 1 files 1 missing, 1 still live, 1 unaccounted, 1 still written (by rsyslogd) (first: ${file.path})`,
    ],
    [
      'logs of which none was named',
      { files: [], census: 3 },
      { files: 0 },
      'the instance had 3 logs with something in them, and the flush named none',
    ],
    ['an archive that does not answer', {}, { unread: 'no' }, 'the archive cannot be read: no'],
  ])('%s', (_what, named, proven, reason) => {
    const flushes = [flush({ report: { kind: 'manifest', manifest: manifest(named) } })]
    expect(whyUnproven(seen({ flushes, proof: { ...complete, ...proven } }))).toBe(reason)
  })
  it('an archive that was not read, and nothing that it lacks', () => {
    expect(whyUnproven(seen({ proof: undefined }))).toBe('the archive could not be read')
  })
  it('what an earlier flush named counts among the files', () => {
    const other = { ...file, path: '/var/log/other.gz' }
    const earlier = flush({ report: { kind: 'manifest', manifest: manifest({ files: [other] }) } })
    expect(whyUnproven(seen({ flushes: [flush(), earlier], proof: of('missing') }))).toMatch(
      /^of 2 files 1 missing/,
    )
  })
})
