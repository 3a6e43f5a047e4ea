/** A dead machine's logs, from a copy of its disk that is attached to a healthy one: what is refused, proven, doubted and typed next. */
import type { Instance, Snapshot, Volume } from '@aws-sdk/client-ec2'
import type { SendCommandCommandInput } from '@aws-sdk/client-ssm'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { buildDocument } from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { awsError, KEY, manifestLine, PREFIX, terminating } from '../one-instance.ts'
import { action, file, START } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const HOUR = 3_600_000
const dead = action.instanceId
const healthy = 'i-0fedcba9876543210'
const COPY = 'vol-0c0c0c0c0c0c0c0c0'
const ORIGIN = 'vol-0a0a0a0a0a0a0a0a0'

let line: CommandLine
let machines: Record<string, Instance>
let volume: Volume
let snapshots: Snapshot[]
let states: Record<string, string>
let isOnline: boolean
let sent: SendCommandCommandInput[]
/** What the salvage prints, once somebody waits for it. */
let printed: string | undefined
let status: 'Success' | 'Failed'

/** The dead machine is kept and stopped, and the copy is of an hour later. */
beforeEach(() => {
  line = new CommandLine()
  line.now = START + 3 * HOUR
  line.activities = [{ ...terminating, EndTime: new Date(START + 1000), StatusCode: 'Cancelled' }]
  const stopped = 'User initiated (2026-01-02 04:00:00 GMT)'
  machines = {
    [dead]: {
      ...{ State: { Name: 'stopped' }, StateTransitionReason: stopped },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: ORIGIN } }],
    },
    [healthy]: {
      ...{ State: { Name: 'running' }, RootDeviceName: '/dev/xvda' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0b0b0b0b0b0b0b0b0' } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeId: COPY } },
      ],
    },
  }
  volume = { VolumeId: COPY, SnapshotId: 'snap-1', CreateTime: new Date(START + 2.5 * HOUR) }
  snapshots = [{ SnapshotId: 'snap-1', VolumeId: ORIGIN, StartTime: new Date(START + 2 * HOUR) }]
  states = { [dead]: 'Terminating:Retained', [healthy]: 'InService' }
  isOnline = true
  sent = []
  printed = undefined
  status = 'Success'
  line.onPause = () => {
    printed ??= manifestLine([file])
  }
  line.answering = {
    describeAutoScalingInstances: async ({ InstanceIds = [] }) => ({
      AutoScalingInstances: InstanceIds.filter((id) => states[id]).map((InstanceId) => ({
        ...{ InstanceId, AutoScalingGroupName: action.groupName, LifecycleState: states[InstanceId] },
        ...{ AvailabilityZone: 'eu-west-1a', HealthStatus: 'HEALTHY', ProtectedFromScaleIn: false },
      })),
    }),
    describeInstances: async ({ Filters }) => {
      const found = machines[Filters?.[0]?.Values?.[0] ?? '']
      return { Reservations: found ? [{ Instances: [found] }] : [] }
    },
    describeVolumes: async () => ({ Volumes: [volume] }),
    describeSnapshots: async () => ({ Snapshots: snapshots }),
    describeInstanceInformation: async ({ Filters }) => ({
      InstanceInformationList: [
        { InstanceId: Filters?.[0]?.Values?.[0], PingStatus: isOnline ? 'Online' : 'ConnectionLost' },
      ],
    }),
    sendCommand: async (input) => {
      sent.push(input)
      return { Command: { CommandId: `c-${sent.length}` } }
    },
    listCommandInvocations: async ({ InstanceId, Filters }) => ({
      CommandInvocations: sent
        .filter(({ DocumentName }) => DocumentName === Filters?.[0]?.value)
        .map(({ Comment }, index) => ({
          ...{ CommandId: `c-${index + 1}`, InstanceId, Comment, RequestedDateTime: new Date(line.now) },
          Status: printed === undefined ? ('InProgress' as const) : status,
          CommandPlugins: printed === undefined ? [] : [{ Output: printed }],
        })),
    }),
  }
})

const archive = () => line.objects.set(KEY, { size: file.size, etag: file.md5 })
const salvage = (...words: string[]) => line.run('salvage', dead, '--on', healthy, '--volume', COPY, ...words)

