import { describe, expect, it } from '@jest/globals'
import { hour, minute } from '../simulator/fleet.ts'
import { Storage } from './storage.ts'

const day = 24 * hour
const days = (RetentionPeriodValue: number) => ({ RetentionPeriodValue, RetentionPeriodUnit: 'DAYS' })
const team = { ResourceTagKey: 'team', ResourceTagValue: 'web' }

/** A world with a rule in force, and the root volume of the machine that will be lost. */
function ruled(ResourceTags: object[] = [team], RetentionPeriod = days(3)): [Storage, string] {
  const world = new Storage()
  world.ask('CreateRule', { ResourceType: 'EBS_VOLUME', ResourceTags, RetentionPeriod })
  world.pass(hour)
  return [world, world.root(world.lost)]
}

function tag(world: Storage, id: string, Value = 'web', Key = 'team'): void {
  world.ask('CreateTags', { Resources: [id], Tags: [{ Key, Value }] })
}

function binned(world: Storage, input: object = {}): Record<string, unknown>[] {
  return world.ask('ListVolumesInRecycleBin', input).Volumes
}

describe('a volume that a rule names', () => {
  it('is in the bin when its machine is gone, and its contents outlive it', () => {
    const [world, root] = ruled()
    tag(world, root)
    world.end(world.lost)
    expect(world.effects().slice(-2)).toEqual([
      { do: 'keep-volume', volumeId: root, instanceId: world.lost },
      { do: 'destroy', instanceId: world.lost },
    ])
    expect(world.volume(root)).toBeUndefined()
    for (const name of ['DescribeVolumes', 'CreateSnapshot', 'DeleteVolume', 'DetachVolume'] as const)
      expect(world.refused(name, { VolumeId: root, VolumeIds: [root] })).toMatch(/^InvalidVolume.NotFound: /)
  })

  it('is shown by the bin with no tag and no machine', () => {
    const [world, root] = ruled()
    const { CreateTime, AvailabilityZone } = world.volume(root) ?? {}
    tag(world, root)
    world.end(world.lost)
    const { now } = world.fleet
    expect(binned(world)).toEqual([
      {
        ...{ VolumeId: root, VolumeType: 'gp3', Size: 8, AvailabilityZone, CreateTime },
        ...{ RecycleBinEnterTime: new Date(now), RecycleBinExitTime: new Date(now + 3 * day) },
      },
    ])
    expect(binned(world, { VolumeIds: [root] })).toHaveLength(1)
    expect(world.refused('ListVolumesInRecycleBin', { VolumeIds: [world.root(world.helper)] })).toMatch(
      /^InvalidVolume.NotFound: /,
    )
  })

  it('is restored with its tags, free at once, and goes there again when it is deleted', () => {
    const [world, root] = ruled()
    tag(world, root)
    world.end(world.lost)
    world.pass(2 * day)
    expect(world.ask('RestoreVolumeFromRecycleBin', { VolumeId: root })).toEqual({ Return: true })
    expect(world.volume(root)).toMatchObject({
      ...{ State: 'available', Attachments: [], Tags: [{ Key: 'team', Value: 'web' }] },
    })
    expect(binned(world)).toEqual([])
    expect(world.refused('RestoreVolumeFromRecycleBin', { VolumeId: root })).toMatch(
      /^InvalidVolume.NotFound: /,
    )
    expect(world.pass(2 * day).states(root)).toEqual(['available', undefined])
    world.ask('DeleteVolume', { VolumeId: root })
    expect([world.volume(root), binned(world).length]).toEqual([undefined, 1])
    expect(world.effects().at(-1)?.do).toBe('destroy')
  })

  it('is gone for good when its time is over', () => {
    const [world, root] = ruled()
    tag(world, root)
    world.end(world.lost)
    expect(binned(world.pass(3 * day - 1))).toHaveLength(1)
    expect(binned(world.pass(1))).toEqual([])
    expect(world.effects().at(-1)).toEqual({ do: 'delete-volume', volumeId: root })
    expect(world.refused('RestoreVolumeFromRecycleBin', { VolumeId: root })).toMatch(
      /^InvalidVolume.NotFound: /,
    )
  })

  it('may be tagged there', () => {
    const [world, root] = ruled()
    tag(world, root)
    world.end(world.lost)
    tag(world, root, 'i-1', 'was-of')
    world.ask('DeleteEc2Tags', { Resources: [root] })
    tag(world, root, 'i-1', 'was-of')
    world.ask('RestoreVolumeFromRecycleBin', { VolumeId: root })
    expect(world.volume(root)?.Tags).toEqual([{ Key: 'was-of', Value: 'i-1' }])
  })

  it('is kept, too, where it is no root, or is replaced', () => {
    const [world] = ruled()
    const data = world.attached()
    world.ask('ModifyInstanceAttribute', {
      InstanceId: world.helper,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: true } }],
    })
    const root = world.root(world.lost)
    for (const id of [data, root]) tag(world, id)
    world.end(world.helper)
    world.fleet.model.depart(world.fleet.now, world.lost, 'replace-root-volume')
    world.pass(minute)
    expect(binned(world).map(({ VolumeId }) => VolumeId)).toEqual([root, data].sort())
    expect(world.effects().filter((effect) => 'volumeId' in effect && effect.do === 'keep-volume')).toEqual([
      { do: 'keep-volume', volumeId: root, instanceId: world.lost },
    ])
  })
})

