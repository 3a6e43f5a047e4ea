import { describe, expect, it } from '@jest/globals'
import { holdOfUnflushed, SETTLING_SECONDS } from '../../src/termination/hold.ts'

const young = 10
const old = SETTLING_SECONDS + 1
const none = (lifecycleState: string | undefined, ageSeconds = young) =>
  holdOfUnflushed({ heartbeat: 'none', isHeldItself: false, lifecycleState, ageSeconds })

describe('no active lifecycle action', () => {
  it('means not yet while the load balancer drains the instance, however long that takes', () => {
    expect(none('Terminating', old)).toBe('pending')
  })
  it.each(['Warmed:Terminating', 'Warmed:Pending', 'ReplacingRootVolume'])(
    'means not yet while the instance is on its way in %s, however long that takes',
    (state) => {
      expect(none(state, old)).toBe('pending')
    },
  )
  it('means not yet while another hook holds the instance', () => {
    expect(none('Terminating:Wait', old)).toBe('pending')
  })
  it('means over while our hook holds the instance for another action, once this one cannot be on its way any more', () => {
    const another = {
      heartbeat: 'none',
      isHeldItself: true,
      lifecycleState: 'Warmed:Pending:Wait',
    } as const
    expect(holdOfUnflushed({ ...another, ageSeconds: young })).toBe('pending')
    expect(holdOfUnflushed({ ...another, ageSeconds: old })).toBe('over')
  })
  it.each(['Terminating:Proceed', 'Terminated', 'Warmed:Terminating:Proceed', 'Warmed:Terminated'])(
    'means over in %s, from which nothing comes back',
    (state) => {
      expect(none(state)).toBe('over')
    },
  )
  it.each([
    ...['Terminating:Retained', 'Warmed:Terminating:Retained', 'ReplacingRootVolume:Proceed'],
    ...['Warmed:Stopped', 'Warmed:Running', 'Warmed:Hibernated', 'Warmed:Pending:Proceed'],
  ])('means over in %s, once that cannot be the state of before', (state) => {
    expect(none(state)).toBe('pending')
    expect(none(state, SETTLING_SECONDS)).toBe('pending')
    expect(none(state, old)).toBe('over')
  })
  it('means over when no group has the instance any more: one empty answer tells nothing, a quarter of an hour of them does', () => {
    expect(none(undefined)).toBe('pending')
    expect(none(undefined, old)).toBe('over')
  })
  it('means over at once when the group itself is gone', () => {
    const gone = { heartbeat: 'no group', isHeldItself: false, ageSeconds: young } as const
    expect(holdOfUnflushed({ ...gone, lifecycleState: undefined })).toBe('over')
    expect(holdOfUnflushed({ ...gone, lifecycleState: 'Terminating:Wait' })).toBe('pending')
  })
  it('means not yet for a young action of an instance that still looks in service, and nothing at all for an old one', () => {
    expect(none('InService')).toBe('pending')
    expect(none('InService', SETTLING_SECONDS)).toBe('pending')
    expect(none('InService', old)).toBe('unfounded')
  })
})

describe('an active lifecycle action', () => {
  const held = (isHeldItself: boolean, lifecycleState: string | undefined, ageSeconds: number) =>
    holdOfUnflushed({ heartbeat: 'held', isHeldItself, lifecycleState, ageSeconds })
  it('holds an instance of which Auto Scaling says so by its id', () => {
    expect(held(true, undefined, old)).toBe('held')
  })
  it.each(['InService', 'Terminating:Wait'])(
    'is not acted upon while our hook does not hold this very instance (%s): the token may be another’s',
    (state) => {
      expect(held(false, state, young)).toBe('pending')
      expect(held(false, state, old)).toBe('unfounded')
    },
  )
})
