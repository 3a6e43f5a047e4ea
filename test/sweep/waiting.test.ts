import { expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { waitingAndRetained } from '../../src/sweep/waiting.ts'

/** In which states an instance is looked at as held, as kept, and as one whose disk is in use for longer. */
it.each([
  ['InService', 'staying'],
  ['Standby', 'staying'],
  ['Warmed:Stopped', 'staying'],
  ['Warmed:Running', 'staying'],
  ['Terminating:Retained', 'retained staying'],
  ['Warmed:Pending:Retained', 'retained staying'],
  ['Terminating', ''],
  ['Terminating:Wait', 'waiting'],
  ['Terminating:Proceed', ''],
  ['Warmed:Terminating:Wait', 'waiting'],
  ['Warmed:Pending:Wait', 'waiting'],
  ['Pending:Wait', ''],
  ['Pending', ''],
  ['ReplacingRootVolume:Wait', 'waiting'],
  ['ReplacingRootVolume:Proceed', ''],
  ['RootVolumeReplaced', 'staying'],
])('an instance that is %s is %j', async (LifecycleState, kinds) => {
  const one = { InstanceId: 'i-0123456789abcdef0', AutoScalingGroupName: 'web', LifecycleState }
  const describeAutoScalingInstances = async () => ({ AutoScalingInstances: [one] })
  const found = await waitingAndRetained({ describeAutoScalingInstances } as unknown as AwsApi)
  const of = (Object.keys(found) as (keyof typeof found)[]).filter((kind) => found[kind].length > 0)
  expect(of.join(' ')).toBe(kinds)
})

it.each([
  ['no group', { LifecycleState: 'Terminating:Wait' }],
  ['no state', { AutoScalingGroupName: 'web' }],
])('an instance that is told of with %s is none that anything could be done to', async (_what, told) => {
  const describeAutoScalingInstances = async () => ({
    AutoScalingInstances: [{ InstanceId: 'i-0123456789abcdef0', ...told }],
  })
  const found = await waitingAndRetained({ describeAutoScalingInstances } as unknown as AwsApi)
  expect(found).toEqual({ waiting: [], retained: [], staying: [] })
})
