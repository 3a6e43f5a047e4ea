import { describe, expect, it } from '@jest/globals'
import { minute, second } from '../simulator/fleet.ts'
import { Storage } from './storage.ts'

const none = 'snap-00000000000000099'
const rescue = [{ ResourceType: 'snapshot', Tags: [{ Key: 'rescue', Value: 'i-1' }] }]

function listed(world: Storage, input: object = {}): Record<string, unknown>[] {
  return world.ask('DescribeSnapshots', input).Snapshots
}

describe('CreateSnapshot', () => {
  it('holds what the volume holds at the moment, and is of use once it is completed', () => {
    const world = new Storage()
    const VolumeId = world.root(world.lost)
    const startedAt = new Date(world.fleet.now)
    const made = world.ask('CreateSnapshot', { VolumeId, Description: 'x', TagSpecifications: rescue })
    expect(made).toMatchObject({
      ...{ VolumeId, VolumeSize: 8, State: 'pending', StartTime: startedAt, OwnerId: '000000000000' },
      ...{ Description: 'x', Tags: [{ Key: 'rescue', Value: 'i-1' }] },
    })
    expect(world.pass(0).effects()).toEqual([
      { do: 'snapshot', snapshotId: made.SnapshotId, volumeId: VolumeId, instanceId: world.lost },
    ])
    expect(listed(world)).toEqual([])
    expect(world.refused('DescribeSnapshots', { SnapshotIds: [made.SnapshotId] })).toBe(
      `InvalidSnapshot.NotFound: The snapshot '${made.SnapshotId}' does not exist.`,
    )
    expect(listed(world.pass(2 * second))).toMatchObject([{ State: 'pending', Progress: '0%' }])
    expect(listed(world.pass(118 * second))).toMatchObject([
      {
        State: 'completed',
        Progress: '100%',
        StartTime: startedAt,
        CompletionTime: new Date(world.fleet.now),
      },
    ])
  })

  it('has no client token: asked twice, it makes two, though not at once', () => {
    const world = new Storage()
    const VolumeId = world.root(world.lost)
    world.ask('CreateSnapshot', { VolumeId })
    expect(world.pass(14 * second).refused('CreateSnapshot', { VolumeId })).toMatch(
      /^SnapshotCreationPerVolumeRateExceeded: /,
    )
    expect(world.refused('CreateSnapshot', { VolumeId: world.root(world.helper) })).toBe('no error')
    expect(world.pass(second).refused('CreateSnapshot', { VolumeId })).toBe('no error')
    expect(listed(world.pass(minute)).filter((one) => one.VolumeId === VolumeId)).toHaveLength(2)
  })

  it('is refused for a sixth while five are pending, deleted ones among them', () => {
    const world = new Storage({ snapshotMs: 60 * minute })
    const VolumeId = world.root(world.lost)
    const take = () => world.pass(15 * second).refused('CreateSnapshot', { VolumeId })
    expect([take(), take(), take(), take(), take()]).toEqual(Array(5).fill('no error'))
    world.ask('DeleteSnapshot', { SnapshotId: listed(world)[0]?.SnapshotId })
    expect(take()).toMatch(/^ConcurrentSnapshotLimitExceeded: /)
    expect(world.refused('CreateSnapshot', { VolumeId: world.root(world.helper) })).toBe('no error')
    world.pass(61 * minute)
    expect(take()).toBe('no error')
  })

  it('tells no machine for a volume that is nobody’s root', () => {
    const world = new Storage()
    const volumeId = world.attached()
    const { SnapshotId: snapshotId } = world.ask('CreateSnapshot', { VolumeId: volumeId })
    world.pass(0)
    expect(world.effects().at(-1)).toEqual({ do: 'snapshot', snapshotId, volumeId, instanceId: undefined })
  })

  it.each([
    [{}, 'MissingParameter: The request must contain the parameter volumeId'],
    [
      { VolumeId: 'vol-00000000000000099' },
      "InvalidVolume.NotFound: The volume 'vol-00000000000000099' does not exist.",
    ],
    [
      { VolumeId: 'vol-00000000000000001', TagSpecifications: [{ ResourceType: 'volume', Tags: [] }] },
      "InvalidParameterValue: 'volume' is not a valid taggable resource type for this operation.",
    ],
  ])('refuses %j, and makes none', (input, words) => {
    const world = new Storage()
    expect(world.refused('CreateSnapshot', input)).toBe(words)
    expect(listed(world.pass(minute))).toEqual([])
  })

  it('is refused for a volume that is made', () => {
    const world = new Storage()
    const { VolumeId } = world.ask('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
    world.pass(2 * second)
    expect(world.refused('CreateSnapshot', { VolumeId })).toMatch(/^IncorrectState: /)
  })
})

describe('CreateSnapshots', () => {
  it('takes all volumes of a machine, or those that are not left out, with their tags where that is asked for', () => {
    const world = new Storage()
    const data = world.attached()
    const root = world.root(world.helper)
    world.ask('CreateTags', { Resources: [root], Tags: [{ Key: 'team', Value: 'web' }] })
    const of = (more: object = {}, whole: object = {}) => {
      world.pass(15 * second)
      const InstanceSpecification = { InstanceId: world.helper, ...more }
      const { Snapshots } = world.ask('CreateSnapshots', { InstanceSpecification, ...whole })
      return (Snapshots as { VolumeId: string; State: string; Tags?: object }[]).map(
        ({ VolumeId, State, Tags }) => [VolumeId, State, Tags],
      )
    }
    expect(of()).toEqual([
      [root, 'pending', undefined],
      [data, 'pending', undefined],
    ])
    expect(of({ ExcludeBootVolume: true })).toEqual([[data, 'pending', undefined]])
    expect(
      of({ ExcludeDataVolumeIds: [data] }, { CopyTagsFromSource: 'volume', TagSpecifications: rescue }),
    ).toEqual([
      [
        ...[root, 'pending'],
        [
          { Key: 'team', Value: 'web' },
          { Key: 'rescue', Value: 'i-1' },
        ],
      ],
    ])
  })

  it('takes none where one may not be taken, and is refused without a machine', () => {
    const world = new Storage()
    const data = world.attached()
    world.ask('CreateSnapshot', { VolumeId: data })
    const InstanceSpecification = { InstanceId: world.helper }
    expect(world.refused('CreateSnapshots', { InstanceSpecification })).toMatch(
      /^SnapshotCreationPerVolumeRateExceeded: /,
    )
    expect(listed(world.pass(minute))).toHaveLength(1)
    expect(world.refused('CreateSnapshots')).toMatch(/^MissingParameter: /)
    expect(
      world.refused('CreateSnapshots', { InstanceSpecification: { InstanceId: 'i-00000000000000099' } }),
    ).toMatch(/^InvalidInstanceID.NotFound: /)
  })
})

describe('DescribeSnapshots', () => {
  const world = new Storage()
  const first = world.snapshot()
  world.ask('CreateTags', { Resources: [first], Tags: [{ Key: 'rescue', Value: 'i-1' }] })
  const pending = world.ask('CreateSnapshot', { VolumeId: world.root(world.helper), Description: 'b' })
  world.pass(minute)

  it.each<[string, string, string[]]>([
    ['snapshot-id', first, [first]],
    ['status', 'pending', [pending.SnapshotId]],
    ['volume-id', world.root(world.lost), [first]],
    ['volume-size', '9', []],
    ['description', 'b', [pending.SnapshotId]],
    ['tag:rescue', 'i-*', [first]],
    ['tag-key', 'rescue', [first]],
  ])('finds by %s=%s', (Name, value, found) => {
    const ids = listed(world, { Filters: [{ Name, Values: [value] }] }).map(({ SnapshotId }) => SnapshotId)
    expect(ids).toEqual(found)
  })

  it('shows those of the account, by its number or as its own', () => {
    const of = (...OwnerIds: string[]) => listed(world, { OwnerIds }).length
    expect([of(), of('self'), of('000000000000'), of('amazon')]).toEqual([2, 2, 2, 0])
  })

  it('refuses an id that is not there, and answers page by page', () => {
    expect(world.refused('DescribeSnapshots', { SnapshotIds: [first, none] })).toMatch(
      /^InvalidSnapshot.NotFound: .*99/,
    )
    expect(world.refused('DescribeSnapshots', { MaxResults: 5, SnapshotIds: [first] })).toMatch(
      /^InvalidParameterCombination: /,
    )
    const many = new Storage({ snapshotPauseMs: 0, snapshotMs: 0, unseenMs: 0 })
    for (let made = 0; made < 7; made++) {
      many.ask('CreateSnapshot', { VolumeId: many.root(many.lost) })
      many.pass(second)
    }
    const page = many.ask('DescribeSnapshots', { MaxResults: 5 })
    const rest = many.ask('DescribeSnapshots', { MaxResults: 5, NextToken: page.NextToken })
    expect([page.Snapshots.length, rest.Snapshots.length, rest.NextToken]).toEqual([5, 2, undefined])
  })
})

describe('DeleteSnapshot', () => {
  it('is shown for a moment yet, and of no use; a volume of it stays', () => {
    const world = new Storage()
    const SnapshotId = world.snapshot()
    const volume = world.available({ SnapshotId, Size: 8 })
    world.ask('DeleteSnapshot', { SnapshotId })
    expect(listed(world)).toMatchObject([{ SnapshotId, State: 'completed' }])
    expect(world.refused('CreateVolume', { AvailabilityZone: 'eu-west-1a', SnapshotId })).toMatch(
      /^InvalidSnapshot.NotFound: /,
    )
    expect(world.refused('DeleteSnapshot', { SnapshotId })).toMatch(/^InvalidSnapshot.NotFound: /)
    expect(listed(world.pass(2 * second))).toEqual([])
    expect(world.states(volume)).toEqual(['available', undefined])
    expect(world.effects().at(-1)).toEqual({ do: 'delete-snapshot', snapshotId: SnapshotId })
  })

  it('lets a pending one be completed first', () => {
    const world = new Storage()
    const { SnapshotId } = world.ask('CreateSnapshot', { VolumeId: world.root(world.lost) })
    world.pass(minute).ask('DeleteSnapshot', { SnapshotId })
    expect(listed(world.pass(59 * second))).toMatchObject([{ SnapshotId, State: 'pending' }])
    expect(listed(world.pass(second))).toEqual([])
  })

  it('is refused where there is none', () => {
    expect(new Storage().refused('DeleteSnapshot', { SnapshotId: none })).toMatch(
      /^InvalidSnapshot.NotFound: /,
    )
    expect(new Storage().refused('DeleteSnapshot')).toMatch(/^MissingParameter: /)
  })
})
