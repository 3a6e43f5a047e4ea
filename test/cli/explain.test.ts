import { beforeEach, describe, expect, it } from '@jest/globals'
import { explanationLines } from '../../src/cli/explain.ts'
import { explain } from '../../src/termination/explain.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, file, MINUTE, START } from '../termination/observations.ts'
import { CommandLine, typed, typedAws } from './command-line.ts'

let aws: OneInstance
const told = async () =>
  explanationLines(action.instanceId, await explain(aws.guard, action.instanceId), { typed, typedAws }).join(
    '\n',
  )

beforeEach(() => {
  aws = new OneInstance()
  aws.activities = [terminating]
})

it('says what is held, what was flushed, what is missing and what comes next', async () => {
  await reconcile(aws.guard, action)
  aws.now += 4 * MINUTE
  aws.flushEnds(manifestLine([file], ['/var/log/live.txt']))
  const text = await told()
  expect(text).toContain(`${action.instanceId}  Terminating:Wait  in ${action.groupName}`)
  expect(text).toContain('heartbeat 3600 s, retains on ABANDON')
  expect(text).toContain('0 of 1 file proven')
  expect(text).toContain(`missing  ${file.path}`)
  expect(text).toContain('live     /var/log/live.txt')
  expect(text).toContain('next     flush: of 1 files 1 missing, 1 still live')
})

it('names ten of many open files, and says how many more there are', async () => {
  await reconcile(aws.guard, action)
  aws.now += 4 * MINUTE
  const logs = (count: number) => Array.from({ length: count }, (_, one) => `/var/log/${one}.txt`)
  aws.flushEnds(manifestLine([file], logs(11)))
  expect((await told()).match(/^ +(missing|live) .*$|^ +and 2 more$/gm)).toHaveLength(11)
})

describe.each([
  ['young', 4],
  ['old', 130],
])('of a machine that was never flushed, whose action is %s,', (_age, minutes) => {
  it('says what the pass does, whether or not the agent answers', async () => {
    aws.now += minutes * MINUTE
    const explanation = await explain(aws.guard, action.instanceId)
    if (explanation.is !== 'held') throw new Error('it is held')
    const text = await told()
    expect(text).toContain('next     flush: nothing has been flushed yet')
    aws.agent = 'dead'
    const { decision } = await reconcile(aws.guard, { ...action, token: undefined })
    expect(explanation.withoutAgent).toEqual(decision)
    expect(text).toContain(`if the agent does not answer, ${decision.do}: ${decision.reason}`)
  })
})

it('says what the pass does of a machine that is gone', async () => {
  aws.machine = 'terminated'
  expect(await told()).toMatch(/next {5}continue: the machine was gone/)
  aws.agent = 'dead'
  expect(await reconcile(aws.guard, action)).toMatchObject({ decision: { do: 'continue', outcome: 'lost' } })
})

it.each([
  ['machine', 'there', { machine: 'alive' }],
  ['machine', 'stopped: nothing can run on it, its disk is whole', { machine: 'stopped' }],
  ['machine', 'gone: it was terminated past the hook', { machine: 'gone' }],
  ['machine', 'EC2 is not asked while nothing hinges on it, or does not say', { machine: 'unknown' }],
  ['hook', 'heartbeat 3600 s, retains on ABANDON', { retains: true }],
  ['hook', 'heartbeat 3600 s, DOES NOT RETAIN on ABANDON', { retains: false }],
  ['hook', 'heartbeat 3600 s, whether it retains on ABANDON is not told', { retains: undefined }],
] as const)('says of the %s no more than is known: %s', async (name, said, known) => {
  const explanation = await explain(aws.guard, action.instanceId)
  if (explanation.is !== 'held' || !explanation.seen.hook) throw new Error('it is held by a hook')
  const seen = { ...explanation.seen, ...known, hook: { ...explanation.seen.hook, ...known } }
  const lines = explanationLines(action.instanceId, { ...explanation, seen }, { typed, typedAws })
  expect(lines).toContain(`  ${name.padEnd(9)}${said}`)
})

it('changes nothing: no heartbeat, no command, no end', async () => {
  await told()
  expect(aws.calls.filter((call) => !/^(describe|list|get|head)/.test(call))).toEqual([])
})

it.each([
  ['Terminating:Wait', 'held'],
  ['Warmed:Terminating:Wait', 'held'],
  ['Warmed:Pending:Wait', 'held'],
  ['ReplacingRootVolume:Wait', 'held'],
  ['Pending:Wait', 'standing'],
])('says of an instance in %s that it is %s', async (lifecycleState, is) => {
  aws.lifecycleState = lifecycleState
  expect(await explain(aws.guard, action.instanceId)).toMatchObject({ is })
})

it('says of an instance that another hook holds that its group does not have ours', async () => {
  aws.lifecycleState = 'Terminating:Wait'
  aws.guard.aws.describeLifecycleHooks = async () => ({ LifecycleHooks: [] })
  expect(await explain(aws.guard, action.instanceId)).toMatchObject({ is: 'standing', hook: undefined })
})

describe('of a kept machine whose agent', () => {
  const line = new CommandLine()
  line.lifecycleState = 'Terminating:Retained'
  const id = action.instanceId
  const lastPing = { InstanceId: id, LastPingDateTime: new Date(START) }
  it.each([
    [
      'is silent',
      { ...lastPing, PingStatus: 'ConnectionLost' },
      `silent since ${new Date(START).toISOString()}`,
    ],
    ['SSM does not know', undefined, 'SSM knows none there'],
  ] as const)('%s, no session is promised', async (_, information, silence) => {
    line.information = information
    const { out } = await line.run('explain', id, '--stage', 'dev')
    expect(out).toContain(`  agent    ${silence}: no session reaches it, and no flush\n`)
    expect(out).toContain(
      `\n           termination-guard salvage ${id} --on HEALTHY_INSTANCE --volume COPY --stage dev\n`,
    )
    expect(out).not.toContain('start-session')
    expect(out).toContain(`retry    termination-guard retry ${id}`)
  })
  it.each([
    ['answers', async () => ({ InstanceInformationList: [{ ...lastPing, PingStatus: 'Online' }] })],
    ['nobody may ask about', async () => Promise.reject(awsError('AccessDenied'))],
  ] as const)('%s, one is named', async (_, describeInstanceInformation) => {
    line.answering = { describeInstanceInformation: describeInstanceInformation as never }
    const { code, out } = await line.run('explain', id)
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining(`  save     aws ssm start-session --target ${id}\n`),
    })
    expect(out).not.toContain('agent ')
  })
})

it('says how to save and release a machine that is kept', async () => {
  aws.lifecycleState = 'Terminating:Retained'
  expect(await told()).toMatch(/kept .*start-session.*retry i-\w+\n.*release i-\w+ --accept-loss/s)
})

it('points to the history of an instance that no group has', async () => {
  aws.lifecycleState = undefined
  expect(await told()).toContain(`termination-guard history ${action.instanceId}`)
})
