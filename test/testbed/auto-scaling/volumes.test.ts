import { describe, expect, it } from '@jest/globals'
import { hour, minute, second } from '../simulator/fleet.ts'
import { Storage } from './storage.ts'

const none = 'vol-00000000000000099'
const noSuch = `InvalidVolume.NotFound: The volume '${none}' does not exist.`

describe('a machine that is launched', () => {
  it('has a root volume, which it is described with', () => {
    const world = new Storage()
    const [{ Instances: [instance] = [] } = {}] = world.ask('DescribeInstances', {
      InstanceIds: [world.lost],
    }).Reservations as { Instances?: { LaunchTime: Date; BlockDeviceMappings: unknown }[] }[]
    expect(instance?.BlockDeviceMappings).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: {
          ...{ VolumeId: world.root(world.lost), Status: 'attached', DeleteOnTermination: true },
          AttachTime: instance?.LaunchTime,
        },
      },
    ])
  })

  it('gives its volume no tag of its group', () => {
    const world = new Storage()
    const Tags = [{ ResourceId: 'web', Key: 'env', Value: 'prod', PropagateAtLaunch: true }]
    world.ask('CreateOrUpdateTags', { Tags })
    world.ask('SetDesiredCapacity', { AutoScalingGroupName: 'web', DesiredCapacity: 5 })
    expect(world.volumes().map(({ Tags: tags }) => tags)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('leaves no volume when there is no machine', () => {
    const world = new Storage()
    const { model, now } = world.fleet
    world.ask('SetDesiredCapacity', { AutoScalingGroupName: 'web', DesiredCapacity: 5 })
    const [launch] = model.advance(now).filter((effect) => effect.do === 'launch')
    if (launch?.do === 'launch') model.machineFailed(now, launch.instanceId, 'no capacity')
    expect(world.volumes()).toHaveLength(4)
  })
})

describe('DescribeVolumes', () => {
  const world = new Storage()
  const root = world.root(world.lost)
  const other = world.root(world.elsewhere)
  const made = world.available({ SnapshotId: world.snapshot(), Size: 9, VolumeType: 'gp3' })
  world.ask('CreateTags', { Resources: [made, other], Tags: [{ Key: 'team', Value: 'web' }] })
  world.ask('CreateTags', { Resources: [made], Tags: [{ Key: 'env', Value: 'prod' }] })
  const zone = String(world.volume(other)?.AvailabilityZone)

  it.each<[string, string[], string[]]>([
    ['volume-id', [root], [root]],
    ['status', ['available'], [made]],
    ['tag:team', ['w*'], [other, made]],
    ['tag:team', ['ops'], []],
    ['tag-key', ['env'], [made]],
    ['attachment.instance-id', [world.lost, world.elsewhere], [root, other]],
    ['attachment.status', ['attaching'], []],
    ['attachment.device', ['/dev/xvdf'], []],
    ['attachment.delete-on-termination', ['false'], []],
    ['snapshot-id', [String(world.volume(made)?.SnapshotId)], [made]],
    ['availability-zone', [zone], [other]],
    ['volume-type', ['gp2'], []],
    ['size', ['9'], [made]],
  ])('finds by %s=%j', (Name, Values, found) => {
    const ids = world.volumes({ Filters: [{ Name, Values }] }).map(({ VolumeId }) => VolumeId)
    expect(ids.sort()).toEqual([...found].sort())
  })

  it('wants all filters to be passed', () => {
    const both = [
      { Name: 'tag-key', Values: ['team'] },
      { Name: 'status', Values: ['in-use'] },
    ]
    expect(world.volumes({ Filters: both }).map(({ VolumeId }) => VolumeId)).toEqual([other])
  })

  it('describes what was asked for by id, and refuses all where one is not there', () => {
    expect(world.volumes({ VolumeIds: [made, root] }).map(({ VolumeId }) => VolumeId)).toEqual([made, root])
    expect(world.refused('DescribeVolumes', { VolumeIds: [root, none] })).toBe(noSuch)
  })

  it.each([
    [{ VolumeIds: ['vol-1'] }, 'InvalidVolumeID.Malformed: Invalid id: "vol-1"'],
    [
      { VolumeIds: ['disk'] },
      "InvalidParameterValue: Value (disk) for parameter volumeId is invalid. Expected: 'vol-...'.",
    ],
    [
      { Filters: [{ Name: 'colour', Values: ['x'] }] },
      "InvalidParameterValue: The filter 'colour' is invalid",
    ],
    [
      { MaxResults: 4 },
      expect.stringMatching(/^InvalidParameterValue: Value \( 4 \) for parameter maxResults/),
    ],
    [{ MaxResults: 5, VolumeIds: [root] }, expect.stringMatching(/^InvalidParameterCombination: /)],
    [{ NextToken: 'soon' }, expect.stringMatching(/^InvalidParameterValue: Unable to parse/)],
  ])('refuses %j', (input, words) => {
    expect(world.refused('DescribeVolumes', input)).toEqual(words)
  })

  it('answers page by page', () => {
    const many = new Storage()
    const all = [
      ...many.volumes().map(({ VolumeId }) => VolumeId),
      ...[1, 2, 3, 4].map(() => many.available()),
    ]
    const first = many.ask('DescribeVolumes', { MaxResults: 5 })
    const second = many.ask('DescribeVolumes', { MaxResults: 5, NextToken: first.NextToken })
    const pages = [first, second].map(({ Volumes }) =>
      (Volumes as { VolumeId: string }[]).map(({ VolumeId }) => VolumeId),
    )
    expect(pages).toEqual([all.slice(0, 5), all.slice(5)])
    expect(second.NextToken).toBeUndefined()
  })
})

describe('CreateVolume', () => {
  const inZone = { AvailabilityZone: 'eu-west-1a' }

  it('makes a volume of a snapshot, which is not known for a moment and then creating', () => {
    const world = new Storage()
    const SnapshotId = world.snapshot()
    const TagSpecifications = [{ ResourceType: 'volume', Tags: [{ Key: 'for', Value: 'rescue' }] }]
    const { VolumeId, State } = world.ask('CreateVolume', { ...inZone, SnapshotId, TagSpecifications })
    expect([State, world.volume(VolumeId ?? '')]).toEqual(['creating', undefined])
    expect(world.refused('CreateTags', { Resources: [VolumeId], Tags: [] })).toMatch(
      /^InvalidVolume.NotFound/,
    )
    world.pass(2 * second)
    expect(world.states(VolumeId ?? '')).toEqual(['creating', undefined])
    world.pass(3 * second)
    expect(world.volume(VolumeId ?? '')).toMatchObject({
      ...{ State: 'available', Size: 8, SnapshotId, Attachments: [], VolumeType: 'gp2' },
      Tags: [{ Key: 'for', Value: 'rescue' }],
    })
    expect(world.effects().at(-1)).toEqual({ do: 'make-volume', volumeId: VolumeId, snapshotId: SnapshotId })
  })

  it('makes one volume for one client token, however often it is asked', () => {
    const world = new Storage()
    const ask = (more: object = {}) =>
      world.ask('CreateVolume', { ...inZone, Size: 2, ClientToken: 'once', ...more }).VolumeId
    const id = ask()
    expect([ask(), ask()]).toEqual([id, id])
    world.pass(minute)
    expect(ask()).toBe(id)
    expect(world.effects()).toEqual([{ do: 'make-volume', volumeId: id, snapshotId: undefined }])
    const refused = world.refused('CreateVolume', { ...inZone, Size: 3, ClientToken: 'once' })
    expect(refused).toMatch(/^IdempotentParameterMismatch: /)
    expect(ask({ ClientToken: 'twice' })).not.toBe(id)
  })

  it('is refused of a snapshot that is pending', () => {
    const world = new Storage()
    const { SnapshotId } = world.ask('CreateSnapshot', { VolumeId: world.root(world.lost) })
    world.pass(minute)
    expect(world.refused('CreateVolume', { ...inZone, SnapshotId })).toBe(
      'IncorrectState: Snapshot is in invalid state - pending',
    )
  })

  it.each([
    [{ Size: 1 }, 'MissingParameter: The request must contain the parameter availabilityZone'],
    [{ ...inZone }, 'MissingParameter: The request must contain the parameter size/snapshot'],
    [
      { AvailabilityZone: 'eu-west-1z', Size: 1 },
      "InvalidZone.NotFound: The zone 'eu-west-1z' does not exist.",
    ],
    [
      { AvailabilityZone: 'us-east-1a', Size: 1 },
      "InvalidZone.NotFound: The zone 'us-east-1a' does not exist.",
    ],
    [{ ...inZone, Size: 0 }, 'InvalidParameterValue: A volume of 0 GiB is too small'],
    [
      { ...inZone, SnapshotId: 'snap-00000000000000099' },
      "InvalidSnapshot.NotFound: The snapshot 'snap-00000000000000099' does not exist.",
    ],
    [{ ...inZone, SnapshotId: 'snap-1' }, 'InvalidSnapshotID.Malformed: Invalid id: "snap-1"'],
    [
      { ...inZone, Size: 1, TagSpecifications: [{ ResourceType: 'snapshot', Tags: [] }] },
      "InvalidParameterValue: 'snapshot' is not a valid taggable resource type for this operation.",
    ],
  ])('refuses %j, and makes nothing', (input, words) => {
    const world = new Storage()
    expect(world.refused('CreateVolume', input)).toBe(words)
    expect(world.pass(minute).volumes()).toHaveLength(4)
  })

  it('is encrypted where that is asked for, and of an encrypted one always', () => {
    const world = new Storage()
    const VolumeId = world.available({ Encrypted: true })
    const { SnapshotId, Encrypted } = world.ask('CreateSnapshot', { VolumeId })
    const copy = world.pass(3 * minute).available({ SnapshotId, Encrypted: false })
    expect([Encrypted, world.volume(copy)?.Encrypted]).toEqual([true, true])
    expect(world.volume(world.available())?.Encrypted).toBe(false)
  })

  it('is refused when it is smaller than its snapshot', () => {
    const world = new Storage()
    const SnapshotId = world.snapshot()
    expect(world.refused('CreateVolume', { ...inZone, SnapshotId, Size: 7 })).toMatch(
      /^InvalidParameterValue/,
    )
  })
})

describe('DeleteVolume', () => {
  it('shows the volume as deleting for a while, and knows it no more', () => {
    const world = new Storage()
    const VolumeId = world.available()
    world.ask('DeleteVolume', { VolumeId })
    expect(world.states(VolumeId)).toEqual(['deleting', undefined])
    expect(world.volumes({ VolumeIds: [VolumeId] })).toHaveLength(1)
    for (const [name, more] of [
      ['DeleteVolume', {}],
      ['CreateSnapshot', {}],
      ['AttachVolume', { InstanceId: world.helper, Device: '/dev/sdf' }],
      ['ModifyVolume', { Size: 9 }],
    ] as const)
      expect(world.refused(name, { VolumeId, ...more })).toMatch(/^InvalidVolume.NotFound: /)
    world.pass(10 * second)
    expect(world.refused('DescribeVolumes', { VolumeIds: [VolumeId] })).toMatch(/^InvalidVolume.NotFound: /)
    expect(world.effects().at(-1)).toEqual({ do: 'delete-volume', volumeId: VolumeId })
  })

  it('is refused while it is attached, being attached or being detached', () => {
    const world = new Storage()
    const VolumeId = world.available()
    const refused = () => world.refused('DeleteVolume', { VolumeId })
    const inUse = `VolumeInUse: Volume ${VolumeId} is currently attached to ${world.helper}`
    world.ask('AttachVolume', { VolumeId, InstanceId: world.helper, Device: '/dev/sdf' })
    expect(refused()).toBe(inUse)
    world.pass(minute)
    expect(refused()).toBe(inUse)
    world.ask('DetachVolume', { VolumeId })
    expect(refused()).toBe(inUse)
  })

  it('is refused while it is made, and where there is none', () => {
    const world = new Storage()
    const { VolumeId } = world.ask('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
    world.pass(2 * second)
    expect(world.refused('DeleteVolume', { VolumeId })).toBe(`IncorrectState: ${VolumeId} is not 'available'`)
    expect(world.refused('DeleteVolume', { VolumeId: none })).toBe(noSuch)
    expect(world.refused('DeleteVolume')).toBe(
      'MissingParameter: The request must contain the parameter volumeId',
    )
  })
})

describe('ModifyVolume', () => {
  it('makes a volume in use larger, step by step', () => {
    const world = new Storage()
    const VolumeId = world.root(world.lost)
    const state = () => {
      const [one] = world.ask('DescribeVolumesModifications', { VolumeIds: [VolumeId] })
        .VolumesModifications as unknown as Record<string, unknown>[]
      return [one?.ModificationState, one?.Progress, world.volume(VolumeId)?.Size]
    }
    const begun = world.ask('ModifyVolume', { VolumeId, Size: 20 })
    expect(begun.VolumeModification).toMatchObject({ OriginalSize: 8, TargetSize: 20 })
    expect(state()).toEqual(['modifying', 0, 8])
    world.pass(minute)
    expect(state()).toEqual(['optimizing', 50, 20])
    expect(world.refused('ModifyVolume', { VolumeId, Size: 30 })).toBe(
      `IncorrectModificationState: Volume ${VolumeId} cannot be modified in modification state OPTIMIZING`,
    )
    world.pass(minute)
    expect(state()).toEqual(['completed', 100, 20])
    expect(world.refused('ModifyVolume', { VolumeId, Size: 30 })).toBe(
      "VolumeModificationRateExceeded: You've reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.",
    )
    world.pass(6 * hour)
    expect(world.refused('ModifyVolume', { VolumeId, Size: 30 })).toBe('no error')
  })

  it.each([
    [{ Size: 7 }, 'InvalidParameterValue: New size cannot be smaller than existing size'],
    [{ Size: 8 }, 'InvalidParameterValue: Only a larger Size can be asked for here'],
    [{ VolumeType: 'gp2' }, 'InvalidParameterValue: Only a larger Size can be asked for here'],
    [{ VolumeId: none, Size: 9 }, noSuch],
  ])('refuses %j', (input, words) => {
    const world = new Storage()
    expect(world.refused('ModifyVolume', { VolumeId: world.root(world.lost), ...input })).toBe(words)
  })

  it('keeps a volume from being attached while it is modified, and is refused while it is made', () => {
    const world = new Storage()
    const VolumeId = world.available()
    world.ask('ModifyVolume', { VolumeId, Size: 2 })
    expect(world.refused('AttachVolume', { VolumeId, InstanceId: world.helper, Device: '/dev/sdf' })).toMatch(
      /^OperationNotPermitted: .*MODIFYING/,
    )
    const { VolumeId: young } = world.ask('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
    world.pass(2 * second)
    expect(world.refused('ModifyVolume', { VolumeId: young, Size: 2 })).toMatch(/^IncorrectState/)
  })

  it('is listed for the volumes that were changed, and refused for others', () => {
    const world = new Storage()
    const VolumeId = world.root(world.lost)
    const listed = (Name: string, value: string) =>
      world.ask('DescribeVolumesModifications', { Filters: [{ Name, Values: [value] }] }).VolumesModifications
    expect(world.refused('DescribeVolumesModifications', { VolumeIds: [VolumeId] })).toBe(
      `InvalidVolumeModification.NotFound: Modification for volume '${VolumeId}' does not exist.`,
    )
    expect(world.ask('DescribeVolumesModifications').VolumesModifications).toEqual([])
    world.ask('ModifyVolume', { VolumeId, Size: 20 })
    for (const [name, value] of [
      ['volume-id', VolumeId],
      ['modification-state', 'modifying'],
      ['original-size', '8'],
      ['target-size', '20'],
    ] as const)
      expect(listed(name, value)).toHaveLength(1)
    expect(listed('modification-state', 'completed')).toEqual([])
  })
})
