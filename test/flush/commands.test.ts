/** Which commands of an instance are looked at. */
import type { ListCommandInvocationsCommandInput } from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import { auditComment, belongs, listInvocations, personComment } from '../../src/flush/commands.ts'
import { decide } from '../../src/termination/decide.ts'
import { OneInstance } from '../one-instance.ts'
import { action, failed, policy, START, seen } from '../termination/observations.ts'

const HOUR = 3_600_000

it('all that an action can have started are asked for: two days back and a look’s, of our document, on this instance', async () => {
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
  expect(Date.parse(filters.get('InvokedAfter') ?? '')).toBe(START - 60 * HOUR)
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

describe('when a flush ended is told by the machine, whose clock', () => {
  const asked = START - HOUR
  it.each([
    ['is right', asked, START - 60_000, START - 60_000],
    ['is a little ahead', asked + 30_000, START + 30_000, START],
    ['is a little behind', asked - 30_000, asked - 30_000, asked],
    ['is a day ahead, so that it tells nothing', asked + 24 * HOUR, START + 24 * HOUR, undefined],
    ['is a day behind, so that it tells nothing', asked - 24 * HOUR, asked - 24 * HOUR, undefined],
    ['is so far behind as only the beginning tells', asked - 10 * 60_000, START - 10 * 60_000, undefined],
    ['tells of no beginning', undefined, START - 60_000, START - 60_000],
  ])('%s', async (_what, began, ended, expected) => {
    const aws = new OneInstance()
    const command = {
      ...{ CommandId: 'c', InstanceId: action.instanceId, Status: 'Failed' as const },
      RequestedDateTime: new Date(asked),
      CommandPlugins: [
        {
          ResponseFinishDateTime: new Date(ended),
          ...(began !== undefined && { ResponseStartDateTime: new Date(began) }),
        },
      ],
    }
    aws.guard.aws.listCommandInvocations = async () => ({ CommandInvocations: [command] })
    const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
    expect(found?.flush.endedAt).toBe(expected)
  })

  it('a day ahead does not put off the next attempt', () => {
    const flushed = { ...failed, endedAt: undefined }
    const now = failed.requestedAt + 10 * 60_000
    const { do: does } = decide(
      seen({ flushes: [flushed], proof: undefined, wokenBy: 'notification', now }),
      policy,
    )
    expect(does).toBe('flush')
  })
})

it('one that ran on another machine is none of this one', async () => {
  const aws = new OneInstance()
  const command = { CommandId: 'c', InstanceId: 'i-ffffffffffffffff0', Status: 'Success' as const }
  aws.guard.aws.listCommandInvocations = async () => ({ CommandInvocations: [command] })
  expect(await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)).toEqual([])
})

it('one that two pages show is one', async () => {
  const aws = new OneInstance()
  const at = (CommandId: string) => ({ CommandId, InstanceId: action.instanceId, Status: 'Failed' as const })
  aws.guard.aws.listCommandInvocations = async ({ NextToken }) =>
    NextToken
      ? { CommandInvocations: [at('b'), at('c')] }
      : { CommandInvocations: [at('a'), at('b')], NextToken: 'x' }
  const found = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
  expect(found.map(({ flush }) => flush.commandId).sort()).toEqual(['a', 'b', 'c'])
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

it('of those that were asked for in one second, the one that ended last is the newest', async () => {
  const aws = new OneInstance()
  const ended = (CommandId: string, seconds: number | undefined) => ({
    ...{ CommandId, InstanceId: action.instanceId, Comment: action.token ?? '', Status: 'Success' as const },
    RequestedDateTime: new Date(START),
    ...(seconds !== undefined && {
      CommandPlugins: [{ ResponseFinishDateTime: new Date(START + seconds * 1000) }],
    }),
  })
  aws.guard.aws.listCommandInvocations = async () => ({
    CommandInvocations: [
      ended('second', 20),
      ended('runs', undefined),
      ended('third', 30),
      ended('first', 10),
    ],
  })
  const found = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START + HOUR)
  expect(found.map(({ flush }) => flush.commandId)).toEqual(['runs', 'third', 'second', 'first'])
})

it.each(['DeliveryTimedOut', 'Delivery Timed Out'])(
  'StatusDetails are read in either spelling (%s)',
  async (StatusDetails) => {
    const aws = new OneInstance()
    const command = {
      CommandId: 'c',
      InstanceId: action.instanceId,
      Status: 'TimedOut' as const,
      StatusDetails,
    }
    aws.guard.aws.listCommandInvocations = async () => ({ CommandInvocations: [command] })
    const [found] = await listInvocations(aws.guard.aws, 'flush', action.instanceId, START)
    expect(found?.flush.statusDetails).toBe('DeliveryTimedOut')
  },
)

it.each([auditComment, personComment])(
  '%p of a group with a long name is cut between two characters',
  (comment) => {
    const told = comment(`${'x'.repeat(93)}🦆🦆`)
    expect(told.length).toBeLessThanOrEqual(100)
    expect(told.isWellFormed()).toBe(true)
    expect(told).toContain('x'.repeat(93))
  },
)
