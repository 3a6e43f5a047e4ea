import { describe, expect, it } from '@jest/globals'
import { type AuditFacts, decideAudit, silentSeconds } from '../../src/audit/finding.ts'
import type { Flush } from '../../src/model.ts'
import { manifest } from '../termination/observations.ts'

const HOUR = 3_600_000
const now = Date.parse('2026-01-02T12:00:00Z')
const LIMIT_SECONDS = 3 * 3600

const object = (lastModified: number) => ({ key: 'k', size: 1, etag: 'e', lastModified })
const flush = (changes: Partial<Flush> = {}): Flush => ({
  commandId: 'c-1',
  status: 'succeeded',
  statusDetails: 'Success',
  requestedAt: now - HOUR,
  endedAt: now - HOUR + 30_000,
  report: {
    kind: 'manifest',
    manifest: manifest({ purpose: 'audit', files: [] }),
  },
  ...changes,
})
const facts = (changes: Partial<AuditFacts> = {}): AuditFacts => ({
  now,
  objects: [object(now - 4 * HOUR)],
  launchedAt: now - 24 * HOUR,
  flush: undefined,
  proof: undefined,
  ...changes,
})
const decide = (changes: Partial<AuditFacts> = {}) => decideAudit(facts(changes), LIMIT_SECONDS)

describe('an audit', () => {
  it('leaves an instance alone that publishes', () => {
    expect(decide({ objects: [object(now - HOUR)] })).toEqual({ do: 'nothing' })
  })
  it('flushes one that has published nothing for longer than the limit', () => {
    expect(decide()).toMatchObject({ do: 'flush', upload: undefined, finding: { is: 'silent' } })
  })
  it('goes by the launch where nothing was ever published: a young instance is not silent', () => {
    expect(decide({ objects: [], launchedAt: now - HOUR })).toEqual({ do: 'nothing' })
    expect(decide({ objects: [], launchedAt: now - 4 * HOUR })).toMatchObject({ do: 'flush' })
  })
  it('is silent by its objects alone, where nobody asked for its launch', () => {
    expect(silentSeconds(facts({ launchedAt: undefined }))).toBe(4 * 3600)
  })
  it('goes by the newest object, not by the last one listed', () => {
    expect(silentSeconds(facts({ objects: [object(now - HOUR), object(now - 9 * HOUR)] }))).toBe(3600)
  })
  it('knows it of more objects, too, than fit into one call: of a machine that has published for years', () => {
    const objects = Array.from({ length: 200_000 }, (_, at) => object(now - HOUR - at))
    expect(decide({ objects })).toEqual({ do: 'nothing' })
  })
  it('calls nothing silent of which neither an object nor a launch is known', () => {
    expect(decide({ objects: [], launchedAt: undefined })).toEqual({ do: 'nothing' })
  })
  it('starts no second flush while one runs', () => {
    expect(decide({ flush: flush({ status: 'running', report: undefined }) })).toMatchObject({
      do: 'report',
      finding: { is: 'flushing' },
    })
  })
  it('finds that the instance does not publish by itself when its flush put something in S3', () => {
    const seen = {
      flush: flush(),
      proof: { files: 2, bytes: 9, gaps: [] },
      objects: [object(now - HOUR + 20_000)],
    }
    expect(decide(seen)).toMatchObject({ do: 'report', finding: { is: 'archived' } })
  })
  it('or seconds before it was asked for, by S3’s clock', () => {
    const seen = {
      flush: flush(),
      proof: { files: 2, bytes: 9, gaps: [] },
      objects: [object(now - HOUR - 30_000)],
    }
    expect(decide(seen)).toMatchObject({ finding: { is: 'archived' } })
  })
  it('an instance without traffic is idle: its flush found nothing that was not there', () => {
    const seen = { flush: flush(), proof: { files: 2, bytes: 9, gaps: [] } }
    expect(decide(seen)).toMatchObject({ do: 'report', finding: { is: 'idle' } })
  })
  it('what was published later says nothing about the flush', () => {
    const seen = { flush: flush(), proof: { files: 2, bytes: 9, gaps: [] }, objects: [object(now - 60_000)] }
    expect(decide(seen)).toMatchObject({ finding: { is: 'idle' } })
  })
  it('S3 outranks SSM: what the proof found missing is uploaded directly by the next flush', () => {
    const gaps = [{ path: '/var/log/a', key: 'k', is: 'missing' as const }]
    const seen = { flush: flush(), proof: { files: 2, bytes: 9, gaps } }
    expect(decide(seen)).toMatchObject({ do: 'flush', upload: ['/var/log/a'], finding: { is: 'unproven' } })
  })
  it.each([
    ['failed', flush({ status: 'failed', statusDetails: 'ExecutionTimedOut', report: undefined })],
    ['reported nothing readable', flush({ report: { kind: 'unreadable', why: 'cut' } })],
  ])('a flush that %s is a finding, and is tried again', (_, failed) => {
    expect(decide({ flush: failed })).toMatchObject({
      do: 'flush',
      upload: undefined,
      finding: { is: 'failed' },
    })
  })
})
