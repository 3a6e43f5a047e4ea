import { describe, expect, it } from '@jest/globals'
import type { Copy, CopySnapshot, CopyVolume } from '../../src/recovery/copies.ts'
import { decideCopy, MOST_SALVAGES, rubbish, type SeenCopy } from '../../src/recovery/decide-copy.ts'
import { action, MINUTE, START } from '../termination/observations.ts'

const snapshot: CopySnapshot = {
  ...{ snapshotId: 'snap-1', state: 'completed', startedAt: START + 10 * MINUTE, why: undefined },
}
const volume: CopyVolume = {
  ...{ volumeId: 'vol-1', snapshotId: 'snap-1', state: 'available', zone: 'a' },
  ...{ createdAt: START + 15 * MINUTE, attachment: undefined, keyId: undefined },
}
const near = { instanceId: 'i-near', zone: 'a' }
const far = { instanceId: 'i-far', zone: 'b' }
const attached = (instanceId: string, isComplete = true, sinceMinutes = 35): CopyVolume => ({
  ...volume,
  state: 'in-use',
  attachment: { instanceId, device: '/dev/sdf', isComplete, since: START + sinceMinutes * MINUTE },
})
const copyOf = (snapshots: readonly CopySnapshot[], volumes: readonly CopyVolume[] = []): Copy => ({
  ...{
    instanceId: action.instanceId,
    actionBegan: START,
    diskId: 'vol-dead',
    ofGone: false,
    snapshots,
    volumes,
  },
})
const salvage = (status: 'running' | 'succeeded' | 'failed', endedMinutes = 30, ranOn = 'i-near') => ({
  ...{ commandId: 'c', ranOn, status, statusDetails: status, requestedAt: snapshot.startedAt },
  endedAt: status === 'running' ? undefined : START + endedMinutes * MINUTE,
})
const seen = (changes: Partial<SeenCopy> = {}): SeenCopy => ({
  ...{ now: START + 40 * MINUTE, copy: copyOf([snapshot]), siblings: [far, near], salvages: [] },
  ...changes,
})
const step = (changes: Partial<SeenCopy> = {}) => decideCopy(seen(changes))

describe('a copy', () => {
  it('becomes a volume where a healthy machine is, once its snapshot is complete', () => {
    expect(step()).toEqual({ do: 'create-volume', snapshotId: 'snap-1', zone: 'b' })
    expect(step({ copy: copyOf([{ ...snapshot, state: 'pending' }]) }).do).toBe('wait')
    expect(step({ siblings: [] }).do).toBe('wait')
  })
  it('is attached to a healthy machine in its zone', () => {
    const copy = copyOf([snapshot], [volume])
    expect(step({ copy })).toEqual({ do: 'attach', volumeId: 'vol-1', on: 'i-near' })
    expect(step({ copy: copyOf([snapshot], [{ ...volume, state: 'creating' }]) }).do).toBe('wait')
  })
  it('gets another volume where the last healthy machine of its zone is gone', () => {
    const copy = copyOf([snapshot], [volume])
    expect(step({ copy, siblings: [far] })).toEqual({
      ...{ do: 'create-volume', snapshotId: 'snap-1', zone: 'b' },
    })
    expect(step({ copy, siblings: [] }).do).toBe('wait')
  })
  it('is salvaged as what the snapshot shows, by the machine to which it is attached', () => {
    expect(step({ copy: copyOf([snapshot], [attached('i-near')]) })).toEqual({
      ...{ do: 'salvage', volumeId: 'vol-1', on: 'i-near', device: '/dev/sdf' },
      copiedAt: snapshot.startedAt,
    })
    expect(step({ copy: copyOf([snapshot], [attached('i-near', false)]) }).do).toBe('wait')
  })
  it('is salvaged by another machine the next time, where there is one', () => {
    const salvages = [salvage('failed')]
    const another = { instanceId: 'i-another', zone: 'a' }
    const copy = copyOf([snapshot], [attached('i-near')])
    expect(step({ copy, salvages })).toEqual({ do: 'detach', volumeId: 'vol-1', from: 'i-near' })
    const off = copyOf([snapshot], [volume])
    expect(step({ copy: off, salvages, siblings: [near, another] })).toMatchObject({ on: 'i-another' })
    expect(step({ copy: off, salvages, siblings: [near, far] })).toMatchObject({ zone: 'b' })
    expect(step({ copy: off, salvages, siblings: [near] })).toMatchObject({ on: 'i-near' })
    expect(step({ copy: copyOf([snapshot]), salvages, siblings: [near, far] })).toMatchObject({ zone: 'b' })
  })
  it('is taken off where it never arrives, or does not let go', () => {
    const copy = copyOf([snapshot], [attached('i-near', false, 30)])
    const off = { do: 'detach', volumeId: 'vol-1', from: 'i-near' }
    expect(step({ copy })).toEqual(off)
    const tried = Array.from({ length: MOST_SALVAGES }, () => salvage('failed'))
    expect(step({ copy, salvages: tried })).toEqual(off)
    expect(step({ copy, salvages: [salvage('running')] }).do).toBe('wait')
    const onItsWay = copyOf([snapshot], [attached('i-near', false)])
    expect(step({ copy: onItsWay, salvages: tried }).do).toBe('wait')
  })
  it('is taken off a machine that is not healthy any more', () => {
    const copy = copyOf([snapshot], [attached('i-gone')])
    expect(step({ copy })).toEqual({ do: 'detach', volumeId: 'vol-1', from: 'i-gone' })
    expect(step({ copy, salvages: [salvage('running')] }).do).toBe('wait')
  })
  it('is salvaged once more where that failed, and where what succeeded is not proven in time', () => {
    const copy = copyOf([snapshot], [attached('i-near')])
    const alone = { copy, siblings: [near] }
    expect(step({ copy, salvages: [salvage('running')] }).do).toBe('wait')
    expect(step({ ...alone, salvages: [salvage('failed')] }).do).toBe('salvage')
    expect(step({ copy, salvages: [salvage('succeeded')] }).do).toBe('wait')
    expect(step({ copy, salvages: [{ ...salvage('succeeded'), endedAt: undefined }] }).do).toBe('wait')
    expect(step({ ...alone, salvages: [salvage('succeeded', 10)] }).do).toBe('salvage')
    const long = { siblings: [near], copy: copyOf([snapshot], [attached('i-near', true, 20)]) }
    expect(step({ ...long, salvages: [{ ...salvage('succeeded'), endedAt: undefined }] }).do).toBe('salvage')
    const tried = Array.from({ length: MOST_SALVAGES }, () => salvage('failed'))
    expect(step({ copy, salvages: tried })).toEqual({ do: 'detach', volumeId: 'vol-1', from: 'i-near' })
    expect(step({ copy: copyOf([snapshot], [volume]), salvages: tried }).do).toBe('wait')
    expect(step({ copy, salvages: [salvage('succeeded'), ...tried] }).do).toBe('wait')
  })
})

