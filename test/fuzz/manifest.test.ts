import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { findManifestLine, parseManifest } from '../../src/flush/manifest.ts'

const path = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((text) => `/${text.replaceAll('\0', '')}`)
  // A lone surrogate cannot be written as UTF-8 and come back.
  .filter((text) => text.isWellFormed())
const size = fc.integer({ min: 0, max: 2 ** 48 })
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`))
const file = fc.record({ path, size, md5: hex(32), sha256: hex(64) })

const manifest = fc.record({
  instanceId: fc.stringMatching(/^i-[0-9a-f]{17}$/),
  purpose: fc.constantFrom('termination' as const, 'audit' as const),
  quiesced: fc.boolean(),
  files: fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 20 }),
  live: fc.array(fc.record({ path, size }), { maxLength: 5 }),
  notes: fc.array(
    fc.string().map((text) => text.replaceAll(/[\0\t]/g, ' ')),
    { maxLength: 3 },
  ),
})
type Drawn = typeof manifest extends fc.Arbitrary<infer One> ? One : never

function recordsOf({ instanceId, purpose, quiesced, files, live, notes }: Drawn): string[] {
  const records = [
    `manifest\t1\t${instanceId}\t${purpose}\t${quiesced ? 'yes' : 'no'}`,
    ...files.map((one) => `file\t${one.size}\t${one.md5}\t${one.sha256}\t${one.path}`),
    ...live.map((one) => `live\t${one.size}\t${one.path}`),
    ...notes.map((note) => `note\t${note}`),
  ]
  return [...records, `end\t${records.length}`]
}

const pack = (records: readonly string[]) => gzipSync(records.map((record) => `${record}\0`).join(''))
const lineOf = (gzip: Buffer) => `termination-guard manifest 1 ${gzip.toString('base64')} end`

describe('manifests', () => {
  it('come back as they were written, whatever the files are called', () => {
    fc.assert(
      fc.property(manifest, (drawn) => {
        const found = findManifestLine(`talk\n${lineOf(pack(recordsOf(drawn)))}\nmore talk\n`)
        if (found.kind !== 'inline') throw new Error(found.kind)
        expect(parseManifest(found.gzip)).toEqual(drawn)
      }),
    )
  })

  it('cut anywhere are no manifest', () => {
    fc.assert(
      fc.property(manifest, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (drawn, share) => {
        const line = lineOf(pack(recordsOf(drawn)))
        expect(findManifestLine(line.slice(0, Math.floor(share * line.length))).kind).toBe('unreadable')
      }),
    )
  })

  it('that lack a record, or have one too many, are refused', () => {
    fc.assert(
      fc.property(manifest, fc.nat(), fc.boolean(), (drawn, place, isLonger) => {
        const records = recordsOf(drawn)
        records.splice(place % records.length, isLonger ? 0 : 1, ...(isLonger ? ['note\tslipped in'] : []))
        expect(() => parseManifest(pack(records))).toThrow(/manifest/)
      }),
    )
  })

  it('of any bytes are read or refused with an Error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isPacked) => {
        expect(() => parseManifest(isPacked ? gzipSync(bytes) : bytes)).toThrow()
      }),
    )
  })
})