it('sends the copy to the healthy machine, proves each file under the dead one’s prefix, and says what to type', async () => {
  archive()
  const { code, out, err } = await salvage('--reason', 'its agent is dead')
  expect(out.split('\n')).toEqual([
    `${dead}  1 of 1 file proven to be in S3, 12 bytes`,
    `  proven      ${file.path}`,
    'To end the machine:',
    `  termination-guard release ${dead} --accept-loss --reason "1 file of its disk proven in S3, salvaged from ${COPY}"`,
    'The copy is needed no more when that is done:',
    `  aws ec2 detach-volume --volume-id ${COPY} --instance-id ${healthy}`,
    `  aws ec2 delete-volume --volume-id ${COPY}`,
    '  aws ec2 delete-snapshot --snapshot-id snap-1',
  ])
  expect(code).toBe(0)
  expect(err).toContain(`${healthy}  flush c-1: `)
  expect(sent).toEqual([
    expect.objectContaining({
      DocumentName: 'termination-guard-salvage',
      InstanceIds: [healthy],
      Comment: `salvage:${dead} ${COPY}`,
      Parameters: expect.objectContaining({
        ...{ InstanceId: [dead], Purpose: ['salvage'], Disk: [`${COPY}/dev/sdf`], Prefix: [PREFIX] },
      }),
    }),
  ])
  expect(line.journal).toEqual([
    {
      ...{ event: 'salvage', instanceId: dead, groupName: action.groupName, on: healthy, volumeId: COPY },
      reason: 'arn:aws:iam::111122223333:user/ada: its agent is dead',
    },
  ])
})

it('sends what the document takes', async () => {
  await salvage()
  const { parameters } = buildDocument(loadProfile('beanstalk'), 'salvage')
  const given = Object.entries(sent[0]?.Parameters ?? {})
  expect(given.length).toBeGreaterThan(6)
  for (const [name, [value]] of given)
    expect(value).toMatch(new RegExp(parameters[name]?.allowedPattern ?? 'no such parameter'))
  for (const [name, { default: otherwise }] of Object.entries(parameters))
    if (otherwise === undefined) expect(given.map(([one]) => one)).toContain(name)
})

it('says how many other volumes the dead machine has, where EC2 tells', async () => {
  await salvage()
  expect(sent.at(-1)?.Parameters).not.toHaveProperty('OtherVolumes')
  sent = []
  const [root = {}] = machines[dead]?.BlockDeviceMappings ?? []
  const more = { DeviceName: '/dev/sdg', Ebs: { VolumeId: 'vol-0d' } }
  machines[dead] = {
    ...{ ...machines[dead], RootDeviceName: '/dev/xvda' },
    BlockDeviceMappings: [root, more],
  }
  await salvage()
  expect(sent.map(({ Parameters }) => Parameters?.OtherVolumes)).toEqual([['1']])
})

it('changes nothing but the journal, and nothing at all where that cannot be written', async () => {
  archive()
  await salvage()
  const changing = line.operatorCalls
    .map(({ operation }) => operation)
    .filter((one) => !/^(describe|list)/.test(one))
  expect(changing).toEqual(['sendCommand'])
  line.cannotWrite = true
  sent = []
  expect(await salvage()).toMatchObject({ code: 1 })
  expect(sent).toEqual([])
})

it('follows the one that runs already, and starts none beside it', async () => {
  line.onPause = () => undefined
  expect(await salvage('--wait', '1')).toMatchObject({
    code: 1,
    out: `${dead}  timed out; flush c-1 goes on by itself:  termination-guard salvage ${dead} --on ${healthy} --volume ${COPY}`,
  })
  archive()
  line.onPause = () => (printed = manifestLine([file]))
  expect(await salvage()).toMatchObject({ code: 0 })
  expect({ sent: sent.length, told: line.journal.length }).toEqual({ sent: 1, told: 1 })
})

it('with --wait 0 is only begun, and says how to follow it', async () => {
  const { code, out } = await salvage('--wait', '0')
  const next = `termination-guard salvage ${dead} --on ${healthy} --volume ${COPY}`
  expect({ code, out }).toEqual({
    ...{ code: 0, out: `${dead}  flush c-1 runs. To follow and prove it:  ${next}` },
  })
})

it('is one document for programs', async () => {
  archive()
  expect(JSON.parse((await salvage('--json')).out)).toMatchObject({
    command: 'salvage',
    salvaged: {
      instanceId: dead,
      on: healthy,
      volumeId: COPY,
      is: 'proven',
      doubts: [],
      proof: { files: 1 },
    },
  })
})