describe('a rule', () => {
  it.each<[string, object[], [string, string] | undefined, boolean]>([
    ['with another value', [team], ['team', 'ops'], false],
    ['with another key', [team], ['env', 'web'], false],
    ['for a volume without a tag', [team], undefined, false],
    ['with a key alone', [{ ResourceTagKey: 'team' }], ['team', 'ops'], true],
    ['with several tags, of which one is enough', [{ ResourceTagKey: 'env' }, team], ['team', 'web'], true],
    ['for every volume', [], undefined, true],
  ])('%s', (_what, tags, own, isKept) => {
    const [world, root] = ruled(tags)
    if (own !== undefined) tag(world, root, own[1], own[0])
    world.end(world.lost)
    expect(binned(world)).toHaveLength(isKept ? 1 : 0)
    const gone = world.effects().some((effect) => effect.do === 'delete-volume')
    expect(gone).toBe(!isKept)
  })

  it('looks at the tags of the moment, and takes half an hour to become active', () => {
    const [world, root] = ruled()
    tag(world, root)
    world.ask('DeleteEc2Tags', { Resources: [root], Tags: [{ Key: 'team' }] })
    expect(binned(world.end(world.lost))).toEqual([])
    const young = new Storage()
    const made = young.ask('CreateRule', { ResourceType: 'EBS_VOLUME', RetentionPeriod: days(1) })
    const status = () => young.ask('GetRule', { Identifier: made.Identifier }).Status
    expect([made.Status, young.pass(30 * minute - 1) && status(), young.pass(1) && status()]).toEqual([
      'pending',
      'pending',
      'available',
    ])
    const early = new Storage()
    early.ask('CreateRule', { ResourceType: 'EBS_VOLUME', RetentionPeriod: days(1) })
    expect(binned(early.end(early.lost))).toEqual([])
  })

  it('is outdone by one that keeps longer; when it is deleted, what is in the bin stays as long as it was to', () => {
    const [world, root] = ruled([team], days(1))
    const { Identifier } = world.ask('CreateRule', { ResourceType: 'EBS_VOLUME', RetentionPeriod: days(7) })
    world.pass(hour)
    tag(world, root)
    world.end(world.lost)
    world.ask('DeleteRule', { Identifier })
    expect(binned(world.pass(6 * day))).toHaveLength(1)
    expect(binned(world.end(world.helper))).toHaveLength(1)
    expect(binned(world.pass(day))).toEqual([])
  })

  it('is listed by what it is for, and known until it is deleted', () => {
    const [world] = ruled()
    const list = (ResourceType: string) => world.ask('ListRules', { ResourceType }).Rules
    expect(list('EBS_SNAPSHOT')).toEqual([])
    const [rule] = list('EBS_VOLUME')
    expect(rule).toMatchObject({ RetentionPeriod: days(3) })
    expect(world.ask('GetRule', { Identifier: rule.Identifier })).toMatchObject({
      ...{ ResourceType: 'EBS_VOLUME', ResourceTags: [team], RetentionPeriod: days(3) },
    })
    world.ask('DeleteRule', { Identifier: rule.Identifier })
    for (const name of ['GetRule', 'DeleteRule'] as const)
      expect(world.refused(name, { Identifier: rule.Identifier })).toMatch(/^ResourceNotFoundException: /)
  })

  it.each([
    [{ ResourceType: 'EBS_SNAPSHOT', RetentionPeriod: days(1) }],
    [{ ResourceType: 'EBS_VOLUME' }],
    [{ ResourceType: 'EBS_VOLUME', RetentionPeriod: days(0) }],
    [{ ResourceType: 'EBS_VOLUME', RetentionPeriod: days(8) }],
    [{ ResourceType: 'EBS_VOLUME', RetentionPeriod: { ...days(1), RetentionPeriodUnit: 'HOURS' } }],
  ])('is refused as %j', (input) => {
    expect(new Storage().refused('CreateRule', input)).toMatch(/^ValidationException: /)
  })
})

it('the bin is listed page by page', () => {
  const [world] = ruled([])
  for (let made = 0; made < 7; made++) world.ask('DeleteVolume', { VolumeId: world.available() })
  const page = world.ask('ListVolumesInRecycleBin', { MaxResults: 5 })
  const rest = world.ask('ListVolumesInRecycleBin', { MaxResults: 5, NextToken: page.NextToken })
  expect([page.Volumes.length, rest.Volumes.length, rest.NextToken]).toEqual([5, 2, undefined])
})
