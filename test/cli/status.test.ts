import type { ScalingActivityStatusCode } from '@aws-sdk/client-auto-scaling'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { keptInstances } from '../../src/cli/kept.ts'
import { REPLACING, writeReplacing } from '../../src/cli/replacement.ts'
import { statusLines } from '../../src/cli/status-lines.ts'
import { CannotReach } from '../../src/cli/surroundings.ts'
import { NewerJournal } from '../../src/journal/journal-line.ts'
import { KEEP, markOf } from '../../src/termination/disk-mark.ts'
import { awsError, terminating } from '../one-instance.ts'
import { action, MINUTE, START } from '../termination/observations.ts'
import { CommandLine, typed } from './command-line.ts'

let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.activities = [terminating]
})

it('says what is held, for how long, until when, and what comes next', async () => {
  line.now += 10 * MINUTE
  const { code, out } = await line.run('status')
  expect(code).toBe(0)
  expect(out).toContain('termination-guard holds 1 instance and keeps 0')
  expect(out).toMatch(
    new RegExp(
      `held  ${action.instanceId}  ${action.groupName}  for 10 min 1 s, patience ends in 1 h 49 min`,
    ),
  )
  expect(out).toContain('flush: nothing has been flushed yet')
})

it('one that a launch hook holds on its way into a warm pool is not held by the guard', async () => {
  line.lifecycleState = 'Warmed:Pending:Wait'
  line.activities = [
    { ...terminating, Description: `Launching a new EC2 instance into warm pool: ${action.instanceId}` },
  ]
  const { out } = await line.run('status')
  expect(out).toContain('termination-guard holds 0 instances and keeps 0')
  expect(out).not.toContain(action.instanceId)
  expect((await line.run('explain', action.instanceId)).out).not.toContain('next')
  line.activities = [terminating]
  expect((await line.run('status')).out).toContain('termination-guard holds 1 instance and keeps 0')
})

it('says what is kept and since when', async () => {
  line.lifecycleState = 'Terminating:Retained'
  line.activities = [{ ...terminating, StatusCode: 'Cancelled', EndTime: new Date(line.now) }]
  line.now += 90 * MINUTE
  const { out } = await line.run('status')
  expect(out).toContain('holds 0 instances and keeps 1')
  expect(out).toMatch(/kept {2}i-\w+ .* for 1 h 30 min/)
  expect(out).toContain(`termination-guard explain ${action.instanceId}`)
})

it('names who is kept for longest first, whatever was ended otherwise since', async () => {
  const at = (second: number) => new Date(START + second * 1000)
  const ended = (instanceId: string, second: number, StatusCode: ScalingActivityStatusCode) => ({
    ...{ ...terminating, Description: `Terminating EC2 instance: ${instanceId}` },
    ...{ StatusCode, EndTime: at(second) },
  })
  const aws = {
    describeInstances: async () => ({ Reservations: [] }),
    describeScalingActivities: async () => ({
      Activities: [
        ended('i-00000001', 9, 'Successful'),
        ended('i-00000001', 5, 'Cancelled'),
        ended('i-00000002', 3, 'Cancelled'),
      ],
    }),
  } as unknown as AwsApi
  const standing = (instanceId: string) => ({
    ...{ instanceId, groupName: 'web', lifecycleState: 'Terminating:Retained' },
  })
  const kept = await keptInstances(aws, ['i-00000001', 'i-00000002'].map(standing))
  expect(kept.map(({ instanceId, since }) => [instanceId, since])).toEqual([
    ['i-00000002', START + 3000],
    ['i-00000001', START + 5000],
  ])
})

describe('a replacement that broke off without a word', () => {
  beforeEach(() => {
    line.tags = [
      { Key: REPLACING, Value: writeReplacing({ instanceId: action.instanceId, desired: 1, maximum: 1 }) },
    ]
  })
  it('is shown to whoever comes next, with what to type', async () => {
    const { out } = await line.run('status')
    expect(out).toMatch(new RegExp(`^replacing {2}${action.instanceId} {2}${action.groupName} {2}`, 'm'))
    expect(out).toContain(`termination-guard replace ${action.instanceId} --undo`)
    const { replacing } = JSON.parse((await line.run('status', '--json')).out)
    expect(replacing).toEqual([{ groupName: action.groupName, instanceId: action.instanceId }])
  })
  it('of a group that another guard guards is not', async () => {
    line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
    expect((await line.run('status')).out).not.toContain('replacing')
  })
})

