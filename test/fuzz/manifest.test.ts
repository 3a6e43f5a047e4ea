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
const multipart = fc.record(
  {
    etag: fc.stringMatching(/^[0-9a-f]{32}-[1-9]$/),
    sha256: fc.stringMatching(/^[A-Za-z0-9+/]{43}=-[1-9]$/),
  },
  { requiredKeys: ['etag'] },
)
const modifiedAt = fc.integer({ min: 0, max: 2 ** 32 }).map((seconds) => seconds * 1000)
const file = fc.record(
  { path, size, md5: hex(32), sha256: hex(64), modifiedAt, multipart },
  { requiredKeys: ['path', 'size', 'md5', 'sha256', 'modifiedAt'] },
)
const words = fc.string().map((text) => text.replaceAll(/[\0\t]/g, ' '))

const manifest = fc.record({
  instanceId: fc.stringMatching(/^i-[0-9a-f]{17}$/),
  purpose: fc.constantFrom('termination' as const, 'audit' as const),
  census: size,
  files: fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 20 }),
  live: fc.array(fc.record({ path, size }), { maxLength: 5 }),
  unaccounted: fc.array(fc.record({ path, size, why: words }), { maxLength: 3 }),
  accounted: fc.array(path, { maxLength: 3 }),
  writers: fc.array(fc.record({ path, name: words }), { maxLength: 3 }),
  notes: fc.array(words, { maxLength: 3 }),
})
type Drawn = typeof manifest extends fc.Arbitrary<infer One> ? One : never

function recordsOf(drawn: Drawn): string[] {
  const { instanceId, purpose, census, files, live, unaccounted, accounted, writers, notes } = drawn
  const records = [
    `manifest\t2\t${instanceId}\t${purpose}\t${census}`,
    ...files.map(fileRecord),
    ...live.map((one) => `live\t${one.size}\t${one.path}`),
    ...unaccounted.map((one) => `unaccounted\t${one.size}\t${one.why}\t${one.path}`),
    ...accounted.map((one) => `accounted\t${one}`),
    ...writers.map((one) => `writer\t${one.name}\t${one.path}`),
    ...notes.map((note) => `note\t${note}`),
  ]
  return [...records, `end\t${records.length}`]
}

function fileRecord({ size, md5, sha256, modifiedAt, multipart, path }: Drawn['files'][number]): string {
  const parts = `${multipart?.etag ?? '-'}\t${multipart?.sha256 ?? '-'}`
  return `file\t${size}\t${md5}\t${sha256}\t${modifiedAt / 1000}\t${parts}\t${path}`
}

const pack = (records: readonly string[]) => gzipSync(records.map((record) => `${record}\0`).join(''))
const lineOf = (gzip: Buffer) => `termination-guard manifest 2 ${gzip.toString('base64')} end`

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
