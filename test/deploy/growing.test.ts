/** The rung `grow` deployed alone: its rights hold without those of other rungs, and no other rung's come with it. */
import { describe, expect, it } from '@jest/globals'
import { functionNames } from '../../deploy/environment.ts'
import { roleOf } from '../../deploy/roles.ts'
import { deployment } from '../../deploy/template.ts'
import { growthKey, rebootKey } from '../../src/recovery/once-mark.ts'
import { defaults } from './defaults.ts'
import { denied, isAllowed, policyOf } from './iam.ts'
import type { Template } from './packaged.ts'
import { instanceArn, instanceTags, NAME, snapshotArn, taggedAsGrown, volumeArn } from './requests.ts'

const rolesWith = (groups: string, recover: string) => {
  const { resources } = deployment(NAME, { ...defaults, groups, recover })
  return { Resources: resources, Outputs: {} } as Template
}
const ask = (action: string, resource: string, context = {}) => ({ action, resource, context })

describe.each([
  ['by name', 'web-asg', { name: 'web-asg', tags: {} }],
  ['by tag', 'tag:team=data', { name: 'x', tags: { team: 'data' } }],
])('with a group chosen %s', (_, groups, group) => {
  const tags = instanceTags(group)
  const needs = [
    ask('ec2:DescribeVolumes', '*'),
    ask('ec2:DescribeVolumesModifications', '*'),
    ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': [growthKey(NAME)] }),
    ask('ec2:ModifyVolume', volumeArn, taggedAsGrown),
    ask('ec2:GetConsoleOutput', instanceArn, tags),
    ask('ec2:CreateTags', instanceArn, { ...tags, 'aws:TagKeys': [rebootKey(NAME)] }),
    ask('ec2:RebootInstances', instanceArn, tags),
  ]
  const sweep = policyOf(rolesWith(groups, 'grow'), roleOf('sweep'))

  it('the sweep may do what the rung does', async () => {
    expect(await denied(sweep, needs)).toEqual([])
  })
  it.each([
    ask('ec2:ModifyVolume', volumeArn),
    ask('ec2:ModifyVolume', volumeArn, { 'aws:ResourceTag/team': 'data' }),
    ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': [growthKey(NAME), 'team'] }),
    ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': ['team'], 'aws:ResourceTag/team': 'data' }),
    ask('ec2:CreateSnapshot', volumeArn),
    ask('ec2:CreateVolume', snapshotArn),
    ask('ec2:DeleteVolume', volumeArn, taggedAsGrown),
    ask('ec2:AttachVolume', volumeArn, taggedAsGrown),
  ])('and not $action on $resource with $context', async (request) => {
    expect(await isAllowed(sweep, request)).toBe(false)
  })
  it('no other function may, nor the sweep without the rung', async () => {
    const others = functionNames.filter((name) => name !== 'sweep')
    const roles = [
      ...others.map((name) => policyOf(rolesWith(groups, 'grow'), roleOf(name))),
      policyOf(rolesWith(groups, 'reboot,clone'), roleOf('sweep')),
    ]
    const [, modifications, mark, modify] = needs
    for (const policy of roles)
      for (const need of [modifications, mark, modify])
        expect(await isAllowed(policy, need as (typeof needs)[number])).toBe(false)
  })
})
