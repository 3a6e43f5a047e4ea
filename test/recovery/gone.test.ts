/** Machines that were terminated past our hook: their disks, marked while they lived, on the model of EC2. */
import type { CommandInvocation, SendCommandCommandInput } from '@aws-sdk/client-ssm'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { auditComment, commentFor } from '../../src/flush/commands.ts'
import type { Guard } from '../../src/guard.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { readPolicy } from '../../src/policy.ts'
import { markDisks } from '../../src/recovery/mark-disks.ts'
import { recover } from '../../src/recovery/recover.ts'
import { parseSelections } from '../../src/selection.ts'
import { sweep as wholeSweep } from '../../src/sweep/sweep.ts'
import { waitingAndRetained } from '../../src/sweep/waiting.ts'
import {
  binKey,
  KEEP,
  keptByBin,
  LET_GO,
  markOf,
  PROVEN,
  RESTORED,
  STAYS,
} from '../../src/termination/disk-mark.ts'
import { letDiskGo } from '../../src/termination/let-disk-go.ts'
import type { InputOf, OperationName } from '../../testbed/auto-scaling/auto-scaling.ts'
import { awsError, manifestLine } from '../one-instance.ts'
import { action, environment, file } from '../termination/observations.ts'
import { Fleet, hour, minute, second } from '../testbed/simulator/fleet.ts'
import { awsOn, callOn, endNewest, type Ssm, ssmOn } from './fleet-aws.ts'

const HOOK = environment.HOOK_NAME

let fleet: Fleet
let dead: string
let disk: string
let journal: JournalEvent[]
let invocations: CommandInvocation[]
let sent: SendCommandCommandInput[]
let receipts: string[]
let isInS3: boolean
/** No other machine's agent answers. */
let isAlone: boolean
/** Its agent does not answer either. */
let silent: string | undefined
let failing: (readonly [keyof AwsApi, Error])[]
let RECOVER: string
let RECOVERIES_AT_ONCE: string
let PATIENCE_SECONDS: string
let manifest: string
let random: () => number

beforeEach(async () => {
  fleet = new Fleet({ ruleMs: 0 }).group('web', { size: 3, retain: true })
  fleet.hook({ LifecycleHookName: HOOK, HeartbeatTimeout: 7200, DefaultResult: 'ABANDON' })
  ;[journal, invocations, sent, failing, receipts] = [[], [], [], [], []]
  ;[isInS3, RECOVER, RECOVERIES_AT_ONCE, isAlone] = [true, 'clone,bin', '5', false]
  ;[silent, random, PATIENCE_SECONDS] = [undefined, () => 0.5, '7200']
  call('CreateRule', {
    ResourceType: 'EBS_VOLUME',
    ResourceTags: keptByBin(HOOK),
    RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
  })
  dead = fleet.ids()[0] ?? ''
  disk = fleet.model.instances().find(({ id }) => id === dead)?.volumes[0]?.id ?? ''
  manifest = manifestLine([file], [], 60, 'salvage', dead)
  fleet.pass(second)
})

const call = <Name extends OperationName>(name: Name, input: InputOf<Name>) => callOn(fleet, name, input)

/** Without the hook, no action needs a copy. */
function hookEnds(): void {
  fleet.pass(5 * minute)
  call('CompleteLifecycleAction', {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
    LifecycleActionResult: 'CONTINUE',
  })
}

function terminate(): void {
  call('TerminateInstances', { InstanceIds: [dead] })
  fleet.pass(minute)
}

const world = (): Ssm => ({
  fleet,
  invocations,
  sent,
  isOnline: (id) => id !== dead && id !== silent && !isAlone,
})
const ssmAndS3: Partial<AwsApi> = {
  ...ssmOn(world),
  listObjectsV2: async ({ Prefix }) => ({
    Contents: isInS3
      ? [
          {
            Key: `${Prefix}${file.path.replaceAll('/', '_')}`,
            ...{ Size: file.size, ETag: `"${file.md5}"`, LastModified: new Date(fleet.now) },
          },
        ]
      : [],
  }),
  headObject: async () => {
    throw Object.assign(awsError('NotFound'), { $metadata: { httpStatusCode: 404 } })
  },
  putObject: async ({ Key = '' }) => void receipts.push(Key),
}

function guard(): Guard {
  const failure = (name: keyof AwsApi) => {
    const found = failing.find(([operation]) => operation === name)
    failing = failing.filter((one) => one !== found)
    return found?.[1]
  }
  const aws = awsOn(() => fleet, ssmAndS3, failure)
  const policy = readPolicy({
    ...environment,
    ARCHIVE_PREFIX: '{group}/{instance}/',
    RECOVER,
    RECOVERIES_AT_ONCE,
    PATIENCE_SECONDS,
  })
  const clock = { now: () => fleet.now }
  return { aws, clock, random, policy, journal: (event) => void journal.push(event) }
}

const mark = async (one = guard()) => {
  const { staying } = await waitingAndRetained(one.aws)
  await markDisks(one, ['web'], staying, () => minute)
}

async function sweep(times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    fleet.pass(5 * minute)
    const one = guard()
    await recover(one, await waitingAndRetained(one.aws), () => minute)
    await mark(one)
    fleet.pass(10 * second)
  }
}

const salvaged = (status: 'Success' | 'Failed' = 'Success') => endNewest(world(), status, manifest)

const tagsOf = (id: string) =>
  fleet.model.call(fleet.now, 'DescribeVolumes', { VolumeIds: [id] }).Volumes?.[0]?.Tags ?? []
const isThere = (id: string) =>
  call('DescribeVolumes', {}).Volumes?.some(({ VolumeId, State }) => VolumeId === id && State !== 'deleting')
const binned = () => (call('ListVolumesInRecycleBin', {}).Volumes ?? []).map(({ VolumeId }) => VolumeId)
const copies = () =>
  [
    ...(call('DescribeSnapshots', {}).Snapshots ?? []),
    ...(call('DescribeVolumes', {
      Filters: [{ Name: 'tag-key', Values: [`termination-guard-copy:${HOOK}`] }],
    }).Volumes ?? []),
  ].length
