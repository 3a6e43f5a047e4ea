import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { findMoved, judge, type ObjectFacts } from '../../src/archive/prove.ts'

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`))
const size = fc.integer({ min: 0, max: 3 })
// Few digests, so that they agree now and then.
const md5 = fc.constantFrom('a'.repeat(32), 'b'.repeat(32))
const sha256 = fc.constantFrom('c'.repeat(64), 'd'.repeat(64))
const file = fc.record({ path: fc.constant('/var/log/a'), size, md5, sha256, modifiedAt: fc.constant(0) })
const etag = fc.oneof(
  md5,
  hex(32),
  hex(32).map((digest) => `${digest}-2`),
  fc.string(),
)

const evidence: fc.Arbitrary<ObjectFacts> = fc.record({
  listed: fc.option(fc.record({ key: fc.constant('k'), size, etag, lastModified: fc.constant(0) }), {
    nil: undefined,
  }),
  head: fc.oneof(
    fc.record({
      is: fc.constant('known' as const),
      sha256: fc.option(sha256, { nil: undefined }),
      etagIsMd5: fc.boolean(),
    }),
    fc.record({ is: fc.constantFrom('denied' as const, 'missing' as const) }),
  ),
  digest: fc.oneof(
    fc.record({ is: fc.constant('read' as const), sha256 }),
    fc.record({ is: fc.constantFrom('denied' as const, 'missing' as const) }),
  ),
})

describe('a judgement', () => {
  it('is proven only when the sizes agree and a digest of the whole object does', () => {
    fc.assert(
      fc.property(file, evidence, fc.constantFrom(0, 2, 100), (wanted, seen, limit) => {
        if (judge(wanted, seen, limit) !== 'proven') return
        expect(seen.listed?.size).toBe(wanted.size)
        const digests = [
          seen.listed?.etag === wanted.md5,
          seen.head?.is === 'known' && seen.head.sha256 === wanted.sha256,
          seen.digest?.is === 'read' && seen.digest.sha256 === wanted.sha256,
        ]
        expect(digests).toContain(true)
      }),
    )
  })

  it('asks each question once at most, so that a proof ends', () => {
    fc.assert(
      fc.property(file, evidence, (wanted, { listed, head, digest }) => {
        expect(judge(wanted, { listed, ...(head && { head }) }, 100)).not.toBe('ask head')
        expect(judge(wanted, { listed, ...(head && { head }), ...(digest && { digest }) }, 100)).not.toMatch(
          /^ask/,
        )
      }),
    )
  })
})

describe('moved objects', () => {
  it('account for no more files than there are objects of that content', () => {
    const files = fc.uniqueArray(fc.record({ path: hex(3), size, md5, sha256, modifiedAt: fc.constant(0) }), {
      selector: ({ path }) => path,
    })
    const objects = fc.array(fc.record({ key: hex(5), size, etag: md5, lastModified: fc.constant(0) }))
    fc.assert(
      fc.property(files, objects, (wanted, moved) => {
        const found = findMoved({ instanceId: 'i-0123456789abcdef0', files: wanted }, moved)
        for (const one of wanted) {
          const same = (other: { size: number }, digest: string) =>
            other.size === one.size && digest === one.md5
          const accounted = wanted.filter((other) => found.has(other.path) && same(other, other.md5)).length
          const there = moved.filter((object) => same(object, object.etag)).length
          expect(accounted).toBeLessThanOrEqual(there)
        }
      }),
    )
  })
})