it('a snapshot that is being made is waited for, and not thrown away', () => {
  const pending = copyOf([{ ...snapshot, state: 'pending' }])
  expect(step({ copy: pending })).toEqual({ do: 'wait', reason: 'its snapshot is being made' })
  expect(rubbish(pending, false)).toEqual({ snapshots: [], volumes: [] })
})

describe('of several', () => {
  const older = { ...snapshot, snapshotId: 'snap-0', startedAt: START + 9 * MINUTE }
  const second = { ...volume, volumeId: 'vol-2' }
  const ids = ({ snapshots, volumes }: Pick<Copy, 'snapshots' | 'volumes'>) =>
    [...snapshots.map((one) => one.snapshotId), ...volumes.map((one) => one.volumeId)].join(' ')

  it('one is used, and the others are thrown away', () => {
    const copy = copyOf([older, snapshot], [{ ...second, snapshotId: 'snap-0' }, volume])
    expect(step({ copy, siblings: [near] })).toMatchObject({ do: 'attach', volumeId: 'vol-2' })
    expect(ids(rubbish(copy, false))).toBe('snap-1 vol-1')
  })
  it('the volume that is attached is used, else the newest, which was made where a machine is', () => {
    expect(step({ copy: copyOf([snapshot], [volume, second]) })).toMatchObject({ volumeId: 'vol-2' })
    const copy = copyOf([snapshot], [attached('i-near'), second])
    expect(step({ copy })).toMatchObject({ do: 'salvage', volumeId: 'vol-1' })
    expect(ids(rubbish(copy, false))).toBe('vol-2')
  })
  it('none that failed is used', () => {
    const ofOlder = { ...volume, snapshotId: 'snap-0', state: 'error' }
    const copy = copyOf([{ ...older, state: 'error' }, snapshot], [ofOlder])
    expect(step({ copy })).toMatchObject({ do: 'create-volume', snapshotId: 'snap-1' })
    expect(ids(rubbish(copy, false))).toBe('snap-0 vol-1')
  })
  it('a volume that EC2 could not make is told, with its key, and thrown away before another is made', () => {
    const failed = { ...volume, state: 'error', keyId: 'arn:aws:kms:eu-west-1:111122223333:key/k' }
    const copy = copyOf([snapshot], [failed])
    expect(step({ copy })).toMatchObject({
      do: 'complain',
      reason: expect.stringMatching(/^EC2 could not make vol-1 of snap-1, .* its key, arn:aws:kms:.*key\/k/),
    })
    expect(ids(rubbish(copy, false))).toBe('vol-1')
    const plain = copyOf([snapshot], [{ ...failed, keyId: undefined }])
    expect(step({ copy: plain })).toMatchObject({ reason: expect.stringMatching(/does not say why$/) })
    // What can be used is used.
    expect(step({ copy: copyOf([snapshot], [failed, second]) })).toMatchObject({ volumeId: 'vol-2' })
    expect(step({ copy, siblings: [] }).do).toBe('wait')
  })
  it('a snapshot that failed is told as EC2 tells it, and thrown away before another is made', () => {
    const copy = copyOf([{ ...snapshot, state: 'error', why: 'the key is disabled' }])
    expect(step({ copy })).toEqual({ do: 'complain', reason: 'its snapshot failed: the key is disabled' })
    expect(ids(rubbish(copy, false))).toBe('snap-1')
  })
  it('nothing is kept once the action is over, and nothing is deleted twice', () => {
    const copy = copyOf([snapshot], [volume, { ...second, state: 'deleting' }])
    expect(ids(rubbish(copy, true))).toBe('snap-1 vol-1')
  })
})
