import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { faults } from '../../../../testbed/local/instance/instance-faults.ts'

it('everything that can break is in the document', () => {
  const [, told = ''] = readFileSync('docs/local-aws.md', 'utf8').split('## Breaking things')
  const named = [...(told.split('##')[0] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)
  expect(named).toEqual(expect.arrayContaining(Object.keys(faults)))
})