const told = () =>
  journal.flatMap((event) => (event.event === 'recovery' && event.rung === 'bin' ? [event.reason] : []))
const failed = () =>
  journal.flatMap((event) => (event.event === 'recovery-failed' ? [event.errorMessage] : []))
const ends = () => journal.filter(({ event }) => event === 'action-ended')

describe('while a machine lives', () => {
  it('its root volume is marked, once, and says whose it is; so does the machine', async () => {
    await mark()
    const marks = [
      { Key: binKey(HOOK), Value: KEEP },
      { Key: `termination-guard-disk:${HOOK}`, Value: `${dead} ${disk}` },
      { Key: `termination-guard-disk-group:${HOOK}`, Value: 'web' },
    ]
    expect(tagsOf(disk)).toEqual(marks)
    failing = [['createTags', awsError('this call is one too many')]]
    await mark()
    expect(failed()).toEqual([])
  })
  it('nothing is marked where the rung is switched off, nor in other groups', async () => {
    RECOVER = 'clone'
    await mark()
    RECOVER = 'clone,bin'
    await markDisks(guard(), ['another'], [], () => minute)
    await markDisks(guard(), [], [], () => minute)
    expect(tagsOf(disk)).toEqual([])
  })
  it('one that cannot be marked does not stop the others, and is told', async () => {
    failing = [['createTags', awsError('UnauthorizedOperation', 'not authorized')]]
    await mark()
    expect(failed()).toEqual(['not authorized'])
    const others = fleet.model.instances().flatMap(({ volumes }) => volumes[0]?.id ?? [])
    expect(others.filter((id) => tagsOf(id).length > 0)).toHaveLength(2)
  })
  it('the disk is not kept once its logs are proven', async () => {
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: PROVEN })
    terminate()
    expect(binned()).toEqual([])
    await mark()
  })
  it('S1: the disk of a machine that comes back out of a warm pool is marked again', async () => {
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    await mark()
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: KEEP })
    terminate()
    expect(binned()).toEqual([disk])
  })
  it('S1: the disk of a machine that was proven and stays is marked again by the next sweep', async () => {
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    const one = guard()
    const enrolment = {
      ...{ selections: parseSelections('web'), queueArn: 'arn:aws:sqs:eu-west-1:000000000000:guard' },
      ...{ notifierRoleArn: 'arn:aws:iam::000000000000:role/notifier', retain: true },
    }
    ssmAndS3.getQueueAttributes = async () => ({ Attributes: { ApproximateNumberOfMessages: '0' } })
    await wholeSweep({ ...one, policy: { ...one.policy, enrolment } }, () => 3 * minute)
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: KEEP })
  })
  it('the disk of a machine that is let go, and not gone yet, is not marked again', async () => {
    await mark()
    fleet.model.depart(fleet.now, dead, 'terminate')
    fleet.pass(0)
    await letDiskGo(guard(), { ...action, instanceId: dead })
    await mark()
    expect(fleet.state(dead)).toBe('Terminating:Wait')
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: PROVEN })
  })
  it('what was let go is not once more; what is not marked, nor another disk than the machine has, is not', async () => {
    await letDiskGo(guard(), { ...action, instanceId: dead })
    expect(tagsOf(disk)).toEqual([])
    await mark()
    fleet.model.depart(fleet.now, dead, 'replace-root-volume')
    fleet.pass(minute)
    call('CompleteLifecycleAction', {
      ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
      LifecycleActionResult: 'CONTINUE',
    })
    fleet.pass(minute)
    await letDiskGo(guard(), { ...action, instanceId: dead })
    const root = call('DescribeInstances', { InstanceIds: [dead] }).Reservations?.[0]?.Instances?.[0]
    expect(root?.Tags).toContainEqual({ Key: binKey(HOOK), Value: KEEP })
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    failing = [['createTags', awsError('this call is one too many')]]
    await letDiskGo(guard(), { ...action, instanceId: dead })
    expect(failed()).toEqual([])
  })
  it('those that there is no time for are left to the next sweep, without a word of trouble', async () => {
    ssmAndS3.createTags = async (input) => {
      fleet.now += 25 * second
      return call('CreateTags', input)
    }
    const one = guard()
    const { staying } = await waitingAndRetained(one.aws)
    const endsAt = fleet.now + minute
    await markDisks(one, ['web'], staying, () => endsAt - fleet.now)
    delete ssmAndS3.createTags
    const marked = fleet.model.instances().map(({ volumes }) => tagsOf(volumes[0]?.id ?? '').length > 0)
    expect([marked.filter(Boolean).length, failed()]).toEqual([2, []])
  })
  it('the bin is not asked: nobody is gone', async () => {
    await mark()
    failing = [['listVolumesInRecycleBin', awsError('this call is one too many')]]
    await sweep(1)
    expect(failing).toHaveLength(1)
  })
  it('a disk that was let go stays in the bin of somebody else’s rule', async () => {
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    call('CreateRule', {
      ...{ ResourceType: 'EBS_VOLUME', ResourceTags: [] },
      RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
    })
    terminate()
    await sweep(2)
    expect(binned()).toEqual([disk])
  })
  it('a proven machine goes although its disk cannot be let go, and that is told', async () => {
    await mark()
    failing = [['createTags', awsError('UnauthorizedOperation', 'not authorized')]]
    await letDiskGo(guard(), { ...action, instanceId: dead })
    expect(failed()).toEqual(['not authorized'])
  })
})

