/** The sweep's recovery, sweep by sweep, on the model of Auto Scaling and EC2. */
import type { Instance } from '@aws-sdk/client-ec2'
import type { CommandInvocation, SendCommandCommandInput } from '@aws-sdk/client-ssm'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { salvageComment } from '../../src/flush/commands.ts'
import type { Guard } from '../../src/guard.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { readPolicy } from '../../src/policy.ts'
import { recover } from '../../src/recovery/recover.ts'
import { waitingAndRetained } from '../../src/sweep/waiting.ts'
import type { InputOf, OperationName } from '../../testbed/auto-scaling/auto-scaling.ts'
import { awsError } from '../one-instance.ts'
import { environment } from '../termination/observations.ts'
import { Fleet, hour, minute, second } from '../testbed/simulator/fleet.ts'
import { awsOn, callOn, endNewest, type Ssm, ssmOn } from './fleet-aws.ts'

const HOOK = environment.HOOK_NAME

let fleet: Fleet
let dead: string
let journal: JournalEvent[]
let invocations: CommandInvocation[]
let sent: SendCommandCommandInput[]
let offline: Set<string>
/** Operations that fail, once each time that they stand here. */
let failing: (readonly [keyof AwsApi, Error])[]
let RECOVER: string
let RECOVERIES_AT_ONCE: string
let random: () => number
/** What stands on a console; `undefined`: what the model has there. */
let console: string | undefined

beforeEach(() => {
  fleet = guarded(3)
  ;[journal, invocations, sent, failing] = [[], [], [], []]
  ;[RECOVER, RECOVERIES_AT_ONCE, random] = ['clone', '5', () => 0.5]
  console = undefined
  dead = inService()[0] ?? ''
  offline = new Set([dead])
  terminate(dead)
})

function guarded(size: number): Fleet {
  return new Fleet().group('web', { size, retain: true }).hook({
    ...{ LifecycleHookName: HOOK, HeartbeatTimeout: 7200, DefaultResult: 'ABANDON' },
    NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:termination-guard',
  })
}

function inService(): string[] {
  return fleet.model
    .instances()
    .filter(({ lifecycleState }) => lifecycleState === 'InService')
    .map(({ id }) => id)
}

function terminate(InstanceId: string): void {
  call('TerminateInstanceInAutoScalingGroup', { InstanceId, ShouldDecrementDesiredCapacity: false })
  fleet.pass(minute)
}

const call = <Name extends OperationName>(name: Name, input: InputOf<Name>) => callOn(fleet, name, input)

const world = (): Ssm => ({ fleet, invocations, sent, isOnline: (id) => !offline.has(id) })
const ssm = ssmOn(world)

function guard(): Guard {
  const failure = (name: keyof AwsApi) => {
    const found = failing.find(([operation]) => operation === name)
    failing = failing.filter((one) => one !== found)
    return found?.[1]
  }
  const shown = console
  const consoles: Partial<AwsApi> =
    shown === undefined
      ? {}
      : { getConsoleOutput: async () => ({ Output: Buffer.from(shown).toString('base64') }) }
  const aws = awsOn(() => fleet, { ...ssm, ...consoles }, failure)
  const policy = readPolicy({
    ...environment,
    ARCHIVE_PREFIX: '{group}/{instance}/',
    RECOVER,
    RECOVERIES_AT_ONCE,
  })
  return {
    aws,
    clock: { now: () => fleet.now },
    random,
    policy,
    journal: (event) => void journal.push(event),
  }
}

/** What a sweep recovers, five minutes after the last. */
async function sweep(times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    fleet.pass(5 * minute)
    const one = guard()
    await recover(one, await waitingAndRetained(one.aws), () => minute)
  }
  // EC2 does not know at once what was made a moment ago.
  fleet.pass(10 * second)
}

const ended = (status: 'Success' | 'Failed') => endNewest(world(), status)

const heartbeat = () =>
  call('RecordLifecycleActionHeartbeat', {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
  })
const letGo = () =>
  call('CompleteLifecycleAction', {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
    LifecycleActionResult: 'CONTINUE',
  })
const tagged = [{ Name: 'tag-key', Values: [`termination-guard-copy:${HOOK}`] }]
const snapshots = () => call('DescribeSnapshots', { Filters: tagged }).Snapshots ?? []
const volumes = () => call('DescribeVolumes', { Filters: tagged }).Volumes ?? []
const told = () =>
  journal.flatMap((event) => (event.event === 'recovery' && event.rung === 'clone' ? [event.reason] : []))
const failed = () => journal.filter(({ event }) => event === 'recovery-failed')
const began = () =>
  fleet.model
    .instances()
    .find(({ id }) => id === dead)
    ?.departure?.activity.StartTime?.getTime() ?? 0