describe('what is kept costs', () => {
  beforeEach(() => {
    line.lifecycleState = 'Terminating:Retained'
    line.instanceType = 't3.medium'
  })
  it.each([
    [
      [],
      'costs         no price of t3.medium was named  (termination-guard status --price t3.medium=HOURLY)',
    ],
    [['--price', 't3.large=9'], 'costs         no price of t3.medium was named'],
    [['--price', 't3.medium=0.05'], 'costs         1.20 a day for 1 kept instance, without disks'],
    [['--price', 't3.large=9', '--price', 't3.medium=0.5'], 'costs         12.00 a day for 1 kept instance'],
  ])('%j: %s', async (words, said) => {
    expect((await line.run('status', ...words)).out).toContain(said)
  })
  it('for programs too', async () => {
    const { out } = await line.run('status', '--json', '--price', 't3.medium=0.5')
    expect(JSON.parse(out)).toMatchObject({ kept: [{ instanceType: 't3.medium', pricePerDay: 12 }] })
  })
  it('nothing where nothing is kept', async () => {
    line.lifecycleState = 'Terminating:Wait'
    expect((await line.run('status')).out).not.toContain('costs')
  })
  it('a price that is none is answered with what to write', async () => {
    expect(await line.run('status', '--price', '0.05')).toMatchObject({
      code: 2,
      err: expect.stringContaining('such as t3.medium=0.0416'),
    })
  })
})

it('keeps nothing that another guard keeps', async () => {
  line.lifecycleState = 'Terminating:Retained'
  line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
  expect((await line.run('status')).out).toContain('holds 0 instances and keeps 0')
})

it('dates what is kept by the termination that ended in retention, and by no other activity', async () => {
  line.lifecycleState = 'Terminating:Retained'
  const endedBefore = (minutes: number) => new Date(line.now - minutes * MINUTE)
  line.activities = [
    { ...terminating, StatusCode: 'Successful', EndTime: endedBefore(1) },
    { ...terminating, StatusCode: 'Cancelled', EndTime: endedBefore(30) },
    { ...terminating, StatusCode: 'Cancelled', EndTime: endedBefore(500) },
  ]
  expect((await line.run('status')).out).toMatch(/kept {2}i-\w+ .* for 30 min/)
})

it('counts messages in sight, in flight and delayed', async () => {
  const numbers: Record<string, string> = {
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '20',
    ApproximateNumberOfMessagesDelayed: '300',
  }
  line.answering.getQueueAttributes = async ({ AttributeNames = [] }) => ({
    Attributes: Object.fromEntries(AttributeNames.map((name) => [name, numbers[name] ?? 'none'])),
  })
  const { out } = await line.run('status')
  expect(out).toContain('messages      321 open')
  expect(out).toContain('dead letters  321  (termination-guard redrive)')
})

it('a queue that does not tell all of these numbers is not called empty', async () => {
  line.answering.getQueueAttributes = async () => ({ Attributes: { ApproximateNumberOfMessages: '0' } })
  const { code, out, err } = await line.run('status')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^SQS does not tell how many messages are in https:/)
})

it.each([
  [15, 'last sweep    15 min 0 s ago'],
  [16, 'last sweep    16 min 0 s ago: LATE, it runs every 5 minutes'],
])('says of a sweep of %i minutes ago whether it is late', async (minutes, said) => {
  const lines = statusLines(
    {
      ...{
        deployment: 'guard',
        held: [],
        heldInAll: 0,
        kept: [],
        replacing: [],
        messages: 0,
        deadLetters: 0,
      },
      ...{ disks: { copies: [], left: [] }, lastSweep: { at: line.now - minutes * MINUTE, failed: 0 } },
    },
    line.now,
    typed,
  )
  expect(lines.at(-1)).toBe(said)
})

it('says that a sweep is missing, and what one tells', async () => {
  expect((await line.run('status')).out).toContain('none in the last hour')
  line.journal.push({
    event: 'sweep',
    ...{ held: 1, adopted: 0, failed: 2, deadLetters: 0, oldestHeldSeconds: 5, retained: [] },
  })
  expect((await line.run('status')).out).toMatch(/last sweep +1 ms ago, 2 passes failed in it/)
})

