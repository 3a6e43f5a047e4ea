import { describe, expect, it } from '@jest/globals'
import { decideGrow, type SeenDisk } from '../../src/recovery/decide-grow.ts'
import { MINUTE, START } from '../termination/observations.ts'

const volume = { volumeId: 'vol-1', sizeGiB: 8, grownAt: undefined }
const seen = (changes: Partial<SeenDisk> = {}): SeenDisk => ({
  ...{ now: START + 20 * MINUTE, heldSince: START, rebootedAt: START + 6 * MINUTE },
  ...{ volume, change: undefined, complaint: 'x: No space left on device' },
  ...changes,
})
const grownAt = START + 12 * MINUTE
const grown = (changes: Partial<SeenDisk> = {}) =>
  seen({
    volume: { ...volume, grownAt },
    change: { startedAt: grownAt + 1, state: 'optimizing' },
    complaint: undefined,
    ...changes,
  })
const step = (of: SeenDisk) => decideGrow(of).do

describe('a full disk', () => {
  it.each([
    [1, 2],
    [5, 6],
    [8, 10],
    [30, 36],
    [80, 96],
    [100, 116],
    [4000, 4016],
  ])('of %d GiB grows to %d: by a fifth, by 1 at least, and 16 at most', (sizeGiB, toGiB) => {
    expect(decideGrow(seen({ volume: { ...volume, sizeGiB } }))).toMatchObject({ do: 'grow', toGiB })
  })
  it('is told in the machine’s own words', () => {
    expect(decideGrow(seen())).toMatchObject({
      reason: 'its disk is full (x: No space left on device): vol-1 grows from 8 to 10 GiB',
    })
  })
  it('grows again for another action', () => {
    expect(step(seen({ volume: { ...volume, grownAt: START - MINUTE } }))).toBe('grow')
  })
  it('grows once an action, though that was in its first moment', () => {
    expect(step(grown({ volume: { ...volume, grownAt: START }, complaint: 'full' }))).not.toBe('grow')
  })
  it.each<[string, SeenDisk]>([
    ['nothing tells that it is full', seen({ complaint: undefined })],
    ['its growth was refused', grown({ change: undefined })],
    [
      'its last change is older than the action',
      grown({ change: { startedAt: START - 1, state: 'completed' } }),
    ],
    ['its change failed', grown({ change: { startedAt: grownAt, state: 'failed' } })],
    [
      'it takes too long',
      grown({ now: grownAt + 15 * MINUTE, change: { startedAt: grownAt, state: 'modifying' } }),
    ],
    ['it grew, and its machine was rebooted since', grown({ rebootedAt: grownAt + MINUTE })],
    ['a tag of ours cannot be read', grown({ volume: { ...volume, grownAt: Number.POSITIVE_INFINITY } })],
  ])('is left to the next rung where %s', (_, of) => {
    expect(step(of)).toBe('pass')
  })
  it('is waited for while it grows', () => {
    expect(step(grown({ change: { startedAt: grownAt, state: 'modifying' } }))).toBe('wait')
  })
  it.each(['optimizing', 'completed'])('that has grown takes a boot: %s', (state) => {
    expect(step(grown({ change: { startedAt: grownAt, state } }))).toBe('reboot')
    expect(step(grown({ change: { startedAt: grownAt, state }, rebootedAt: undefined }))).toBe('reboot')
  })
})
