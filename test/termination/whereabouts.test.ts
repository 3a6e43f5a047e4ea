import { expect, it } from '@jest/globals'
import { whereabouts } from '../../src/termination/lifecycle-actions.ts'
import { OneInstance } from '../one-instance.ts'
import { action } from './observations.ts'

const aws = new OneInstance()
const { AutoScalingInstances: [own] = [] } = await aws.guard.aws.describeAutoScalingInstances({})
if (!own) throw new Error('there is no instance')
const told = async (...instances: (typeof own)[]) => {
  aws.guard.aws.describeAutoScalingInstances = async () => ({ AutoScalingInstances: instances })
  return await whereabouts(aws.guard.aws, action.instanceId)
}

it('is of the instance that was asked for, whatever else the answer holds', async () => {
  const another = { ...own, InstanceId: 'i-1', LifecycleState: 'Terminating:Wait' }
  expect(await told(another, { ...own, LifecycleState: 'InService' })).toMatchObject({
    lifecycleState: 'InService',
  })
  expect(await told(another)).toBeUndefined()
})

it.each([
  ['HEALTHY', true],
  ['Healthy', true],
  ['UNHEALTHY', false],
])('an instance that is %s is healthy: %s', async (HealthStatus, isHealthy) => {
  expect(await told({ ...own, HealthStatus })).toMatchObject({ isHealthy })
})