describe('the disk of a machine whose agent stays dead', () => {
  it('is copied, attached to a healthy machine and salvaged there, a step a sweep, each told', async () => {
    await sweep(4)
    const [volume] = volumes()
    const on = volume?.Attachments?.[0]?.InstanceId ?? ''
    expect(told()).toEqual([
      expect.stringContaining('a snapshot of its disk is made'),
      expect.stringContaining('a volume of snap-'),
      expect.stringContaining(`is attached to ${on}`),
      expect.stringContaining(`${on} salvages`),
    ])
    expect(inService()).toContain(on)
    const copiedAt = snapshots()[0]?.StartTime?.getTime() ?? 0
    expect(sent).toEqual([
      expect.objectContaining({
        ...{ DocumentName: `${HOOK}-salvage`, InstanceIds: [on] },
        Comment: salvageComment(dead, volume?.VolumeId ?? '', { actionBegan: began(), copiedAt }),
        Parameters: expect.objectContaining({
          ...{ InstanceId: [dead], Purpose: ['salvage'], Prefix: [`web/${dead}/`] },
          ...{ Disk: [`${volume?.VolumeId}/dev/sdf`], OtherVolumes: ['0'] },
        }),
      }),
    ])
    expect(failed()).toEqual([])
  })

  it('is attached to no machine that was ended since Auto Scaling and its agent told of it, and nobody is alarmed', async () => {
    await sweep(2)
    fleet.pass(5 * minute)
    const one = guard()
    const found = await waitingAndRetained(one.aws)
    call('TerminateInstances', { InstanceIds: inService() })
    await recover(one, found, () => minute)
    expect(volumes()[0]?.Attachments).toEqual([])
    expect(told()).toHaveLength(2)
    expect(failed()).toEqual([])
  })

  it('is left alone where the rung is switched off', async () => {
    RECOVER = 'retry'
    await sweep(4)
    expect(snapshots()).toEqual([])
  })

  it('is left alone where the agent answers', async () => {
    offline.clear()
    await sweep(4)
    expect(snapshots()).toEqual([])
  })

  it('is thrown away, taken off first, as soon as the action is over', async () => {
    await sweep(4)
    ended('Success')
    letGo()
    await sweep(3)
    expect([...volumes(), ...snapshots()]).toEqual([])
    const deleted = journal.flatMap((event) => (event.event === 'copies' ? event.deleted : []))
    expect(deleted.sort()).toEqual([expect.stringMatching(/^snap-/), expect.stringMatching(/^vol-/)])
  })

  it('is told, by its key, where EC2 cannot make a volume of it, and made once more', async () => {
    ssm.describeVolumes = async (input) => {
      const answer = call('DescribeVolumes', input)
      for (const one of answer.Volumes ?? [])
        if (one.SnapshotId) Object.assign(one, { State: 'error', KmsKeyId: 'key/disabled' })
      return answer
    }
    await sweep(4)
    const words = expect.stringMatching(/^EC2 could not make vol-\S+ of snap-\S+, .* its key, key\/disabled,/)
    expect(failed()[0]).toMatchObject({ rung: 'clone', instanceId: dead, errorMessage: words })
    delete ssm.describeVolumes
    await sweep(4)
    expect(sent).toHaveLength(1)
  })

  it('is thrown away although SSM does not answer, where it is at no machine', async () => {
    await sweep(2)
    letGo()
    failing.push(['listCommandInvocations', awsError('AccessDeniedException')])
    await sweep(1)
    expect([...volumes(), ...snapshots()]).toEqual([])
  })

  it.each(['/dev/xvdf', 'sdf', '/dev/sdf1'])(
    'is attached where no other disk is: %s is one place',
    async (taken) => {
      ssm.describeInstances = async (input) => {
        const answer = call('DescribeInstances', input)
        for (const { BlockDeviceMappings } of answer.Reservations?.flatMap(
          ({ Instances = [] }) => Instances,
        ) ?? [])
          BlockDeviceMappings?.push({ DeviceName: taken })
        return answer
      }
      await sweep(4)
      delete ssm.describeInstances
      expect(sent.map(({ Parameters }) => Parameters?.Disk)).toEqual([[expect.stringMatching(/\/dev\/sdg$/)]])
    },
  )

  describe('is salvaged by one that is told how many other volumes its machine has:', () => {
    const EBS = { DeviceName: '/dev/sdg', Ebs: { VolumeId: 'vol-0d' } }
    const toldWhere = async (change: (machine: Instance) => Instance | undefined) => {
      await sweep(3)
      let asked = 0
      ssm.describeInstances = async (input) => {
        if (!input.InstanceIds?.includes(dead)) return call('DescribeInstances', input)
        asked++
        const [machine] = call('DescribeInstances', input).Reservations?.[0]?.Instances ?? []
        const changed = machine && change(machine)
        if (!changed) throw awsError('InvalidInstanceID.NotFound')
        return { Reservations: [{ Instances: [changed] }] }
      }
      await sweep(1)
      delete ssm.describeInstances
      expect(asked).toBeGreaterThan(0)
      return sent[0]?.Parameters?.OtherVolumes
    }
    const withMore = ({ BlockDeviceMappings = [], ...machine }: Instance) => ({
      ...{ ...machine, BlockDeviceMappings: [...BlockDeviceMappings, EBS, { DeviceName: '/dev/sdh' }] },
    })

    it('those of EBS', async () => {
      expect(await toldWhere(withMore)).toEqual(['1'])
    })
    it.each<readonly [string, (machine: Instance) => Instance | undefined]>([
      ['is gone', (machine) => ({ ...machine, State: { Name: 'terminated' }, BlockDeviceMappings: [] })],
      [
        'lost its root first',
        (machine) => ({ ...machine, State: { Name: 'shutting-down' }, BlockDeviceMappings: [EBS] }),
      ],
      ['is forgotten', () => undefined],
    ])('of one that %s nothing is claimed', async (_what, change) => {
      ssm.describeAutoScalingInstances = async (input) => {
        const { AutoScalingInstances = [] } = call('DescribeAutoScalingInstances', input)
        return {
          AutoScalingInstances: AutoScalingInstances.map((one) => ({ ...one, HealthStatus: 'UNHEALTHY' })),
        }
      }
      expect(await toldWhere(change)).toBeUndefined()
      delete ssm.describeAutoScalingInstances
      expect(sent).toHaveLength(1)
    })
    it.each<readonly [string, (machine: Instance) => Instance | undefined]>([
      ['shows none', (machine) => ({ ...machine, BlockDeviceMappings: [] })],
      ['is left out', (machine) => ({ ...machine, InstanceId: 'i-0d' })],
      ['EC2 alone has forgotten', () => undefined],
    ])(
      'by none while it is there and an answer %s: a volume that nobody counts is told by nobody',
      async (_what, change) => {
        await toldWhere(change)
        expect(sent).toEqual([])
        await sweep(1)
        expect(sent[0]?.Parameters?.OtherVolumes).toEqual(['0'])
      },
    )
  })

  it('is not salvaged where its machine has got another disk since', async () => {
    await sweep(3)
    ssm.describeInstances = async (input) => {
      const answer = call('DescribeInstances', input)
      const [machine] = answer.Reservations?.flatMap(({ Instances = [] }) => Instances) ?? []
      if (machine?.InstanceId === dead)
        Object.assign(machine.BlockDeviceMappings?.[0]?.Ebs ?? {}, { VolumeId: 'vol-0d' })
      return answer
    }
    await sweep(1)
    delete ssm.describeInstances
    expect(sent).toEqual([])
    expect(failed()).toMatchObject([{ errorMessage: expect.stringMatching(/runs from vol-0d now/) }])
  })

  it('counts no copy of another disk, which is attached to its machine, as a volume of its own', async () => {
    await sweep(4)
    ended('Failed')
    const on = volumes()[0]?.Attachments?.[0]?.InstanceId ?? ''
    offline.add(on)
    terminate(on)
    ssm.detachVolume = async () => ({})
    await sweep(8)
    delete ssm.detachVolume
    const own = sent.filter(({ Parameters }) => Parameters?.InstanceId?.[0] === on)
    expect(own.map(({ Parameters }) => Parameters?.OtherVolumes)).toEqual([['0']])
  })

  it('is told where SSM cannot reach the machine that should salvage it', async () => {
    await sweep(3)
    failing.push(['sendCommand', awsError('InvalidInstanceId')])
    await sweep(1)
    expect(failed()).toMatchObject([{ errorMessage: expect.stringMatching(/^SSM cannot reach i-/) }])
    await sweep(1)
    expect(sent).toHaveLength(1)
  })

  it('is told where SSM refuses the salvage', async () => {
    await sweep(3)
    failing.push(['sendCommand', awsError('InvalidDocument', 'there is none')])
    await sweep(1)
    expect(failed()).toMatchObject([
      { errorMessage: expect.stringMatching(/^SSM refuses the salvage: .*there is none/) },
    ])
  })

  it('is told, and stays at no machine, where the healthy machine has no name left for a volume', async () => {
    ssm.describeInstances = async (input) => {
      const answer = call('DescribeInstances', input)
      const all = [...'fghijklmnop'].map((letter) => ({ DeviceName: `/dev/sd${letter}` }))
      for (const { BlockDeviceMappings } of answer.Reservations?.flatMap(({ Instances = [] }) => Instances) ??
        [])
        BlockDeviceMappings?.push(...all)
      return answer
    }
    await sweep(3)
    delete ssm.describeInstances
    expect(failed()).toMatchObject([
      { errorMessage: expect.stringMatching(/^i-.* has no free name for a volume$/) },
    ])
    expect(volumes().flatMap(({ Attachments = [] }) => Attachments)).toEqual([])
  })

  it('is not one for an earlier action, although that is not thrown away yet', async () => {
    const [root] = fleet.model.instances().find(({ id }) => id === dead)?.volumes ?? []
    const Value = `${dead} ${new Date(began() - hour).toISOString()} ${root?.id}`
    const TagSpecifications = [
      { ResourceType: 'snapshot' as const, Tags: [{ Key: `termination-guard-copy:${HOOK}`, Value }] },
    ]
    call('CreateSnapshot', { VolumeId: root?.id, TagSpecifications })
    failing.push(['deleteSnapshot', awsError('InternalFailure')])
    await sweep(1)
    expect(snapshots()).toHaveLength(2)
    await sweep(1)
    expect(snapshots().map(({ Tags = [] }) => Tags[0]?.Value)).toEqual([
      `${dead} ${new Date(began()).toISOString()} ${root?.id}`,
    ])
  })

  it('is as old as the oldest part of it, where that stays', async () => {
    await sweep(3)
    const ages = journal.flatMap((event) => (event.event === 'copies' ? [event.oldestSeconds] : []))
    expect(ages).toEqual([300, 600])
  })

  it('is taken off again where EC2 did not, and keeps nothing else meanwhile', async () => {
    await sweep(4)
    ended('Failed')
    letGo()
    let asked = 0
    ssm.detachVolume = async () => ({ VolumeId: `asked ${++asked} times` })
    ssm.describeVolumes = async (input) => ({
      Volumes: (call('DescribeVolumes', input).Volumes ?? []).map(({ Attachments = [], ...volume }) => ({
        ...{ ...volume, Attachments: Attachments.map((one) => ({ ...one, State: 'busy' })) },
      })),
    })
    fleet.pass(10 * minute)
    await sweep(2)
    expect(asked).toBe(2)
    expect([volumes().length, snapshots().length]).toEqual([1, 0])
    ssm.detachVolume = async () => {
      throw awsError('IncorrectState', 'it is busy')
    }
    await sweep(1)
    expect(journal).toContainEqual(
      expect.objectContaining({ event: 'copies', failed: [`${dead}: IncorrectState: it is busy`] }),
    )
    for (const name of ['detachVolume', 'describeVolumes'] as const) delete ssm[name]
    await sweep(2)
    expect(volumes()).toEqual([])
  })

  it('is thrown away but for what EC2 does not give up, which is as old as that', async () => {
    await sweep(2)
    letGo()
    failing.push(['deleteVolume', awsError('OperationNotPermitted')])
    await sweep(1)
    expect([volumes().length, snapshots().length]).toEqual([1, 0])
    await sweep(1)
    expect(journal.filter(({ event }) => event === 'copies').at(-1)).toMatchObject({ oldestSeconds: 620 })
  })

  const notYet = async (state: 'creating' | 'attaching') => {
    letGo()
    const asked: string[] = []
    ssm.detachVolume = async () => ({ VolumeId: String(asked.push('detach')) })
    ssm.deleteVolume = async () => ({ $metadata: {}, asked: asked.push('delete') })
    ssm.describeVolumes = async (input) => ({
      Volumes: (call('DescribeVolumes', input).Volumes ?? []).map(({ Attachments = [], ...volume }) => ({
        ...{ ...volume, ...(state === 'creating' && { State: state }) },
        Attachments: Attachments.map((one) => ({
          ...one,
          State: 'attaching' as const,
          AttachTime: new Date(fleet.now),
        })),
      })),
    })
    await sweep(1)
    for (const name of ['detachVolume', 'deleteVolume', 'describeVolumes'] as const) delete ssm[name]
    return asked
  }
  it('is thrown away only once it is made: what EC2 would refuse is not asked', async () => {
    await sweep(2)
    expect(await notYet('creating')).toEqual([])
  })
  it('is taken off only once it is on', async () => {
    await sweep(3)
    expect(await notYet('attaching')).toEqual([])
  })

  it('is thrown away where the machine was kept: no action needs it', async () => {
    await sweep(1)
    fleet.pass(2 * hour)
    await sweep(2)
    expect(snapshots()).toEqual([])
  })

  it('is kept at its machine while the salvage runs, whatever became of the action', async () => {
    await sweep(4)
    letGo()
    await sweep(2)
    expect(volumes()).toHaveLength(1)
    ended('Failed')
    await sweep(3)
    expect(volumes()).toEqual([])
  })

  it('is thrown away, and not salvaged, where another hook holds the machine when ours has let it go', async () => {
    fleet.hook({
      ...{ LifecycleHookName: 'another', HeartbeatTimeout: 7200, DefaultResult: 'CONTINUE' },
      NotificationTargetARN: 'arn:aws:sqs:eu-west-1:111122223333:another',
    })
    dead = inService()[0] ?? ''
    offline.add(dead)
    terminate(dead)
    await sweep(4)
    expect(snapshots()).toHaveLength(2)
    letGo()
    fleet.pass(second)
    expect(fleet.state(dead)).toBe('Terminating:Wait')
    await sweep(3)
    const left = [...volumes(), ...snapshots()].flatMap(({ Tags = [] }) => Tags.map(({ Value }) => Value))
    expect(left.filter((one) => one?.startsWith(dead))).toEqual([])
    expect(sent.filter(({ Parameters }) => Parameters?.InstanceId?.[0] === dead)).toEqual([])
  })

  it('moves on where the machine that has it leaves the group', async () => {
    await sweep(3)
    const on = volumes()[0]?.Attachments?.[0]?.InstanceId ?? ''
    terminate(on)
    await sweep(3)
    const next = sent.at(-1)?.InstanceIds?.[0]
    expect(next).toBeDefined()
    expect(next).not.toBe(on)
  })

  it('is salvaged again where that failed, and not for ever', async () => {
    await sweep(4)
    for (let count = 0; count < 4; count++) {
      ended('Failed')
      await sweep(1)
    }
    expect(sent).toHaveLength(2)
  })

  it('gets no second snapshot, nor volume, from sweeps that see the first', async () => {
    await sweep(8)
    expect([snapshots().length, volumes().length, sent.length]).toEqual([1, 1, 1])
  })

  it('has one more where an answer was lost, and that is thrown away', async () => {
    const [root] = fleet.model.instances().find(({ id }) => id === dead)?.volumes ?? []
    const Value = `${dead} ${new Date(began()).toISOString()} ${root?.id}`
    const Tags = [{ Key: `termination-guard-copy:${HOOK}`, Value }]
    await sweep(1)
    fleet.pass(minute)
    call('CreateSnapshot', { VolumeId: root?.id, TagSpecifications: [{ ResourceType: 'snapshot', Tags }] })
    await sweep(2)
    expect(snapshots()).toHaveLength(1)
    expect(volumes()).toHaveLength(1)
  })

  it('waits where its group has no other machine', async () => {
    for (const id of inService()) offline.add(id)
    await sweep(4)
    expect([snapshots().length, volumes().length]).toEqual([1, 0])
  })

  it('is told where a step is refused, and the next sweep takes it', async () => {
    failing.push(['createSnapshot', awsError('UnauthorizedOperation')])
    await sweep(1)
    expect(failed()).toMatchObject([{ rung: 'clone', instanceId: dead, error: 'UnauthorizedOperation' }])
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
  })

  it('is copied at once where its reboot is refused', async () => {
    RECOVER = 'reboot,clone'
    failing.push(['createTags', awsError('UnauthorizedOperation')])
    await sweep(1)
    expect(failed()).toMatchObject([{ rung: 'reboot' }])
    expect(snapshots()).toHaveLength(1)
  })

  it('is left to the next sweep where AWS did not answer, since it may be booting', async () => {
    RECOVER = 'reboot,clone'
    failing.push(['rebootInstances', awsError('ServiceUnavailable')])
    await sweep(1)
    expect(failed()).toMatchObject([{ rung: 'reboot', error: 'ServiceUnavailable' }])
    expect(snapshots()).toHaveLength(0)
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
  })

  it('is copied after its reboot had its time', async () => {
    RECOVER = 'reboot,clone'
    await sweep(1)
    expect(fleet.effects).toContainEqual({ do: 'reboot', instanceId: dead })
    expect(snapshots()).toHaveLength(0)
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
  })
})