describe('the disk of a machine that was terminated past the hook', () => {
  beforeEach(async () => {
    await mark()
    terminate()
  })

  it('lies in the bin, is taken out, copied and salvaged, each step told', async () => {
    expect(binned()).toEqual([disk])
    await sweep(5)
    expect(told()).toEqual([
      `the machine is gone: its disk, ${disk}, is taken out of the Recycle Bin`,
      `a snapshot of its disk, ${disk}, is made`,
      expect.stringContaining('a volume of snap-'),
      expect.stringContaining('is attached to'),
      expect.stringContaining('salvages'),
    ])
    expect(failed()).toEqual([])
    expect(isThere(disk)).toBe(true)
  })

  it('has the mark that EC2 tells of it, and not of another that the answer holds, too', async () => {
    const described = (input: InputOf<'DescribeVolumes'>) => call('DescribeVolumes', input).Volumes ?? []
    ssmAndS3.describeVolumes = async (input) => ({
      Volumes: input.VolumeIds ? [{ VolumeId: 'vol-another' }, ...described(input)] : described(input),
    })
    await sweep(1)
    delete ssmAndS3.describeVolumes
    const { Tags } = described({ VolumeIds: [disk] })[0] ?? {}
    expect(Tags).toContainEqual({ Key: binKey(HOOK), Value: RESTORED })
  })

  it.each([
    ['an answer without it', () => ({ Volumes: [] })],
    [
      'an error',
      () => {
        throw awsError('InvalidVolume.NotFound')
      },
    ],
    ['trouble that passes', () => Promise.reject(awsError('InternalFailure'))],
    ['an answer that lacks its tags', () => ({ Volumes: [{ VolumeId: disk }] })],
  ])('is known to have been in the bin although EC2 does not show it yet: %s', async (_, answer) => {
    const described = (input: InputOf<'DescribeVolumes'>) => call('DescribeVolumes', input)
    ssmAndS3.describeVolumes = async (input) => (input.VolumeIds ? await answer() : described(input))
    await sweep(1)
    delete ssmAndS3.describeVolumes
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: RESTORED })
    await sweep(4)
    salvaged()
    await sweep(1)
    expect([isThere(disk), binned(), ends().length]).toEqual([false, [], 1])
  })

  it('is copied for the termination that began, so that its pass can count what is salvaged', async () => {
    await sweep(2)
    const { departure } = fleet.model.instances().find(({ id }) => id === dead) ?? {}
    const [snapshot] = call('DescribeSnapshots', {}).Snapshots ?? []
    expect(snapshot?.Tags?.[0]?.Value).toBe(
      `${dead} ${departure?.activity.StartTime?.toISOString()} ${disk} gone`,
    )
  })

  it('is copied once, although its hook holds the machine yet', async () => {
    await sweep(6)
    expect(fleet.state(dead)).toBe('Terminating:Wait')
    expect([copies(), invocations.length]).toEqual([2, 1])
    expect(journal).not.toContainEqual(expect.objectContaining({ event: 'recovery', rung: 'clone' }))
  })

  it('is deleted without a copy where its logs were proven before', async () => {
    await sweep(1)
    call('CreateTags', { Resources: [disk], Tags: [{ Key: binKey(HOOK), Value: LET_GO }] })
    await sweep(1)
    expect([isThere(disk), copies()]).toEqual([false, 0])
  })

  it('is taken out and copied with no more others at once than may', async () => {
    RECOVERIES_AT_ONCE = '1'
    const [other = ''] = fleet.ids().filter((id) => id !== dead)
    call('TerminateInstances', { InstanceIds: [other] })
    fleet.pass(minute)
    await sweep(1)
    expect(binned()).toHaveLength(1)
    await sweep(1)
    expect([binned().length, copies()]).toEqual([0, 0])
    await sweep(3)
    expect(call('DescribeSnapshots', {}).Snapshots).toHaveLength(1)
  })

  it('is deleted for good once its logs are proven, and that is told as the end, with a receipt', async () => {
    await sweep(5)
    salvaged()
    await sweep(1)
    expect(ends()).toEqual([
      expect.objectContaining({
        ...{ outcome: 'archived', instanceId: dead, groupName: 'web', token: undefined },
        reason: expect.stringMatching(/^the action is over; its one file is in S3, as its disk was at /),
      }),
    ])
    expect(receipts).toEqual([expect.stringContaining(`/${dead}/`)])
    expect(isThere(disk)).toBe(false)
    expect(binned()).toEqual([])
    fleet.pass(2 * hour)
    await sweep(3)
    expect(copies()).toBe(0)
    expect(ends()).toHaveLength(1)
  })

  it('is deleted again, and not salvaged again, where somebody else’s rule keeps every volume', async () => {
    call('CreateRule', {
      ...{ ResourceType: 'EBS_VOLUME', ResourceTags: [] },
      RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
    })
    await sweep(5)
    salvaged()
    await sweep(1)
    expect(binned()).toEqual([disk])
    fleet.pass(15 * minute)
    await sweep(3)
    expect([sent.length, ends().length]).toEqual([1, 1])
    expect(tagsOf(disk)).toContainEqual({ Key: binKey(HOOK), Value: LET_GO })
  })

  it('is found to be proven where it could not be deleted, and deleted then', async () => {
    await sweep(5)
    salvaged()
    failing = [['deleteVolume', awsError('InternalFailure', 'once more')]]
    await sweep(1)
    expect(failed()).toEqual(['once more'])
    await sweep(1)
    expect(isThere(disk)).toBe(false)
    expect(binned()).toEqual([])
  })

  it('is salvaged as well where no hook holds its machine any more', async () => {
    hookEnds()
    await sweep(5)
    expect(told().at(-1)).toContain('salvages')
    salvaged()
    await sweep(1)
    expect(isThere(disk)).toBe(false)
  })

  it('is deleted where its logs were empty', async () => {
    await sweep(5)
    manifest = manifestLine([], [], 60, 'salvage', dead)
    salvaged()
    await sweep(1)
    expect([isThere(disk), ends()]).toMatchObject([false, [{ outcome: 'empty' }]])
  })

  it('is deleted whatever was flushed, or audited, before its machine was gone, and lacks', async () => {
    await sweep(5)
    const flushed = (Comment: string, minutesAgo: number) => {
      const time = new Date(fleet.now - minutesAgo * minute)
      const lost = { ...file, path: '/var/log/rotated-away' }
      invocations.push({
        ...{ CommandId: Comment, InstanceId: dead, DocumentName: environment.DOCUMENT_NAME, Comment },
        ...{ Status: 'Success', StatusDetails: 'Success', RequestedDateTime: time },
        CommandPlugins: [
          { Output: manifestLine([lost], [], 60, 'audit', dead), ResponseFinishDateTime: time },
        ],
      })
    }
    flushed(auditComment('web'), 90)
    salvaged()
    await sweep(1)
    expect([isThere(disk), failed()]).toEqual([false, []])
  })

  it('is deleted for its salvage, though the flush that the silent machine never fetched stands behind it', async () => {
    await sweep(5)
    const { departure } = fleet.model.instances().find(({ id }) => id === dead) ?? {}
    const StartTime = departure?.activity.StartTime ?? new Date(0)
    invocations.push({
      ...{ CommandId: 'c-before', InstanceId: dead, DocumentName: environment.DOCUMENT_NAME },
      ...{
        Comment: commentFor({
          ...action,
          token: undefined,
          startedAt: StartTime.getTime(),
          groupName: 'web',
        }),
      },
      ...{
        Status: 'Failed',
        StatusDetails: 'Failed',
        RequestedDateTime: new Date(StartTime.getTime() + second),
      },
      CommandPlugins: [{ Output: '', ResponseFinishDateTime: new Date(StartTime.getTime() + 2 * second) }],
    })
    salvaged()
    await sweep(1)
    expect([isThere(disk), failed()]).toEqual([false, []])
  })

  it('S1: is not deleted for what a flush saw before its machine was gone', async () => {
    await sweep(2)
    const [snapshot] = call('DescribeSnapshots', {}).Snapshots ?? []
    const Output = manifestLine([file], [], 60, 'termination', dead)
    invocations.unshift({
      ...{ CommandId: 'c-before', InstanceId: dead, DocumentName: environment.DOCUMENT_NAME },
      ...{ Comment: commentFor({ ...action, instanceId: dead, groupName: 'web' }) },
      ...{ Status: 'Success', StatusDetails: 'Success', RequestedDateTime: snapshot?.StartTime },
      CommandPlugins: [{ Output, ResponseFinishDateTime: snapshot?.StartTime }],
    })
    await sweep(2)
    expect([isThere(disk), ends()]).toEqual([true, []])
    expect(failed()).toEqual([])
  })

  it('S1: is not deleted before its logs are proven', async () => {
    await sweep(5)
    isInS3 = false
    salvaged()
    await sweep(2)
    expect(isThere(disk)).toBe(true)
    expect(ends()).toEqual([])
  })

  it('is somebody’s who has attached it to another machine, until it is taken off there', async () => {
    await sweep(1)
    const [other = ''] = fleet.ids().filter((id) => id !== dead)
    call('CreateTags', { Resources: [disk], Tags: [{ Key: binKey(HOOK), Value: RESTORED }] })
    const zone = call('DescribeVolumes', { VolumeIds: [disk] }).Volumes?.[0]?.AvailabilityZone
    const near = fleet.model.instances().find((one) => one.availabilityZone === zone && one.id !== dead)
    call('AttachVolume', { VolumeId: disk, InstanceId: near?.id ?? other, Device: '/dev/sdf' })
    fleet.pass(minute)
    await sweep(3)
    expect([copies(), failed()]).toEqual([0, []])
    call('DetachVolume', { VolumeId: disk })
    fleet.pass(minute)
    await sweep(1)
    expect(told().at(-1)).toBe(`a snapshot of its disk, ${disk}, is made`)
  })

  it('is copied anew where somebody deleted the snapshot, and EC2 keeps the volume that was made of it', async () => {
    await sweep(3)
    const [snapshot] = call('DescribeSnapshots', {}).Snapshots ?? []
    call('DeleteSnapshot', { SnapshotId: snapshot?.SnapshotId })
    failing = [['deleteVolume', awsError('OperationNotPermitted')]]
    await sweep(1)
    expect(told().at(-1)).toBe(`a snapshot of its disk, ${disk}, is made`)
    expect(told().filter((one) => one.startsWith('a snapshot'))).toHaveLength(2)
  })

  it('is left where its salvages are in vain, and that is told; the copy goes', async () => {
    await sweep(5)
    salvaged('Failed')
    await sweep(4)
    expect(new Set(invocations.map(({ InstanceId }) => InstanceId)).size).toBe(2)
    salvaged('Failed')
    fleet.pass(2 * hour)
    await sweep(7)
    expect(isThere(disk)).toBe(true)
    expect(copies()).toBe(0)
    expect(failed()).toContain(`its disk was salvaged 2 times in vain: ${disk} is left`)
    expect(invocations).toHaveLength(2)
  })

  it('keeps its copy, and the salvage that runs, where nobody else is left who could salvage it', async () => {
    await sweep(5)
    const before = copies()
    isAlone = true
    await sweep(2)
    expect([copies(), failed()]).toEqual([before, []])
  })

  it('keeps its copy where the archive does not answer for the moment, though it was salvaged as often as may be', async () => {
    hookEnds()
    await sweep(5)
    salvaged('Failed')
    await sweep(4)
    salvaged()
    fleet.pass(20 * minute)
    const before = copies()
    const { listObjectsV2 } = ssmAndS3
    ssmAndS3.listObjectsV2 = () => Promise.reject(awsError('SlowDown', 'reduce your request rate'))
    await sweep(1)
    Object.assign(ssmAndS3, { listObjectsV2 })
    expect([failed(), copies()]).toEqual([['reduce your request rate'], before])
    await sweep(1)
    expect([isThere(disk), ends().length]).toEqual([false, 1])
  })

  it('is left where nobody can salvage it, without a copy that nobody needs', async () => {
    isAlone = true
    await sweep(3)
    expect(copies()).toBe(0)
    expect(failed()).toContain(
      `its group has no healthy machine that could salvage its disk: ${disk} is left`,
    )
  })

  it('has an hour at least to be salvaged', async () => {
    PATIENCE_SECONDS = '60'
    hookEnds()
    failing = Array.from({ length: 100 }, () => ['sendCommand', awsError('AccessDeniedException')] as const)
    await sweep(11)
    expect(copies()).toBe(2)
    await sweep(6)
    expect(copies()).toBe(0)
  })

  it('is not salvaged for ever', async () => {
    failing = Array.from({ length: 100 }, () => ['sendCommand', awsError('AccessDeniedException')] as const)
    await sweep(60)
    expect(copies()).toBe(0)
    expect(failed()).toContain(`its disk could not be salvaged in time: ${disk} is left`)
  })

  it('keeps no copy for ever where its group is gone, and nothing tells when its termination began', async () => {
    await sweep(3)
    expect(copies()).toBeGreaterThan(0)
    call('CompleteLifecycleAction', {
      ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
      LifecycleActionResult: 'CONTINUE',
    })
    const missing = Object.assign(awsError('ValidationError', 'AutoScalingGroup name not found - null'), {
      $metadata: { httpStatusCode: 400 },
    })
    failing = Array.from({ length: 500 }, () => ['describeScalingActivities', missing] as const)
    await sweep(2)
    expect(copies()).toBeGreaterThan(0)
    await sweep(43)
    expect(copies()).toBe(0)
    expect(isThere(disk)).toBe(true)
    expect(failed().at(-1)).toMatch(
      /^when its termination began is not told .*group name not found.*is left$/i,
    )
  })

  it('keeps no copy for ever where SSM tells nothing any more', async () => {
    await sweep(3)
    expect(copies()).toBeGreaterThan(0)
    failing = Array.from(
      { length: 500 },
      () => ['listCommandInvocations', awsError('AccessDeniedException')] as const,
    )
    await sweep(45)
    expect(copies()).toBe(0)
    expect(isThere(disk)).toBe(true)
  })

  it.each(['describeScalingActivities', 'listCommandInvocations'] as const)(
    'keeps no copy for ever where AWS never answers %s again',
    async (operation) => {
      await sweep(3)
      expect(copies()).toBeGreaterThan(0)
      hookEnds()
      failing = Array.from({ length: 900 }, () => [operation, awsError('InternalFailure')] as const)
      await sweep(45)
      expect([copies(), isThere(disk)]).toEqual([0, true])
    },
  )

  it('is left alone in the bin where EC2 has forgotten whose it was', async () => {
    hookEnds()
    fleet.pass(2 * hour)
    await sweep(2)
    expect(binned()).toEqual([disk])
  })

  it('is left where EC2 forgot its machine before a copy was made: nothing tells that it was the last disk', async () => {
    isAlone = true
    await sweep(1)
    call('CompleteLifecycleAction', {
      ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
      LifecycleActionResult: 'CONTINUE',
    })
    fleet.pass(1.5 * hour)
    isAlone = false
    await sweep(2)
    expect(copies()).toBe(0)
    expect(failed().at(-1)).toBe(`EC2 has forgotten which disk was the last of ${dead}: ${disk} is left`)
  })

  it('keeps its copy where the disks cannot be listed', async () => {
    await sweep(3)
    call('CompleteLifecycleAction', {
      ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
      LifecycleActionResult: 'CONTINUE',
    })
    fleet.pass(5 * minute)
    const before = copies()
    expect(before).toBeGreaterThan(0)
    let asked = 0
    ssmAndS3.describeVolumes = async (input) => {
      // The copies are asked for first.
      if (asked++ > 0) throw awsError('UnauthorizedOperation')
      return call('DescribeVolumes', input)
    }
    await sweep(1)
    delete ssmAndS3.describeVolumes
    expect(copies()).toBeGreaterThanOrEqual(before)
    expect(journal).toContainEqual(expect.objectContaining({ event: 'disks-failed' }))
  })
})

