import { expect, it } from '@jest/globals'
import { planReplacement, replacementLines } from '../../src/cli/replace.ts'

const group = { groupName: 'collectors', desired: 1, maximum: 1, lifecycleState: 'InService' }

it('brings the second instance into service before the only one goes', () => {
  const lines = replacementLines(planReplacement('i-0abcdef12', { ...group, maximum: 4 }))
  expect(lines).toEqual([
    'raise the desired capacity of collectors from 1 to 2',
    'wait until 2 instances are in service',
    'terminate i-0abcdef12 through Auto Scaling, back to 1; the guard holds it until its logs are in S3',
  ])
})

it('makes room in a full group, and takes it back', () => {
  const lines = replacementLines(planReplacement('i-0abcdef12', group))
  expect(lines[0]).toBe('raise the maximum of collectors from 1 to 2')
  expect(lines.at(-1)).toBe('set the maximum back to 1')
})

it.each([
  ['in no group', undefined, 'in no Auto Scaling group'],
  ['on its way out already', { ...group, lifecycleState: 'Terminating:Wait' }, 'not InService'],
])('refuses an instance that is %s', (_what, facts, why) => {
  expect(() => planReplacement('i-0abcdef12', facts)).toThrow(why)
})