describe('disks', () => {
  const diskId = 'vol-0aaaaaaaaaaaaaaa1'
  const tags = (...more: string[]) => [
    {
      Key: 'termination-guard-copy:termination-guard',
      Value: [action.instanceId, '2026-01-02T03:04:05.000Z', diskId, ...more].join(' '),
    },
  ]
  it('that were copied, or are left of machines that are gone, are named with their age', async () => {
    expect((await line.run('status')).out).not.toMatch(/disk/)
    const SnapshotId = 'snap-0123456789abcdef0'
    const StartTime = new Date(line.now - 30 * MINUTE)
    line.snapshots = [{ SnapshotId, VolumeId: diskId, StartTime, Tags: tags() }]
    line.volumes = [
      { VolumeId: 'vol-1', SnapshotId, CreateTime: new Date(line.now), Tags: tags(SnapshotId) },
      {
        VolumeId: 'vol-0123456789abcdef0',
        Tags: markOf('termination-guard', {
          ...{ instanceId: 'i-0fedcba9876543210', volumeId: 'vol-0123456789abcdef0' },
          ...{ groupName: 'web', fate: KEEP },
        }),
      },
    ]
    const { out } = await line.run('status')
    expect(out).toMatch(
      new RegExp(`copied disk +of ${action.instanceId}, for 30 min.*: ${SnapshotId}, vol-1`),
    )
    expect(out).toMatch(/disk left +of i-0fedcba9876543210: vol-0123456789abcdef0 is attached to nothing/)
  })
  it('that may not be asked about hide nothing else', async () => {
    line.failing.set('describeSnapshots', awsError('UnauthorizedOperation', 'not authorized'))
    const { code, out } = await line.run('status')
    expect(code).toBe(0)
    expect(out).toMatch(/copied disks +cannot be listed: UnauthorizedOperation: not authorized/)
    expect(out).toContain('holds 1 instance')
  })
})

it('changes nothing', async () => {
  await line.run('status')
  expect(line.calls.filter((call) => !/^(describe|list|get|head)/.test(call))).toEqual([])
  expect(line.operatorCalls).toEqual([])
})

it('is one document for programs', async () => {
  const { out } = await line.run('status', '--json')
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    command: 'status',
    heldInAll: 1,
    held: [{ next: 'flush' }],
  })
})

it('with --watch goes on, and redraws only where a person looks', async () => {
  let rounds = 0
  const twice = () => {
    if (++rounds < 2) return
    throw new Error('seen enough')
  }
  line.onPause = twice
  expect((await line.run('status', '--watch')).out).not.toContain('<clear>')
  rounds = 0
  line.isInteractive = true
  expect((await line.run('status', '--watch')).out.match(/<clear>/g)).toHaveLength(2)
})

describe('with --watch, when AWS does not answer for a while', () => {
  it('says so, and shows it again when it does', async () => {
    let rounds = 0
    line.onPause = () => {
      rounds++
      line.refusing = rounds === 1 ? awsError('ThrottlingException', 'Rate exceeded') : undefined
      if (rounds === 3) throw new Error('seen enough')
    }
    const { out, err } = await line.run('status', '--watch')
    expect(out.match(/holds 1 instance/g)).toHaveLength(2)
    expect(err).toMatch(/^ThrottlingException: Rate exceeded\n/)
  })

  it('ends where nothing was seen yet, and where it lasts', async () => {
    line.refusing = awsError('ThrottlingException', 'Rate exceeded')
    expect(await line.run('status', '--watch')).toMatchObject({ code: 1, out: '' })
    line.refusing = undefined
    line.onPause = () => (line.refusing = awsError('AccessDenied', 'not authorized'))
    const { code, out } = await line.run('status', '--watch')
    expect(code).toBe(1)
    expect(out.match(/holds 1 instance/g)).toHaveLength(1)
  })
  it.each([
    ['a session that has run out', Object.assign(new Error('expired'), { name: 'CredentialsProviderError' })],
    ['its token that AWS refuses', awsError('ExpiredTokenException', 'expired')],
    [
      'the same of a log',
      new CannotReach('Cannot read it: AWS does not know who asks', {
        cause: awsError('ExpiredTokenException', 'expired'),
      }),
    ],
  ])('ends at %s, and says what to type', async (_, error) => {
    let rounds = 0
    line.onPause = () => {
      line.refusing = error
      if (rounds++ > 3) throw new Error('it goes on')
    }
    const { code, err } = await line.run('status', '--watch')
    expect(code).toBe(1)
    expect(err).toContain('AWS does not know who asks')
    expect(err.match(/expired|Cannot read/g)).toHaveLength(1)
  })

  it.each([
    ['where a log is read', new CannotReach('silence', { cause: awsError('ThrottlingException') }), true],
    ['where nothing is to be had', new CannotReach('nothing'), false],
    ['of a newer guard', new NewerJournal('of version 2'), false],
  ])('%s', async (_, error, goesOn) => {
    let rounds = 0
    line.onPause = () => {
      line.refusing = rounds++ === 0 ? error : undefined
      if (rounds === 3) throw new Error('seen enough')
    }
    await line.run('status', '--watch')
    expect(rounds).toBe(goesOn ? 3 : 1)
  })
})

it('of many that are held tells the first, and how many more there are', () => {
  const screen = {
    ...{ deployment: 'd', kept: [], replacing: [], messages: 0, deadLetters: 0, lastSweep: undefined },
    disks: { copies: [], left: [] },
    held: [],
  }
  const lines = (heldInAll: number) => statusLines({ ...screen, heldInAll }, line.now, typed)
  expect(lines(7)).toContain('held  and 7 more')
  expect(lines(0).join()).not.toContain('more')
})