describe('a machine whose disk is full', () => {
  const root = () => fleet.model.instances().find(({ id }) => id === dead)?.volumes[0]
  const GIB = () => root()?.sizeGiB
  const reboots = () => fleet.effects.filter((one) => one.do === 'reboot' && one.instanceId === dead).length
  const reasons = () => journal.flatMap((one) => (one.event === 'recovery' ? [[one.rung, one.reason]] : []))
  const mark = () => root()?.tags.get(`termination-guard-grown:${HOOK}`)
  beforeEach(() => {
    RECOVER = 'reboot,grow,clone'
    console = 'ip-10-0-0-7 cloud-init[812]: OSError: [Errno 28] No space left on device\n'
  })

  it('is rebooted, grows, is rebooted, and is copied only then, a step a sweep, each told', async () => {
    const before = GIB() ?? 0
    await sweep()
    expect([reboots(), GIB(), mark()]).toEqual([1, before, undefined])
    await sweep()
    expect(mark()).toBe(new Date(fleet.now - 10 * second).toISOString())
    fleet.pass(minute)
    expect([reboots(), GIB()]).toEqual([1, before + 2])
    await sweep()
    expect([reboots(), snapshots().length]).toEqual([2, 0])
    await sweep()
    expect([reboots(), snapshots().length, GIB()]).toEqual([2, 1, before + 2])
    expect(reasons()).toEqual([
      ['reboot', expect.stringContaining('silent')],
      ['grow', expect.stringMatching(/No space left on device.*grows from 8 to 10 GiB/)],
      ['grow', expect.stringContaining('a boot')],
      ['clone', expect.stringContaining('a snapshot of its disk is made')],
    ])
    expect(failed()).toEqual([])
  })
  it('is what EC2 tells of it, and never of another that the answer holds, too', async () => {
    const before = GIB() ?? 0
    const [other] = volumes()
    ssm.describeVolumes = async (input) => {
      const { Volumes = [] } = call('DescribeVolumes', input)
      return {
        Volumes: input.VolumeIds ? [{ ...other, VolumeId: 'vol-another', Size: 500 }, ...Volumes] : Volumes,
      }
    }
    ssm.describeVolumesModifications = async (input) => {
      const { VolumesModifications = [] } = call('DescribeVolumesModifications', input)
      const failed = {
        VolumeId: 'vol-another',
        StartTime: new Date(fleet.now),
        ModificationState: 'failed',
      } as const
      return { VolumesModifications: [failed, ...VolumesModifications] }
    }
    await sweep(2)
    fleet.pass(minute)
    await sweep()
    for (const name of ['describeVolumes', 'describeVolumesModifications'] as const) delete ssm[name]
    expect([reboots(), GIB()]).toEqual([2, before + 2])
  })
  it('is looked at no more where its agent is back', async () => {
    await sweep(2)
    offline.clear()
    await sweep(4)
    expect([reboots(), snapshots().length]).toEqual([1, 0])
  })
  it('grows where reboots are switched off, and is rebooted for that alone', async () => {
    RECOVER = 'grow'
    await sweep(6)
    expect([reboots(), GIB()]).toEqual([1, 10])
  })
  it('grows where its last flush said so, and its console does not', async () => {
    RECOVER = 'grow'
    console = 'login:'
    const Output = 'x\n----------ERROR-------\nfailed to create script file: no space left on device'
    invocations.push({
      ...{ CommandId: 'c-0', InstanceId: dead, Status: 'Failed', StatusDetails: 'Failed' },
      DocumentName: environment.DOCUMENT_NAME,
      Comment: `adopted:${new Date(began()).toISOString()} web`,
      RequestedDateTime: new Date(fleet.now),
      CommandPlugins: [{ Output, ResponseFinishDateTime: new Date(fleet.now) }],
    })
    await sweep(1)
    expect(mark()).toBeDefined()
  })
  it.each(['login:', 'Failed to add /run/systemd/ask-password to directory watch: No space left on device'])(
    'is another one: its disk is copied at once where its console says %s',
    async (said) => {
      console = said
      await sweep(2)
      expect([mark(), GIB(), snapshots().length]).toEqual([undefined, 8, 1])
    },
  )
  it('is another one: its disk is copied at once where its reboot is refused', async () => {
    console = 'login:'
    failing.push(['rebootInstances', awsError('UnauthorizedOperation')])
    await sweep(1)
    expect([mark(), snapshots().length]).toEqual([undefined, 1])
  })
  it('is not known to be full where EC2 refuses its console, whatever the refusal says', async () => {
    RECOVER = 'grow,clone'
    console = undefined
    ssm.getConsoleOutput = async () => {
      throw awsError('UnsupportedOperation', 'No space left on device')
    }
    await sweep(1)
    delete ssm.getConsoleOutput
    expect([mark(), snapshots().length]).toEqual([undefined, 1])
  })
  it('does not grow where a tag of ours cannot be read: it may have grown', async () => {
    RECOVER = 'grow,clone'
    const Tags = [{ Key: `termination-guard-grown:${HOOK}`, Value: 'yesterday' }]
    call('CreateTags', { Resources: [root()?.id ?? ''], Tags })
    await sweep(1)
    expect([mark(), GIB(), snapshots().length]).toEqual(['yesterday', 8, 1])
  })
  it('is copied at once where EC2 does not tell what became of its growth', async () => {
    RECOVER = 'grow,clone'
    await sweep(1)
    failing.push(['describeVolumesModifications', awsError('InvalidVolumeModification.NotFound')])
    await sweep(1)
    expect([reboots(), snapshots().length]).toEqual([0, 1])
  })
  it('is waited for while it grows, without a word of trouble', async () => {
    RECOVER = 'grow,clone'
    ssm.describeVolumesModifications = async () => ({
      VolumesModifications: [
        { VolumeId: root()?.id, StartTime: new Date(fleet.now), ModificationState: 'modifying' },
      ],
    })
    await sweep(3)
    delete ssm.describeVolumesModifications
    expect([failed(), reboots(), snapshots().length]).toEqual([[], 0, 0])
  })
  it('does not grow where the rung is switched off', async () => {
    RECOVER = 'reboot,clone'
    await sweep(2)
    expect([mark(), GIB(), snapshots().length]).toEqual([undefined, 8, 1])
  })
  it('is copied at once, and does not grow, where that cannot be written down', async () => {
    RECOVER = 'grow,clone'
    failing.push(['createTags', awsError('UnauthorizedOperation')])
    await sweep(1)
    fleet.pass(minute)
    expect(failed()).toMatchObject([{ rung: 'grow', instanceId: dead }])
    expect([mark(), GIB(), snapshots().length]).toEqual([undefined, 8, 1])
  })
  it('is copied at once where EC2 refuses to make it larger', async () => {
    RECOVER = 'grow,clone'
    failing.push(['modifyVolume', awsError('VolumeModificationRateExceeded')])
    await sweep(1)
    expect(failed()).toMatchObject([{ rung: 'grow', error: 'VolumeModificationRateExceeded' }])
    expect(snapshots()).toHaveLength(1)
  })
  it('does not grow twice in one action, although its answer was lost', async () => {
    RECOVER = 'grow'
    failing.push(['modifyVolume', awsError('InternalError')])
    await sweep(6)
    expect(GIB()).toBe(8)
  })
  it('is copied at once where its reboot is refused, once it has grown', async () => {
    RECOVER = 'grow,clone'
    await sweep(1)
    failing.push(['rebootInstances', awsError('UnauthorizedOperation')])
    await sweep(1)
    expect([reboots(), snapshots().length]).toEqual([0, 1])
  })
  it('grows again for another action', async () => {
    RECOVER = 'grow'
    await sweep(3)
    fleet.pass(8 * hour)
    call('TerminateInstanceInAutoScalingGroup', { InstanceId: dead, ShouldDecrementDesiredCapacity: false })
    fleet.pass(minute)
    await sweep(3)
    expect(GIB()).toBe(12)
  })
  it('S4: does not grow where our hook does not hold it', async () => {
    letGo()
    await sweep(2)
    expect(mark()).toBeUndefined()
  })
  it('grows with no more others at once than may', async () => {
    RECOVER = 'grow'
    RECOVERIES_AT_ONCE = '1'
    const other = inService()[0] ?? ''
    offline.add(other)
    terminate(other)
    await sweep(1)
    fleet.pass(minute)
    const sizes = [dead, other].map(
      (id) => fleet.model.instances().find((one) => one.id === id)?.volumes[0]?.sizeGiB,
    )
    expect(sizes).toEqual([10, 8])
  })
})

