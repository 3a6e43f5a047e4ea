import { describe, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { type SharedFacts, sharingHooks } from '../../src/aws/ask-once.ts'

describe('the passes of one invocation', () => {
  const asked: string[] = []
  const ofGroup = (AutoScalingGroupName: string) => ({ AutoScalingGroupName, LifecycleHookNames: ['guard'] })
  const aws = (refusals = 0) => {
    asked.length = 0
    let left = refusals
    const call = (name: string) => async () => {
      asked.push(name)
      if (left-- > 0) throw new Error('Rate exceeded')
      return { LifecycleHooks: [] }
    }
    return {
      describeLifecycleHooks: call('hooks'),
      describeInstances: call('instances'),
      recordLifecycleActionHeartbeat: call('heartbeat'),
    } as unknown as AwsApi
  }
  it('ask once what the hook of a group is set to', async () => {
    const one = aws()
    const shared: SharedFacts = new Map()
    await sharingHooks(one, shared).describeLifecycleHooks(ofGroup('web'))
    await sharingHooks(one, shared).describeLifecycleHooks(ofGroup('web'))
    expect(asked).toEqual(['hooks'])
    await sharingHooks(one, shared).describeLifecycleHooks(ofGroup('api'))
    expect(asked).toEqual(['hooks', 'hooks'])
  })
  it('do not wait for a call of another one that hangs', async () => {
    const shared: SharedFacts = new Map()
    const hanging = { describeLifecycleHooks: () => new Promise(() => {}) } as unknown as AwsApi
    sharingHooks(hanging, shared).describeLifecycleHooks(ofGroup('web'))
    expect(await sharingHooks(aws(), shared).describeLifecycleHooks(ofGroup('web'))).toEqual({
      LifecycleHooks: [],
    })
  })
  it('ask everything else each for itself', async () => {
    const one = aws()
    const shared: SharedFacts = new Map()
    for (const pass of [1, 2].map(() => sharingHooks(one, shared))) {
      await pass.describeInstances({ InstanceIds: ['i-1'] })
      await pass.recordLifecycleActionHeartbeat({ AutoScalingGroupName: 'web', LifecycleHookName: 'guard' })
    }
    expect(asked).toEqual(['instances', 'heartbeat', 'instances', 'heartbeat'])
  })
  it('ask again where one of them was refused', async () => {
    const one = aws(1)
    const shared: SharedFacts = new Map()
    const first = sharingHooks(one, shared).describeLifecycleHooks(ofGroup('web'))
    await expect(first).rejects.toThrow('Rate exceeded')
    expect(await sharingHooks(one, shared).describeLifecycleHooks(ofGroup('web'))).toEqual({
      LifecycleHooks: [],
    })
  })
})