describe('a disk that outlives its machine by its owner’s wish', () => {
  const wish = (DeleteOnTermination: boolean) =>
    call('ModifyInstanceAttribute', {
      ...{ InstanceId: dead },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination } }],
    })
  const value = () => tagsOf(disk).find(({ Key }) => Key === binKey(HOOK))?.Value

  it('is marked as that, whenever the wish changes', async () => {
    await mark()
    wish(false)
    await mark()
    expect(value()).toBe(STAYS)
    wish(true)
    await mark()
    expect(value()).toBe(KEEP)
  })

  it('is not deleted where its logs are proven before its machine goes, even if that was wished since', async () => {
    await mark()
    wish(false)
    await letDiskGo(guard(), { ...action, instanceId: dead })
    terminate()
    await sweep(5)
    expect([value(), isThere(disk), copies(), failed()]).toEqual([PROVEN, true, 0, []])
  })

  const salvagedAndStays = async () => {
    terminate()
    await sweep(5)
    expect(told().at(-1)).toContain('salvages')
    salvaged()
    await sweep(2)
    expect(ends()).toHaveLength(1)
    expect([value(), isThere(disk)]).toEqual([PROVEN, true])
    expect(told().at(-1)).toBe(`its disk, ${disk}, is proven, and left to whoever kept it`)
    fleet.pass(2 * hour)
    await sweep(3)
    expect([copies(), isThere(disk), ends().length]).toEqual([0, true, 1])
  }

  it('is salvaged where its machine was terminated past the hook, and not deleted', async () => {
    wish(false)
    await mark()
    await salvagedAndStays()
  })

  it('is not deleted where that was wished a moment before its machine went', async () => {
    await mark()
    wish(false)
    await salvagedAndStays()
  })

  it('is not deleted where that was wished once the machine was stopped', async () => {
    await mark()
    call('StopInstances', { InstanceIds: [dead] })
    fleet.pass(2 * minute)
    wish(false)
    await mark()
    await salvagedAndStays()
  })

  it('is not deleted where that was wished once its logs were proven', async () => {
    await mark()
    await letDiskGo(guard(), { ...action, instanceId: dead })
    wish(false)
    terminate()
    await sweep(5)
    expect([isThere(disk), copies(), failed()]).toEqual([true, 0, []])
  })

  it('is not deleted where it cannot be written down that it came out of the bin: who knows who took it out?', async () => {
    await mark()
    terminate()
    failing = [['createTags', awsError('InternalFailure', 'once')]]
    await sweep(1)
    expect([failed(), value(), isThere(disk)]).toEqual([['once'], KEEP, true])
    await sweep(4)
    salvaged()
    await sweep(2)
    expect([value(), isThere(disk)]).toEqual([PROVEN, true])
  })

  it('is not brought back for good where its owner deletes it, and somebody else’s rule keeps every volume', async () => {
    await mark()
    wish(false)
    terminate()
    await sweep(4)
    salvaged()
    await sweep(1)
    expect([value(), isThere(disk)]).toEqual([PROVEN, true])
    call('CreateRule', {
      ...{ ResourceType: 'EBS_VOLUME', ResourceTags: [] },
      RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
    })
    call('DeleteVolume', { VolumeId: disk })
    await sweep(1)
    expect([isThere(disk), value()]).toEqual([true, RESTORED])
    await sweep(4)
    salvaged()
    await sweep(1)
    expect(isThere(disk)).toBe(false)
  })

  it('lies in the bin again where somebody deletes what we took out of it, and is taken out once more', async () => {
    await mark()
    terminate()
    await sweep(1)
    expect(value()).toBe(RESTORED)
    call('DeleteVolume', { VolumeId: disk })
    expect(binned()).toEqual([disk])
    await sweep(1)
    expect([binned(), isThere(disk)]).toEqual([[], true])
  })
})

