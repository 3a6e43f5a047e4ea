/** Which commands of an instance are looked at. */
import type { ListCommandInvocationsCommandInput } from '@aws-sdk/client-ssm'
import { expect, it } from '@jest/globals'
import { listInvocations } from '../../src/flush/commands.ts'
import { OneInstance } from '../one-instance.ts'
import { action, START } from '../termination/observations.ts'

const HOUR = 3_600_000

it('all that an action can have started are asked for: two days back, of our document, on this instance', async () => {
  const aws = new OneInstance()
  const asked: ListCommandInvocationsCommandInput[] = []
  aws.guard.aws.listCommandInvocations = async (input) => {
    asked.push(input)
    return { CommandInvocations: [] }
  }
  await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  const filters = new Map(asked[0]?.Filters?.map(({ key, value }) => [key, value]))
  expect(asked[0]).toMatchObject({ InstanceId: action.instanceId, Details: true })
  expect(filters.get('DocumentName')).toBe('flush')
  expect(Date.parse(filters.get('InvokedAfter') ?? '')).toBe(START - 48 * HOUR)
})

it('one that is older than an hour counts, newest first, wherever a page ends', async () => {
  const aws = new OneInstance()
  const at = (hours: number, CommandId: string) => ({
    ...{ CommandId, InstanceId: action.instanceId, Comment: action.token ?? '', Status: 'Failed' as const },
    RequestedDateTime: new Date(START - hours * HOUR),
  })
  aws.guard.aws.listCommandInvocations = async ({ NextToken }) =>
    NextToken
      ? { CommandInvocations: [at(1, 'newer')] }
      : { CommandInvocations: [at(5, 'older')], NextToken: 'x' }
  const found = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  expect(found.map(({ flush }) => flush.commandId)).toEqual(['newer', 'older'])
})
