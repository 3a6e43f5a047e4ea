/** What is owed, whatever a later flush leaves out. */
import { describe, expect, it } from '@jest/globals'
import type { Manifest } from '../../src/model.ts'
import { flushThatCounts, owedManifest } from '../../src/termination/evidence.ts'
import { failed, file, flush, MINUTE, manifest, START } from './observations.ts'

const at = (minutes: number, changes: Partial<Manifest> = {}) =>
  flush({
    requestedAt: START + minutes * MINUTE,
    report: { kind: 'manifest', manifest: manifest({ files: [], ...changes }) },
  })
const lost = { path: file.path, size: 1, why: 'it was deleted' }

describe('what a flush calls unaccounted', () => {
  it('is owed no more once a later one holds it, which owes it as a file', () => {
    const owed = owedManifest({
      flushes: [at(3, { files: [file], accounted: [file.path] }), at(1, { unaccounted: [lost] })],
    })
    expect(owed).toMatchObject({ files: [file], unaccounted: [] })
  })
  it('is a file that stays owed where the newest names neither', () => {
    const flushes = [at(5), at(3, { files: [file], accounted: [file.path] }), at(1, { unaccounted: [lost] })]
    expect(owedManifest({ flushes })).toMatchObject({ files: [file], unaccounted: [] })
  })
  it('is accounted for by what is younger, under whatever name that was asked for', () => {
    const flushedBeside = [at(3, { files: [file], accounted: [file.path] })]
    const owed = owedManifest({ flushes: [at(5), at(1, { unaccounted: [lost] })], flushedBeside })
    expect(owed).toMatchObject({ files: [file], unaccounted: [] })
  })
  it('is called what the youngest of them calls it', () => {
    const flushes = [
      at(5),
      at(3, { unaccounted: [{ ...lost, why: 'it was cut' }] }),
      at(1, { unaccounted: [lost] }),
    ]
    expect(owedManifest({ flushes })).toMatchObject({ unaccounted: [{ ...lost, why: 'it was cut' }] })
  })
  it('and never by what is older', () => {
    const flushes = [at(5, { unaccounted: [lost] }), at(1, { files: [file], accounted: [file.path] })]
    expect(owedManifest({ flushes })).toMatchObject({ unaccounted: [lost] })
  })
})

describe('before a salvage', () => {
  const salvage = flush({ copiedAt: START, requestedAt: START })
  it.each(['DeliveryTimedOut', 'Undeliverable'])('nothing counts that was %s', (statusDetails) => {
    expect(flushThatCounts([{ ...failed, statusDetails }, salvage])).toBe(salvage)
  })
  it.each(['ExecutionTimedOut', 'Failed', 'Cancelled', 'InProgress'])('what is %s does', (statusDetails) => {
    const ran = { ...failed, statusDetails }
    expect(flushThatCounts([ran, salvage])).toBe(ran)
  })
})