describe('does not call the machine saved where', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['S3 lacks a file', () => line.objects.clear(), `missing     ${file.path}`],
    [
      'the copy is older than the termination',
      () => (snapshots = [{ VolumeId: ORIGIN, StartTime: new Date(START - 1) }]),
      'but: the copy is of 2026-01-02T03:04:04.999Z, before the termination began (2026-01-02T03:04:05.000Z)',
    ],
    [
      'the copy is older than the machine’s end',
      () => (snapshots = [{ VolumeId: ORIGIN, StartTime: new Date(START + 1) }]),
      'and the machine went on until 2026-01-02T04:00:00.000Z',
    ],
    [
      'the copy was made while the machine was stopping',
      () => (snapshots = [{ VolumeId: ORIGIN, StartTime: new Date('2026-01-02T04:04:59Z') }]),
      'and the machine, told to stop at 2026-01-02T04:00:00.000Z, may have written since',
    ],
    [
      'the machine runs',
      () => (machines[dead] = { ...machines[dead], State: { Name: 'running' } }),
      'and the machine is running: stop it, and copy its disk again',
    ],
    [
      'nobody knows when it stopped',
      () => (machines[dead] = { State: { Name: 'stopped' } }),
      'and AWS does not tell since when the machine is stopped',
    ],
    [
      'nobody knows of which moment the copy is',
      () => (snapshots = []),
      `AWS does not tell of which moment ${COPY}`,
    ],
    [
      'the copy is of a snapshot that was copied, for another key or from another Region',
      () => (snapshots = [{ VolumeId: 'vol-ffffffff', StartTime: new Date(START + 2 * HOUR) }]),
      `AWS does not tell of which moment ${COPY}`,
    ],
  ])('%s', async (_where, happens, told) => {
    archive()
    happens()
    const { code, out } = await salvage()
    expect(code).toBe(1)
    expect(out).toContain(told)
    expect(out).toContain(`release ${dead} --accept-loss --reason "…"`)
  })

  it.each([
    ['Failed', '', 'ended as Failed'],
    ['Success', 'hello', 'the flush printed no manifest'],
    ['Success', manifestLine([file]).replace('manifest 2', 'manifest 3'), 'nothing is proven'],
  ] as const)('the command ends as %s, having printed "%s"', async (ends, prints, told) => {
    status = ends
    line.onPause = () => (printed = prints)
    const { code, out } = await salvage()
    expect(code).toBe(1)
    expect(out).toContain(told)
    expect(out).toContain(`aws ssm get-command-invocation --command-id c-1 --instance-id ${healthy}`)
  })
})

it('of a volume that was copied directly, its creation is the moment', async () => {
  archive()
  volume = { VolumeId: COPY, SourceVolumeId: ORIGIN, CreateTime: new Date(START + 2 * HOUR) }
  expect(await salvage()).toMatchObject({ code: 0 })
})

describe('of a machine that is gone', () => {
  beforeEach(() => {
    archive()
    delete states[dead]
  })

  it('the group is that of its tag, and nothing is left to release', async () => {
    machines[dead] = {
      ...{ State: { Name: 'terminated' }, StateTransitionReason: 'User initiated (2026-01-02 04:00:00 GMT)' },
      Tags: [{ Key: 'aws:autoscaling:groupName', Value: action.groupName }],
    }
    const { code, out } = await salvage()
    expect(code).toBe(0)
    expect(out).not.toContain('release')
    // Whose snapshot it is, AWS does not tell any more.
    expect(out).not.toContain('delete-snapshot')
  })

  it('and forgotten, the group must be named', async () => {
    delete machines[dead]
    expect(await salvage()).toMatchObject({ code: 1, err: expect.stringContaining('Name it: --group') })
    const { code, out } = await salvage('--group', action.groupName)
    expect(code).toBe(1)
    expect(out).toContain('1 of 1 file proven')
    expect(out).toContain('AWS has forgotten the machine, and when it ended')
  })
})

describe('what cannot be salvaged is said, and nothing is sent:', () => {
  it.each<readonly [string, () => unknown]>([
    ['is in no group that this guard guards', () => delete states[healthy]],
    ['is in no group that this guard guards', () => (line.hookTarget = 'arn:aws:sqs:eu-west-1:1:another')],
    [`${healthy} is Terminating:Wait`, () => (states[healthy] = 'Terminating:Wait')],
    ['its SSM agent is not online', () => (isOnline = false)],
    ['aws ec2 attach-volume --volume-id', () => (machines[healthy] = {})],
    [
      `is the disk that ${healthy} runs from`,
      () => (machines[healthy] = { ...machines[healthy], RootDeviceName: '/dev/sdf' }),
    ],
    [
      `${COPY} is a copy of vol-0d, and ${dead} has ${ORIGIN}`,
      () => (snapshots = [{ VolumeId: 'vol-0d', StartTime: new Date(line.now) }]),
    ],
    [
      'AccessDenied',
      () =>
        (line.answering.describeVolumes = async () =>
          Promise.reject(awsError('AccessDenied', 'AccessDenied: no'))),
    ],
  ])('%s', async (told, happens) => {
    happens()
    const { code, err } = await salvage()
    expect({ code, sent }).toEqual({ code: 1, sent: [] })
    expect(err).toContain(told)
    expect(line.journal).toEqual([])
  })

  it.each([
    [['--on', dead, '--volume', COPY], 2, 'is the dead instance'],
    [['--on', healthy, '--volume', 'snap-1'], 2, 'A volume id looks like vol-0123456789abcdef0.'],
    [['--volume', COPY], 2, '--on'],
    [['--on', healthy], 2, '--volume'],
  ] as const)('%j', async (words, code, told) => {
    expect(await line.run('salvage', dead, ...words)).toMatchObject({
      code,
      err: expect.stringContaining(told),
    })
    expect(sent).toEqual([])
  })
})