it('copies no more disks at once than it may', async () => {
  RECOVERIES_AT_ONCE = '1'
  const other = inService()[0] ?? ''
  offline.add(other)
  terminate(other)
  await sweep(3)
  expect(snapshots()).toHaveLength(1)
  letGo()
  ended('Failed')
  await sweep(3)
  expect(snapshots().flatMap(({ Tags = [] }) => Tags.map(({ Value }) => Value?.split(' ')[0]))).toEqual([
    other,
  ])
})

describe('no machine is always the first, since time and room may be short for the last', () => {
  let falling = 1
  it.each([
    ['in one order', () => 0.5, [0, 1]],
    ['or in the other', () => (falling -= 1e-6), [1, 0]],
  ])('%s', async (_, chance, order) => {
    const ids = [dead, inService()[0] ?? '']
    offline = new Set(ids)
    terminate(ids[1] ?? '')
    random = chance
    await sweep(2)
    const made = snapshots().map(({ SnapshotId = '' }) => SnapshotId)
    const reasons = journal.flatMap((event) =>
      event.event === 'recovery' && event.reason.includes('a snapshot') ? [event.instanceId] : [],
    )
    expect(reasons).toEqual(order.map((index) => ids[index]))
    for (const InstanceId of ids)
      call('CompleteLifecycleAction', {
        ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId },
        LifecycleActionResult: 'CONTINUE',
      })
    await sweep(1)
    const deleted = journal.flatMap((event) => (event.event === 'copies' ? event.deleted : []))
    expect(deleted.filter((id) => id.startsWith('snap-'))).toEqual(order.map((index) => made[index]))
  })
})

