import { describe, expect, it } from '@jest/globals'
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
  it('what an earlier flush named counts among the files', () => {
    const other = { ...file, path: '/var/log/other.gz' }
    const earlier = flush({ report: { kind: 'manifest', manifest: manifest({ files: [other] }) } })
    expect(whyUnproven(seen({ flushes: [flush(), earlier], proof: of('missing') }))).toMatch(
      /^of 2 files 1 missing/,
    )
  })
})
