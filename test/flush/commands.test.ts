/** Which commands of an instance are looked at. */
import type { ListCommandInvocationsCommandInput } from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import { belongs, listInvocations } from '../../src/flush/commands.ts'
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

it.each([
  ['Success', 'succeeded'],
  ['Failed', 'failed'],
  ['TimedOut', 'failed'],
  ['Cancelled', 'failed'],
  ['Pending', 'running'],
  ['InProgress', 'running'],
  ['Delayed', 'running'],
  ['Cancelling', 'running'],
  ['SomethingNew', 'running'],
] as const)('%s is %s: what nobody knows is waited for', async (Status, expected) => {
  const aws = new OneInstance()
  const command = { CommandId: 'c', InstanceId: action.instanceId, Status: Status as 'Success' }
  aws.guard.aws.listCommandInvocations = async () => ({ CommandInvocations: [command] })
  const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  expect(found?.flush.status).toBe(expected)
})

it.each([
  [
    'Failed',
    'put down\n----------ERROR-------\nfailed to create script file:\n\tno space left\n',
    'failed to create script file: no space left',
  ],
  ['Failed', 'only what it did', undefined],
  ['Failed', 'x\n----------ERROR-------\n', undefined],
  ['TimedOut', `----------ERROR-------\n${'a'.repeat(300)}b`, `${'a'.repeat(199)}b`],
  ['Success', 'x\n----------ERROR-------\na warning', undefined],
] as const)('a flush that is %s after %j said %j', async (Status, Output, said) => {
  const aws = new OneInstance()
  const command = { CommandId: 'c', InstanceId: action.instanceId, Status, CommandPlugins: [{ Output }] }
  aws.guard.aws.listCommandInvocations = async () => ({ CommandInvocations: [command] })
  const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  expect(found?.flush.said).toBe(said)
})

describe('S1: a flush that was asked for before the action began', () => {
  const adopted = { ...action, token: undefined }
  const asked = (requestedAt: number) => ({
    flush: {
      commandId: 'c',
      status: 'succeeded' as const,
      statusDetails: 'Success',
      requestedAt,
      endedAt: START,
    },
    belongsTo: { adoptedAt: START - HOUR, groupName: undefined },
    isAudit: false,
    comment: '',
    output: '',
    ranOn: action.instanceId,
  })
  it.each([
    ['the sweep adopted', adopted],
    ['a message names', action],
  ])('is none of one that %s', (_who, one) => {
    expect(belongs(asked(START - 1), one)).toBe(false)
    expect(belongs(asked(START), one)).toBe(true)
  })
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