it('a disk is not attached where another is since an earlier sweep', async () => {
  const [other = '', last = ''] = inService()
  const sweepWithLast = async (times: number) => {
    for (let count = 0; count < times; count++) {
      for (const id of inService()) if (id !== last) offline.add(id)
      await sweep(1)
    }
  }
  await sweepWithLast(4)
  expect(sent).toHaveLength(1)
  terminate(other)
  fleet.pass(10 * minute)
  await sweepWithLast(5)
  expect(snapshots()).toHaveLength(2)
  const at = volumes().flatMap(({ Attachments }) => Attachments?.[0]?.InstanceId ?? [])
  expect([at, sent.length]).toEqual([[last], 1])
})

it('two disks are never at one machine', async () => {
  const other = inService()[0] ?? ''
  offline.add(other)
  terminate(other)
  await sweep(3)
  const at = volumes().flatMap(({ Attachments }) => Attachments?.[0]?.InstanceId ?? [])
  expect(at.length).toBeGreaterThan(0)
  expect(new Set(at).size).toBe(at.length)
})

describe('what EC2 does not tell', () => {
  it('lets no copy be made, and none be thrown away, and does not stop the rest', async () => {
    await sweep(1)
    RECOVER = 'reboot,clone'
    failing.push(['describeSnapshots', awsError('UnauthorizedOperation')])
    letGo()
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
    expect(journal).toContainEqual(
      expect.objectContaining({ event: 'disks-failed', error: 'UnauthorizedOperation' }),
    )
    // It would say that none is left, and end the alarm of one that is.
    expect(journal.filter(({ event }) => event === 'copies')).toEqual([])
  })
  it('lets no kept machine pass its hook again for a copy', async () => {
    RECOVER = 'retry,clone'
    fleet.pass(2 * hour)
    ssm.listObjectsV2 = async () => ({ Contents: [] })
    for (let count = 0; count < 5; count++) {
      failing.push(['describeSnapshots', awsError('UnauthorizedOperation')])
      await sweep(1)
    }
    expect(journal.map(({ event }) => event)).not.toContain('recovery')
    await sweep(1)
    delete ssm.listObjectsV2
    expect(journal.map(({ event }) => event)).toContain('recovery')
  })
  it('lets no second copy be made', async () => {
    await sweep(1)
    failing.push(['describeSnapshots', awsError('UnauthorizedOperation')])
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
  })
  it('about when its action began leaves its copy for a later sweep', async () => {
    await sweep(1)
    ssm.describeScalingActivities = async () => ({ Activities: [] })
    await sweep(1)
    delete ssm.describeScalingActivities
    expect(snapshots()).toHaveLength(1)
  })
  it('about when its action began leaves that to the hook’s own time-out, and prolongs nothing', async () => {
    await sweep(1)
    ssm.describeScalingActivities = async () => ({ Activities: [] })
    const heartbeats: unknown[] = []
    ssm.recordLifecycleActionHeartbeat = async (input) => void heartbeats.push(input)
    await sweep(2)
    delete ssm.describeScalingActivities
    delete ssm.recordLifecycleActionHeartbeat
    expect(heartbeats).toEqual([])
  })
  it('in one empty answer about a machine leaves its copy', async () => {
    await sweep(1)
    ssm.describeAutoScalingInstances = async ({ InstanceIds, ...input }) =>
      InstanceIds ? { AutoScalingInstances: [] } : call('DescribeAutoScalingInstances', input)
    await sweep(1)
    delete ssm.describeAutoScalingInstances
    expect(snapshots()).toHaveLength(1)
  })
  it('about a machine leaves its copy for a later sweep', async () => {
    await sweep(1)
    failing.push(['describeScalingActivities', awsError('InternalFailure')])
    await sweep(1)
    expect(snapshots()).toHaveLength(1)
  })
})