describe('what AWS refuses to do for a disk of one that is gone keeps no place of those that are held:', () => {
  const held = () =>
    fleet.model.instances().filter(({ lifecycleState }) => lifecycleState === 'Terminating:Wait')
  beforeEach(async () => {
    await mark()
    RECOVERIES_AT_ONCE = '1'
    silent = fleet.ids().find((id) => id !== dead)
    call('TerminateInstanceInAutoScalingGroup', { InstanceId: silent, ShouldDecrementDesiredCapacity: true })
    fleet.pass(10 * minute)
    expect(held()).toHaveLength(1)
    terminate()
  })

  it('taking it out of the bin', async () => {
    failing = [['restoreVolumeFromRecycleBin', awsError('VolumeLimitExceeded', 'no room')]]
    await sweep(1)
    expect([failed(), copies()]).toEqual([['no room'], 1])
  })

  it('copying it', async () => {
    await sweep(1)
    expect([binned(), copies()]).toEqual([[], 0])
    failing = [['createSnapshot', awsError('SnapshotCreationPerVolumeRateExceeded', 'not so often')]]
    await sweep(1)
    expect([failed(), copies()]).toEqual([['not so often'], 1])
  })
})

describe('no disk is always the first, since time and room may be short for the last', () => {
  let falling = 1
  it.each([
    ['in one order', () => 0.5, [0, 1]],
    ['or in the other', () => (falling -= 1e-6), [1, 0]],
  ])('%s', async (_, chance, order) => {
    const ids = fleet.ids().slice(0, 2)
    const disks = ids.map((id) => fleet.model.instances().find((one) => one.id === id)?.volumes[0]?.id ?? '')
    random = chance
    const marked: (string | undefined)[] = []
    ssmAndS3.createTags = async (input) => {
      marked.push(...(input.Resources ?? []))
      return call('CreateTags', input)
    }
    await mark()
    delete ssmAndS3.createTags
    call('TerminateInstances', { InstanceIds: ids })
    await sweep(2)
    const turns = told().map((reason) => disks.findIndex((id) => reason.includes(id)))
    expect(marked.flatMap((id) => disks.indexOf(id ?? '')).filter((index) => index >= 0)).toEqual(order)
    expect(turns).toEqual([...order, ...order])
  })
})

