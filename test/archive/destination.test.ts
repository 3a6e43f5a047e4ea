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