it('somebody else’s snapshots and volumes are left alone, whatever their tag says', async () => {
  const [root] = fleet.model.instances().find(({ id }) => id === dead)?.volumes ?? []
  const make = (Key: string, Value: string) =>
    call('CreateSnapshot', {
      ...{ VolumeId: root?.id, TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key, Value }] }] },
    })
  fleet.pass(minute)
  make('termination-guard-copy:another', `i-0123456789abcdef0 2026-01-02T03:04:05.000Z ${root?.id}`)
  fleet.pass(minute)
  make(`termination-guard-copy:${HOOK}`, `mine 2026-01-02T03:04:05.000Z ${root?.id}`)
  letGo()
  await sweep(3)
  expect(call('DescribeSnapshots', {}).Snapshots).toHaveLength(2)
})

it('a kept machine whose agent stays dead passes its hook again for a copy of its disk', async () => {
  RECOVER = 'retry,clone'
  fleet.pass(2 * hour)
  expect(fleet.model.instances().find(({ id }) => id === dead)?.lifecycleState).toBe('Terminating:Retained')
  ssm.listObjectsV2 = async () => ({ Contents: [] })
  await sweep(5)
  expect(journal).toContainEqual(
    expect.objectContaining({ event: 'recovery', rung: 'retry', reason: expect.stringContaining('a copy') }),
  )
  expect(snapshots()).toHaveLength(1)
  heartbeat()
})