it('a disk that its owner keeps is copied only when Auto Scaling has noticed that its machine is gone', async () => {
  call('ModifyInstanceAttribute', {
    ...{ InstanceId: dead },
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }],
  })
  await mark()
  call('TerminateInstances', { InstanceIds: [dead] })
  fleet.pass(50 * second)
  const recoverNow = async () => recover(guard(), await waitingAndRetained(guard().aws), () => minute)
  expect(fleet.state(dead)).toBe('InService')
  await recoverNow()
  expect([told(), failed(), copies()]).toEqual([[], [], 0])
  await sweep(4)
  expect(told().at(-1)).toContain('salvages')
  salvaged()
  await sweep(1)
  expect(ends()).toMatchObject([{ outcome: 'archived' }])
})

describe('or where a person has suspended what would notice it:', () => {
  const keptAndTerminated = (process: string) => {
    call('ModifyInstanceAttribute', {
      ...{ InstanceId: dead },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }],
    })
    call('SuspendProcesses', { AutoScalingGroupName: 'web', ScalingProcesses: [process] })
    return mark()
  }

  it.each([
    ['HealthCheck', 1],
    ['ReplaceUnhealthy', 1],
    ['Terminate', 1],
    ['Launch', 0],
  ])('%s', async (process, made) => {
    await keptAndTerminated(process)
    call('TerminateInstances', { InstanceIds: [dead] })
    fleet.pass(50 * second)
    expect(fleet.state(dead)).toBe('InService')
    await recover(guard(), await waitingAndRetained(guard().aws), () => minute)
    expect(told()).toHaveLength(made)
  })

  it('it ends as archived though nothing ever does', async () => {
    await keptAndTerminated('HealthCheck')
    terminate()
    await sweep(4)
    salvaged()
    await sweep(1)
    expect(fleet.state(dead)).toBe('InService')
    expect(ends()).toMatchObject([{ outcome: 'archived' }])
    fleet.pass(2 * hour)
    await sweep(1)
    expect(copies()).toBe(0)
  })
})

