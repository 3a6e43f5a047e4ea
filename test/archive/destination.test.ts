import { expect, it } from '@jest/globals'
import { prefixOf } from '../../src/archive/destination.ts'
import { OneInstance } from '../one-instance.ts'
import { action } from '../termination/observations.ts'

const aws = new OneInstance()
aws.groupName = 'plain'
aws.tags = [{ Key: 'elasticbeanstalk:environment-id', Value: 'e-abcdefghij' }]
const { instanceId } = action
const of = (groupName: string) =>
  prefixOf(aws.guard.aws, 'p/{environment}/{instance}/', { groupName, instanceId })

it('is in the environment that the group’s own tags name', async () => {
  expect(await of('plain')).toBe(`p/e-abcdefghij/${instanceId}/`)
})

it('is in no environment of another group, whatever AWS answers', async () => {
  await expect(of('another')).rejects.toThrow('belongs to no Elastic Beanstalk environment')
})

it.each([
  ['a template that wants no environment', 'p/{group}/{instance}/', 'plain', `p/plain/${instanceId}/`],
  [
    'a group that shows its environment by its name',
    'p/{environment}/{instance}/',
    'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1',
    `p/e-abcdefghij/${instanceId}/`,
  ],
])('%s costs no call', async (_what, template, groupName, prefix) => {
  const calls = aws.calls.length
  expect(await prefixOf(aws.guard.aws, template, { groupName, instanceId })).toBe(prefix)
  expect(aws.calls.slice(calls)).toEqual([])
})