describe('where the time of their group is up, machines are left to the next sweep, and no trouble is told:', () => {
  /** Each of six machines takes twelve seconds; a group has a minute, and nothing is begun in its last fifteen seconds. */
  const recovered = async (rung: string, isSilent: boolean, heldMs: number, questionMs: number) => {
    fleet = guarded(7)
    const ids = inService().slice(1)
    for (const id of ids) terminate(id)
    ;[RECOVER, RECOVERIES_AT_ONCE, offline] = [rung, '9', new Set(isSilent ? ids : [])]
    fleet.pass(heldMs)
    const before = { ...ssm }
    ssm.listObjectsV2 = async () => ({ Contents: [] })
    ssm.listCommandInvocations = async () => {
      fleet.now += questionMs
      return { CommandInvocations: [] }
    }
    await sweep(1)
    Object.assign(ssm, before)
    return journal.flatMap((event) => ('rung' in event ? [`${event.event}: ${event.rung}`] : []))
  }

  it('those that are held', async () => {
    expect(await recovered('reboot', true, 10 * minute, 6 * second)).toEqual(
      Array(4).fill('recovery: reboot'),
    )
  })

  it('those that are kept', async () => {
    expect(await recovered('retry', false, 3 * hour, 12 * second)).toEqual(Array(4).fill('recovery: retry'))
  })
})