describe('the disk of a machine that was gone long after anything began with it', () => {
  beforeEach(mark)

  it('is salvaged: it was kept, and hours later a person terminated it', async () => {
    call('TerminateInstanceInAutoScalingGroup', { InstanceId: dead, ShouldDecrementDesiredCapacity: true })
    fleet.pass(7 * hour)
    expect(fleet.state(dead)).toBe('Terminating:Retained')
    terminate()
    await sweep(6)
    expect(told().at(-1)).toContain('salvages')
    expect(failed()).toEqual([])
  })

  it('is salvaged: no activity but its launch tells of it', async () => {
    call('SuspendProcesses', { AutoScalingGroupName: 'web', ScalingProcesses: ['HealthCheck'] })
    fleet.pass(7 * hour)
    terminate()
    await sweep(6)
    expect(told().at(-1)).toContain('salvages')
    salvaged()
    await sweep(1)
    expect(isThere(disk)).toBe(false)
  })

  it('is salvaged although that of an earlier action was salvaged in vain', async () => {
    const began = new Date(fleet.now).toISOString()
    const Comment = `salvage:${dead} vol-0123 ${began} ${began}`
    invocations = ['c-1', 'c-2'].map((CommandId) => ({
      ...{ CommandId, InstanceId: 'i-0123', DocumentName: `${HOOK}-salvage`, Comment, Status: 'Failed' },
      RequestedDateTime: new Date(fleet.now),
    }))
    fleet.pass(hour)
    terminate()
    fleet.pass(10 * minute)
    await sweep(5)
    expect(told().at(-1)).toContain('salvages')
  })
})

it('a Region whose bin does not answer keeps no copy of a machine that is over', async () => {
  call('TerminateInstanceInAutoScalingGroup', { InstanceId: dead, ShouldDecrementDesiredCapacity: false })
  await mark()
  fleet.pass(10 * minute)
  await sweep(2)
  expect(copies()).toBeGreaterThan(0)
  call('CompleteLifecycleAction', {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
    LifecycleActionResult: 'CONTINUE',
  })
  fleet.pass(minute)
  failing = Array.from({ length: 99 }, () => ['listVolumesInRecycleBin', awsError('InvalidAction')] as const)
  await sweep(2)
  expect(journal).toContainEqual(expect.objectContaining({ event: 'disks-failed', error: 'InvalidAction' }))
  expect(copies()).toBe(0)
})

it('a disk that somebody took off a machine which is there is left alone, whatever its marks', async () => {
  await mark()
  const [other] = fleet.ids().filter((id) => id !== dead)
  const Tags = [
    { Key: binKey(HOOK), Value: LET_GO },
    { Key: `termination-guard-disk-group:${HOOK}`, Value: 'web' },
  ]
  const { VolumeId = '' } = call('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
  fleet.pass(minute)
  call('CreateTags', {
    Resources: [VolumeId],
    Tags: [...Tags, { Key: `termination-guard-disk:${HOOK}`, Value: `${other} ${VolumeId}` }],
  })
  await sweep(3)
  expect(isThere(VolumeId)).toBe(true)
})

describe('a disk that the machine had before its last one', () => {
  let earlier: string
  beforeEach(async () => {
    await mark()
    const { VolumeId = '' } = call('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
    earlier = VolumeId
    fleet.pass(minute)
    const Tags = markOf(HOOK, { instanceId: dead, volumeId: earlier, groupName: 'web', fate: KEEP })
    call('CreateTags', { Resources: [earlier], Tags })
  })

  it('S1: was copied, which is no copy of the last one', async () => {
    terminate()
    fleet.pass(10 * minute)
    const began = fleet.model.instances().find(({ id }) => id === dead)?.departure?.activity.StartTime
    const Value = `${dead} ${began?.toISOString()} ${earlier}`
    call('CreateSnapshot', {
      VolumeId: earlier,
      TagSpecifications: [
        { ResourceType: 'snapshot', Tags: [{ Key: `termination-guard-copy:${HOOK}`, Value }] },
      ],
    })
    await sweep(2)
    expect(call('DescribeSnapshots', {}).Snapshots?.map(({ VolumeId }) => VolumeId)).toContain(disk)
    await sweep(4)
    const [, ofWhat] = /^(vol-\w+)/.exec(sent[0]?.Parameters?.Disk?.[0] ?? '') ?? []
    const [volume] = call('DescribeVolumes', { VolumeIds: [ofWhat ?? ''] }).Volumes ?? []
    const [snapshot] = call('DescribeSnapshots', { SnapshotIds: [volume?.SnapshotId ?? ''] }).Snapshots ?? []
    expect(snapshot?.VolumeId).toBe(disk)
  })

  it('S1: was salvaged in its last action, which proves nothing of the last one', async () => {
    terminate()
    fleet.pass(10 * minute)
    const began = fleet.model.instances().find(({ id }) => id === dead)?.departure?.activity.StartTime
    await sweep(2)
    const at = new Date(fleet.now).toISOString()
    const Comment = `salvage:${dead} vol-0123 ${began?.toISOString()} ${at}`
    invocations = [
      {
        ...{ CommandId: 'c', InstanceId: 'i-0123', DocumentName: `${HOOK}-salvage`, Comment },
        RequestedDateTime: new Date(fleet.now),
      },
    ]
    salvaged()
    await sweep(1)
    expect([isThere(disk), ends()]).toEqual([true, []])
  })

  it('S1: is neither salvaged nor deleted for what is proven of that', async () => {
    terminate()
    await sweep(5)
    salvaged()
    await sweep(2)
    expect(isThere(disk)).toBe(false)
    expect(invocations).toHaveLength(1)
    fleet.pass(2 * hour)
    await sweep(2)
    expect(isThere(earlier)).toBe(true)
    expect(copies()).toBe(0)
    expect(failed()).toContain(`another disk, ${disk}, was the last of ${dead}: ${earlier} is left`)
  })

  it('does not keep a machine that is held from being recovered', async () => {
    call('TerminateInstanceInAutoScalingGroup', {
      ...{ InstanceId: dead, ShouldDecrementDesiredCapacity: true },
    })
    fleet.pass(10 * minute)
    await sweep(1)
    expect(journal).toContainEqual(
      expect.objectContaining({ event: 'recovery', rung: 'clone', instanceId: dead }),
    )
  })
})

it('S1: a copy for an earlier action of the machine proves nothing of the disk that it left', async () => {
  await mark()
  const early = {
    Key: `termination-guard-copy:${HOOK}`,
    Value: `${dead} ${new Date(fleet.now - second).toISOString()} ${disk}`,
  }
  call('CreateSnapshot', {
    VolumeId: disk,
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: [early] }],
  })
  fleet.pass(10 * minute)
  const [, began] = early.Value.split(' ')
  const Comment = `salvage:${dead} vol-0123 ${began} ${new Date(fleet.now).toISOString()}`
  invocations = [
    {
      ...{ CommandId: 'c', InstanceId: 'i-0123', DocumentName: `${HOOK}-salvage`, Comment },
      RequestedDateTime: new Date(fleet.now),
    },
  ]
  salvaged()
  terminate()
  failing = [['deleteSnapshot', awsError('InternalFailure')]]
  await sweep(2)
  expect(isThere(disk)).toBe(true)
  await sweep(3)
  expect(invocations).toHaveLength(2)
})

