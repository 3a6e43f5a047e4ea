/** What the recovery finds in AWS's listings, page by page. */
import { describe, expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { agentsOf } from '../../src/recovery/agents.ts'
import { copiesOf } from '../../src/recovery/copies.ts'
import { copyKey, copyValue, readCopyValue } from '../../src/recovery/copy-mark.ts'
import { isInVain } from '../../src/recovery/decide-copy.ts'
import { consoleOf } from '../../src/recovery/held.ts'
import { inRecycleBin, keptAndGone, orphansOf, unmarkedDisks } from '../../src/recovery/marked-disks.ts'
import { siblingsOf } from '../../src/recovery/siblings.ts'
import { KEEP, markOf } from '../../src/termination/disk-mark.ts'
import { awsError } from '../one-instance.ts'
import { action, START } from '../termination/observations.ts'

const HOOK = 'termination-guard'
const ids = ['1', '2', '3'].map((digit) => `i-${digit.repeat(17)}`)
const [first = '', second = '', third = ''] = ids

/** An answer a page; an empty page may have another after it. */
function paged<Answer>(...answers: readonly Answer[]) {
  return async ({ NextToken }: { NextToken?: string | undefined }) => {
    const at = Number(NextToken ?? 0)
    const next = at + 1 < answers.length ? String(at + 1) : undefined
    return { ...answers[at], ...(next && { NextToken: next }) } as Answer
  }
}

const aws = (calls: Partial<AwsApi>) => calls as AwsApi

describe('agents', () => {
  const online = (InstanceId: string, PingStatus: 'Online' | 'ConnectionLost' | 'Inactive' = 'Online') => ({
    InstanceInformationList: [{ InstanceId, PingStatus }],
  })
  it('are those of every page, and only one that is online answers', async () => {
    const describeInstanceInformation = paged(
      online(first, 'ConnectionLost'),
      { InstanceInformationList: [] },
      online(second),
      online(third, 'Inactive'),
    )
    const found = await agentsOf(aws({ describeInstanceInformation }), ids)
    expect(ids.map((id) => found.get(id)?.isOnline)).toEqual([false, true, false])
  })
  it('are asked for once more where an answer lacks them: it says nothing by itself, and a reboot hinges on it', async () => {
    const asked: string[][] = []
    const describeInstanceInformation: AwsApi['describeInstanceInformation'] = async ({ Filters }) => {
      asked.push(Filters?.[0]?.Values ?? [])
      return asked.length === 1 ? online(first) : online(second)
    }
    const found = await agentsOf(aws({ describeInstanceInformation }), [first, second])
    expect([first, second].map((id) => found.get(id)?.isOnline)).toEqual([true, true])
    expect(asked).toEqual([[first, second], [second]])
  })
  it('are not known where SSM refuses the question: nobody is silent for that', async () => {
    const describeInstanceInformation = async () => {
      throw awsError('AccessDeniedException')
    }
    await expect(agentsOf(aws({ describeInstanceInformation }), ids)).rejects.toThrow()
  })
  it('are asked for no more at once than a filter takes', async () => {
    const asked: number[] = []
    const describeInstanceInformation: AwsApi['describeInstanceInformation'] = async ({ Filters }) => {
      const Values = Filters?.[0]?.Values ?? []
      asked.push(Values.length)
      return { InstanceInformationList: Values.map((InstanceId) => ({ InstanceId, PingStatus: 'Online' })) }
    }
    const many = Array.from({ length: 101 }, (_, index) => `i-${String(index).padStart(17, '0')}`)
    expect((await agentsOf(aws({ describeInstanceInformation }), many)).size).toBe(101)
    expect(asked).toEqual([50, 50, 1])
  })
})

it('of a console the end is told, which says what stopped the machine', async () => {
  const said = `begin${'.'.repeat(5000)}end`
  const getConsoleOutput = async () => ({ Output: Buffer.from(said).toString('base64') })
  expect(await consoleOf(aws({ getConsoleOutput }), first)).toBe(said.slice(-4000))
})

describe('the healthy machines of a group', () => {
  const member = (InstanceId: string, LifecycleState = 'InService', HealthStatus = 'Healthy') => ({
    ...{ InstanceId, LifecycleState, HealthStatus, AvailabilityZone: 'a' },
  })
  /** Whatever else an answer holds, a sibling is of the group that was asked for. */
  const another = { AutoScalingGroupName: 'api', Instances: [member('i-44444444444444444')] }
  const among = async (members: ReturnType<typeof member>[], random: () => number) => {
    const describeAutoScalingGroups = async () =>
      ({ AutoScalingGroups: [another, { AutoScalingGroupName: 'web', Instances: members }] }) as Awaited<
        ReturnType<AwsApi['describeAutoScalingGroups']>
      >
    const describeInstanceInformation = async () => ({
      InstanceInformationList: [...members, ...another.Instances].map(({ InstanceId }) => ({
        InstanceId,
        PingStatus: 'Online' as const,
      })),
    })
    const found = await siblingsOf(
      { aws: aws({ describeAutoScalingGroups, describeInstanceInformation }), random },
      'web',
    )
    return found.map(({ instanceId }) => instanceId)
  }
  it.each(['Standby', 'Pending', 'Warmed:Running', 'Terminating:Retained', 'Terminating:Wait', 'Detaching'])(
    'are none that is %s',
    async (state) => {
      expect(await among([member(first, state), member(second)], () => 0.5)).toEqual([second])
    },
  )
  it('are none that is unhealthy', async () => {
    const members = [member(first, 'InService', 'Unhealthy'), member(second, 'InService', 'HEALTHY')]
    expect(await among(members, () => 0.5)).toEqual([second])
  })
  it('come in an order of chance', async () => {
    const members = ids.map((id) => member(id))
    const falling = [0.9, 0.5, 0.1].values()
    const rising = [0.1, 0.5, 0.9].values()
    const one = await among(members, () => falling.next().value ?? 0)
    const another = await among(members, () => rising.next().value ?? 0)
    expect(one).toEqual(another.toReversed())
  })
})

describe('copies', () => {
  const [DISK, SNAPSHOT] = ['vol-0123456789abcdef0', 'snap-0123456789abcdef0']
  const owner = { instanceId: action.instanceId, actionBegan: START, diskId: DISK, ofGone: false }
  const tagsOf = (snapshotId?: string) => [{ Key: copyKey(HOOK), Value: copyValue(owner, snapshotId) }]
  const snapshot = (SnapshotId: string, minutes: number, VolumeId = DISK, Tags = tagsOf()) => ({
    Snapshots: [
      {
        SnapshotId,
        VolumeId,
        Tags,
        State: 'completed' as const,
        StartTime: new Date(START + minutes * 60_000),
      },
    ],
  })
  const volume = (
    VolumeId: string,
    state: 'attached' | 'detached' | 'busy' = 'attached',
    SnapshotId: string | undefined = SNAPSHOT,
    Tags = tagsOf(SNAPSHOT),
  ) => ({
    Volumes: [{ VolumeId, SnapshotId, Tags, Attachments: [{ InstanceId: first, State: state }] }],
  })
  it('are those of every page, oldest first, and our own account’s', async () => {
    const owners: unknown[] = []
    const pagesOfSnapshots = paged(snapshot('snap-2', 2), { Snapshots: [] }, snapshot('snap-1', 1))
    const describeSnapshots: AwsApi['describeSnapshots'] = async (input) => {
      owners.push(input.OwnerIds)
      return await pagesOfSnapshots(input)
    }
    const describeVolumes = paged(volume('vol-1'), volume('vol-2', 'detached'), volume('vol-3', 'busy'))
    const [copy] = await copiesOf(aws({ describeSnapshots, describeVolumes }), HOOK)
    expect(copy?.snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['snap-1', 'snap-2'])
    expect(copy?.volumes.map(({ attachment }) => attachment?.isComplete)).toEqual([true, undefined, false])
    expect(new Set(owners.map(String))).toEqual(new Set(['self']))
  })
  it('are made of volumes in the order in which these were made, whatever the order of the answer', async () => {
    const made = (VolumeId: string, minutes: number) => ({
      Volumes: [
        {
          ...{ VolumeId, SnapshotId: SNAPSHOT, Tags: tagsOf(SNAPSHOT) },
          CreateTime: new Date(START + minutes * 60_000),
        },
      ],
    })
    const describeSnapshots = paged(snapshot(SNAPSHOT, 1))
    const describeVolumes = paged(made('vol-2', 5), made('vol-1', 3))
    const [copy] = await copiesOf(aws({ describeSnapshots, describeVolumes }), HOOK)
    expect(copy?.volumes.map(({ volumeId }) => volumeId)).toEqual(['vol-1', 'vol-2'])
  })
  it('that failed are known as that', async () => {
    const [failed] = snapshot('snap-1', 1).Snapshots
    const describeSnapshots = async () => ({
      Snapshots: failed && [{ ...failed, State: 'error' as const, StateMessage: 'the key is disabled' }],
    })
    const [copy] = await copiesOf(aws({ describeSnapshots, describeVolumes: async () => ({}) }), HOOK)
    expect(copy?.snapshots).toMatchObject([{ state: 'error', why: 'the key is disabled' }])
  })
  it('of which EC2 has another word than completed are not complete', async () => {
    const Snapshots = [
      { SnapshotId: 'snap-1', VolumeId: DISK, Tags: tagsOf(), State: 'recoverable' as const },
    ]
    const describeSnapshots = async () => ({ Snapshots })
    const describeVolumes = async () => ({ Volumes: [] })
    const [copy] = await copiesOf(aws({ describeSnapshots, describeVolumes }), HOOK)
    expect(copy?.snapshots[0]).toMatchObject({ state: 'pending', startedAt: 0 })
  })
  it('are none of what somebody made of them, or of their backup, tags and all', async () => {
    const describeSnapshots = paged(
      snapshot('snap-1', 1),
      snapshot('snap-backup', 2, 'vol-1'),
      snapshot('snap-copied', 3, 'vol-ffffffff'),
      snapshot('snap-of-ours', 4, DISK, tagsOf(SNAPSHOT)),
    )
    const describeVolumes = paged(
      volume('vol-1'),
      volume('vol-restored', 'attached', 'snap-backup'),
      volume('vol-other', 'attached', SNAPSHOT, tagsOf()),
      volume('vol-blank', 'attached', '', tagsOf()),
    )
    const copies = await copiesOf(aws({ describeSnapshots, describeVolumes }), HOOK)
    expect(copies).toEqual([expect.objectContaining(owner)])
    expect(copies[0]?.snapshots.map(({ snapshotId }) => snapshotId)).toEqual(['snap-1'])
    expect(copies[0]?.volumes.map(({ volumeId }) => volumeId)).toEqual(['vol-1'])
  })
  it('of one disk are not those of another that its machine had meanwhile', async () => {
    const another = { ...owner, diskId: 'vol-0fedcba9876543210' }
    const of = ({ diskId }: typeof owner, SnapshotId: string) => ({
      Snapshots: [
        {
          SnapshotId,
          VolumeId: diskId,
          Tags: [{ Key: copyKey(HOOK), Value: copyValue({ ...owner, diskId }) }],
        },
      ],
    })
    const describeSnapshots = paged(of(owner, 'snap-1'), of(another, 'snap-2'))
    const describeVolumes = async () => ({ Volumes: [] })
    const copies = await copiesOf(aws({ describeSnapshots, describeVolumes }), HOOK)
    expect(copies.map(({ diskId }) => diskId)).toEqual([owner.diskId, another.diskId])
  })
  it.each([
    'mine',
    'i-0123456789abcdef0',
    'i-0123456789abcdef0 then vol-0123456789abcdef0',
    'i-0123456789abcdef0 2026-01-02T03:04:05.000Z',
    'i-0123456789abcdef0 2026-01-02T03:04:05.000Z snap-0123456789abcdef0',
    'i-0123456789abcdef0 2026-01-02T03:04:05.000Z vol-0123456789abcdef0 more',
    'i-0123456789abcdef0 2026-01-02T03:04:05.000Z vol-0123456789abcdef0 snap-0123456789abcdef0 more',
  ])('bear our writing, which this is not: %s', (value) => {
    expect(readCopyValue(value)).toBeUndefined()
  })
  it('are not in vain while one is salvaged', () => {
    const salvage = (status: 'running' | 'failed') => ({
      ...{ commandId: 'c', status, statusDetails: '', requestedAt: START, endedAt: undefined },
    })
    const salvages = [salvage('running'), salvage('failed')]
    expect(isInVain(salvages, START + 3_600_000)).toBe(false)
    expect(isInVain([salvage('failed'), salvage('failed')], START + 3_600_000)).toBe(true)
    const justNow = { ...salvage('failed'), endedAt: START + 3_599_000 }
    expect(isInVain([justNow, { ...justNow, endedAt: START }], START + 3_600_000)).toBe(false)
  })
})

describe('marked disks', () => {
  const disk = (instanceId: string) => ({
    instanceId,
    volumeId: instanceId.replace('i-', 'vol-'),
    groupName: 'web',
    fate: KEEP as typeof KEEP,
  })
  const machine = (id: string, isMarked: boolean) => ({
    Reservations: [
      {
        Instances: [
          {
            ...{ InstanceId: id, RootDeviceName: '/dev/xvda' },
            BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: disk(id).volumeId } }],
            Tags: [
              { Key: 'aws:autoscaling:groupName', Value: 'web' },
              ...(isMarked ? markOf(HOOK, disk(id)) : []),
            ],
          },
        ],
      },
    ],
  })
  const named = (disks: readonly { readonly volumeId: string }[]) => disks.map(({ volumeId }) => volumeId)
  it('are those of every page, as those that are not marked yet', async () => {
    const describeInstances = paged(machine(first, true), { Reservations: [] }, machine(second, false))
    expect(named(await keptAndGone(aws({ describeInstances }), HOOK))).toEqual([disk(first).volumeId])
    expect(named(await unmarkedDisks(aws({ describeInstances }), HOOK, ['web'], new Set()))).toEqual([
      disk(second).volumeId,
    ])
  })
  it('are of guarded groups alone: a name with a star is that of many to a filter', async () => {
    const describeInstances = paged(machine(first, false))
    expect(await unmarkedDisks(aws({ describeInstances }), HOOK, ['we*'], new Set())).toEqual([])
  })
  it('are looked for in all groups, as many at once as a filter takes', async () => {
    const asked: number[] = []
    const describeInstances: AwsApi['describeInstances'] = async ({ Filters }) => {
      asked.push(Filters?.find(({ Name }) => Name === 'tag:aws:autoscaling:groupName')?.Values?.length ?? 0)
      return {}
    }
    const groups = Array.from({ length: 401 }, (_, index) => `web-${index}`)
    await unmarkedDisks(aws({ describeInstances }), HOOK, groups, new Set())
    expect(asked.splice(0)).toEqual([200, 200, 1])
    await unmarkedDisks(aws({ describeInstances }), HOOK, groups.slice(0, 200), new Set())
    expect(asked).toEqual([200])
  })
  it('are marked once more where the machine’s mark is of a disk that it had before', async () => {
    const { Reservations } = machine(first, true)
    const before = markOf(HOOK, { ...disk(first), volumeId: 'vol-00000000000000bef' })
    const replaced = Reservations.map(({ Instances }) => ({
      Instances: Instances.map((one) => ({
        ...one,
        Tags: [...one.Tags.filter(({ Key }) => Key.startsWith('aws:')), ...before],
      })),
    }))
    const describeInstances = async () => ({ Reservations: replaced })
    expect(named(await unmarkedDisks(aws({ describeInstances }), HOOK, ['web'], new Set()))).toEqual([
      disk(first).volumeId,
    ])
  })
  it('are found on every page of the bin, and of what is attached to nothing', async () => {
    const volume = (id: string) => ({
      Volumes: [{ VolumeId: disk(id).volumeId, Tags: markOf(HOOK, disk(id)) }],
    })
    const pages = paged(volume(first), { Volumes: [] }, volume(second))
    const wanted = [disk(first).volumeId, disk(second).volumeId]
    expect([...(await inRecycleBin(aws({ listVolumesInRecycleBin: pages })))]).toEqual(wanted)
    expect(named(await orphansOf(aws({ describeVolumes: pages }), HOOK))).toEqual(wanted)
  })
})
