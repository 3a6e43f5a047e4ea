import { describe, expect, it } from '@jest/globals'
import { holdOfUnflushed, SETTLING_SECONDS } from '../../src/termination/hold.ts'

const young = 10
const old = SETTLING_SECONDS + 1
const none = (lifecycleState: string | undefined, ageSeconds = young) =>
  holdOfUnflushed({ heartbeaten: 'none', lifecycleState, ageSeconds })

describe('no active lifecycle action', () => {
  it('means not yet while the load balancer drains the instance, however long that takes', () => {
    expect(none('Terminating', old)).toBe('pending')
  })
  it('means not yet while another hook holds the instance', () => {
    expect(none('Terminating:Wait', old)).toBe('pending')
  })
  it.each(['Terminating:Proceed', 'Terminating:Retained', 'Terminated', 'Warmed:Stopped'])(
    'means over in %s',
    (state) => {
      expect(none(state)).toBe('over')
    },
  )
  it('means over when no group has the instance any more', () => {
    expect(none(undefined)).toBe('over')
  })
  it('means not yet for a young action of an instance that still looks in service, and nothing at all for an old one', () => {
    expect(none('InService')).toBe('pending')
    expect(none('InService', old)).toBe('unfounded')
  })
})

describe('an active lifecycle action', () => {
  it('holds an instance that waits', () => {
    expect(
      holdOfUnflushed({ heartbeaten: 'held', lifecycleState: 'Terminating:Wait', ageSeconds: old }),
    ).toBe('held')
    expect(
      holdOfUnflushed({ heartbeaten: 'held', lifecycleState: 'ReplacingRootVolume:Wait', ageSeconds: old }),
    ).toBe('held')
  })
  it('is not acted upon while the instance is not seen to wait: the token may be another instance’s', () => {
    const at = (ageSeconds: number) =>
      holdOfUnflushed({ heartbeaten: 'held', lifecycleState: 'InService', ageSeconds })
    expect(at(young)).toBe('pending')
    expect(at(old)).toBe('unfounded')
  })
})