describe('S1: a copy that was made before the machine was kept proves nothing of the disk that it left, though it could not be deleted', () => {
  const denied = () =>
    Array.from({ length: 999 }, () => ['deleteSnapshot', awsError('AccessDenied')] as const)
  const ofDisk = () =>
    call('DescribeSnapshots', {}).Snapshots?.filter(({ VolumeId }) => VolumeId === disk) ?? []
  const keptAndTerminated = async () => {
    failing = denied()
    fleet.pass(3 * hour)
    expect(fleet.state(dead)).toBe('Terminating:Retained')
    await sweep(2)
    terminate()
  }
  beforeEach(async () => {
    await mark()
    call('TerminateInstanceInAutoScalingGroup', { InstanceId: dead, ShouldDecrementDesiredCapacity: true })
    fleet.pass(10 * minute)
  })

  it('whose salvage had ended', async () => {
    await sweep(6)
    expect(sent).toHaveLength(1)
    salvaged()
    await keptAndTerminated()
    await sweep(3)
    expect([isThere(disk), ends()]).toEqual([true, []])
    await sweep(3)
    expect([ofDisk().length, sent.length]).toEqual([2, 2])
    salvaged()
    await sweep(1)
    expect([isThere(disk), ends().length]).toEqual([false, 1])
  })

  it('which nobody had salvaged: it is not what is salvaged now', async () => {
    isAlone = true
    await sweep(3)
    expect(ofDisk()).toHaveLength(1)
    await keptAndTerminated()
    isAlone = false
    await sweep(6)
    const [volumeId = ''] = sent[0]?.Parameters?.Disk?.[0]?.match(/vol-\w+/) ?? []
    const [volume] = call('DescribeVolumes', { VolumeIds: [volumeId] }).Volumes ?? []
    expect(volume?.SnapshotId).toBe(ofDisk().at(-1)?.SnapshotId)
    salvaged()
    await sweep(1)
    expect(isThere(disk)).toBe(false)
  })

  it('which is on the only other machine: it is taken off, and makes room', async () => {
    await sweep(6)
    salvaged()
    const on = invocations[0]?.InstanceId
    for (const id of fleet.ids().filter((one) => one !== dead && one !== on)) silent = id
    const [old = ''] = sent[0]?.Parameters?.Disk?.[0]?.match(/vol-\w+/) ?? []
    failing = ['detachVolume', 'deleteVolume'].flatMap((name) =>
      Array.from({ length: 2 }, () => [name as keyof AwsApi, awsError('InternalFailure')] as const),
    )
    fleet.pass(3 * hour)
    terminate()
    failing = [...failing, ...denied()]
    await sweep(9)
    expect(isThere(old)).toBe(false)
    expect(sent).toHaveLength(2)
  })
})

it('a copy of a marked disk, tags and all, is none', async () => {
  await mark()
  terminate()
  const { VolumeId = '' } = call('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
  fleet.pass(minute)
  call('CreateTags', {
    Resources: [VolumeId],
    Tags: [
      { Key: binKey(HOOK), Value: LET_GO },
      { Key: `termination-guard-disk:${HOOK}`, Value: `${dead} ${disk}` },
      { Key: `termination-guard-disk-group:${HOOK}`, Value: 'web' },
    ],
  })
  await sweep(2)
  expect(isThere(VolumeId)).toBe(true)
  expect(isThere(disk)).toBe(true)
})

it('a disk that comes out of the bin without saying whose it is has its machine’s word for that', async () => {
  await mark()
  call('CreateTags', { Resources: [disk], Tags: [{ Key: `termination-guard-disk:${HOOK}`, Value: '' }] })
  terminate()
  await sweep(2)
  expect(told()).toContain(`a snapshot of its disk, ${disk}, is made`)
})

it('a disk stays in the bin where it is another machine that bears its mark, as one does whose tags were copied', async () => {
  await mark()
  const [tags, [other = '']] = [tagsOf(disk), fleet.ids().filter((id) => id !== dead)]
  terminate()
  fleet.pass(5 * minute)
  call('CompleteLifecycleAction', {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: HOOK, InstanceId: dead },
    LifecycleActionResult: 'CONTINUE',
  })
  fleet.pass(2 * hour)
  call('CreateTags', { Resources: [other], Tags: tags })
  call('TerminateInstances', { InstanceIds: [other] })
  fleet.pass(minute)
  await sweep(1)
  expect(binned()).toContain(disk)
})

it('volumes of others in the bin stay there', async () => {
  call('CreateRule', {
    ...{ ResourceType: 'EBS_VOLUME', ResourceTags: [{ ResourceTagKey: 'team' }] },
    RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
  })
  call('CreateTags', { Resources: [disk], Tags: [{ Key: 'team', Value: 'data' }] })
  fleet.pass(second)
  terminate()
  await sweep(2)
  expect(binned()).toEqual([disk])
})
