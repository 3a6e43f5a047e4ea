import { expect, it } from '@jest/globals'
import { archivePrefix, environmentOf } from '../../src/archive/prefix.ts'

const instance = { groupName: 'web/asg 1', instanceId: 'i-0123456789abcdef0', environmentId: undefined }

it('fills the instance and the group into the template, with nothing in it that a key of ours may not hold', () => {
  expect(archivePrefix('logs/{group}/{instance}/', instance)).toBe('logs/web_asg_1/i-0123456789abcdef0/')
})

it('fills each of them wherever the template has it', () => {
  const twice = '{group}/{instance}/{environment}/{group}/{instance}/{environment}/'
  const { instanceId } = instance
  expect(archivePrefix(twice, { ...instance, environmentId: 'e-1' })).toBe(
    `web_asg_1/${instanceId}/e-1/web_asg_1/${instanceId}/e-1/`,
  )
})

it('reads the environment off the name of an Elastic Beanstalk group', () => {
  expect(environmentOf('awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1A2B3C')).toBe('e-abcdefghij')
  expect(environmentOf('awseb-e-abcdefghij-immutable-stack-AWSEBAutoScalingGroup-9')).toBe('e-abcdefghij')
  expect(environmentOf('web-asg')).toBeUndefined()
})

it('says what to do when a template wants an environment and the group has none', () => {
  expect(() => archivePrefix('p/{environment}/{instance}/', instance)).toThrow(
    /write a prefix without it, or tag the group/,
  )
})

it('takes for an environment only what Elastic Beanstalk names so, not a part of somebody’s own name', () => {
  expect(environmentOf('awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1')).toBe('e-abcdefghij')
  for (const name of ['my-awseb-e-abcdefghij-copy', 'awseb-e-abcdefghij', 'awseb-x-abcdefghij-stack'])
    expect(environmentOf(name)).toBeUndefined()
})
