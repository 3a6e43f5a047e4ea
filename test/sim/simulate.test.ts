import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { simulate } from '../../src/sim/simulate.ts'

/** Seeds that once found something, and what it was. */
const found: readonly (readonly [seed: number, what: string])[] = [
  [6, 'a third flush was started beside an older one that still ran, because only the newest was looked at'],
  [12, 'a flush was started beside another pass’s flush that had not ended'],
  [9, 'a machine whose root volume is replaced was told as retained'],
  [62, 'a replaced root volume was told as retained, and its lines were gone'],
  [167, 'a pass that failed after many looks came back later than the hook’s time-out'],
  [191, 'the back-off of failing passes let two holds expire'],
  [1500, 'an action that just began was looked at several times a second when retries need not wait'],
  [10_091, 'an adopted action was completed as lost by a pass that was killed before it told so'],
  [14_831, 'a message of a group that does not exist failed for ever for want of its environment'],
  [13_371, 'a good end took more calls than it may, counted over two terminations of one instance'],
  [15_378, 'a root volume that is replaced is held, loudly, for as long as Auto Scaling lets us'],
]

describe('a simulated world', () => {
  it.each(found)('seed %d finds no more than it did: %s', async (seed) => {
    expect((await simulate(seed)).violations).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6])('loses no line in fifty worlds (%d of 6)', async (part) => {
    for (let seed = part * 50; seed < (part + 1) * 50; seed++) {
      const { violations, mix } = await simulate(seed)
      expect({ seed, mix, violations }).toEqual({ seed, mix, violations: [] })
    }
  })

  it.each([3, 206, 554])('seed %d twice is the same day to the byte', async (seed) => {
    const [once, again] = [await simulate(seed, { isTraced: true }), await simulate(seed, { isTraced: true })]
    expect(once.trace.length).toBeGreaterThan(100)
    expect(digest(again.trace)).toBe(digest(once.trace))
  })

  it('is the same world whether or not somebody reads its day', async () => {
    const [read, unread] = [await simulate(206, { isTraced: true }), await simulate(206)]
    expect({ ...read, trace: [] }).toEqual(unread)
  })
})

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
