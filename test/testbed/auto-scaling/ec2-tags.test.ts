import { describe, expect, it } from '@jest/globals'
import { Storage } from './storage.ts'

const web = { Key: 'team', Value: 'web' }
const prod = { Key: 'env', Value: 'prod' }

function tagsOf(world: Storage, id: string) {
  return world.volume(id)?.Tags
}

describe('CreateTags', () => {
  it('tags machines, volumes and snapshots together', () => {
    const world = new Storage()
    const root = world.root(world.lost)
    const snapshot = world.snapshot()
    world.ask('CreateTags', { Resources: [world.lost, root, snapshot], Tags: [web, prod] })
    const Filters = [{ Name: 'tag:team', Values: ['web'] }]
    expect(world.ask('DescribeInstances', { Filters }).Reservations).toHaveLength(1)
    expect(world.ask('DescribeSnapshots', { Filters }).Snapshots).toHaveLength(1)
    expect(tagsOf(world, root)).toEqual([web, prod])
    world.ask('CreateTags', { Resources: [root], Tags: [{ ...web, Value: 'ops' }] })
    expect(tagsOf(world, root)).toEqual([{ ...web, Value: 'ops' }, prod])
  })

  it.each([
    ['vol-00000000000000099', /^InvalidVolume.NotFound: /],
    ['snap-00000000000000099', /^InvalidSnapshot.NotFound: /],
    ['i-00000000000000099', /^InvalidInstanceID.NotFound: /],
    ['sg-00000000000000001', /^InvalidID: The ID 'sg-00000000000000001' is not valid$/],
  ])('tags nothing where one is %s', (unknown, words) => {
    const world = new Storage()
    const root = world.root(world.lost)
    for (const name of ['CreateTags', 'DeleteEc2Tags'] as const)
      expect(world.refused(name, { Resources: [root, unknown], Tags: [web] })).toMatch(words)
    expect(tagsOf(world, root)).toBeUndefined()
  })

  it('refuses AWS’s own keys, a tag without a key, and more than fifty', () => {
    const world = new Storage()
    const root = world.root(world.lost)
    const tagged = (Tags: object[], name = 'CreateTags') =>
      world.refused(name as 'CreateTags', { Resources: [root], Tags })
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `k${at}`, Value: '' }))
    expect(tagged([{ Key: 'aws:mine', Value: '' }])).toMatch(/^InvalidParameterValue: .*'aws:'/)
    expect(tagged([{ Key: 'aws:mine' }], 'DeleteEc2Tags')).toMatch(/^InvalidParameterValue: .*'aws:'/)
    expect(tagged([{ Value: 'x' }])).toMatch(/^MissingParameter: /)
    expect(tagged(many(51))).toMatch(/^TagLimitExceeded: /)
    expect(tagged(many(50))).toBe('no error')
    expect(tagged([web])).toMatch(/^TagLimitExceeded: /)
    const TagSpecifications = [{ ResourceType: 'snapshot', Tags: many(51) }]
    expect(world.refused('CreateSnapshot', { VolumeId: root, TagSpecifications })).toMatch(
      /^TagLimitExceeded: /,
    )
  })
})

describe('DeleteTags of EC2', () => {
  const tagged = () => {
    const world = new Storage()
    const root = world.root(world.lost)
    world.ask('CreateTags', { Resources: [root], Tags: [web, prod] })
    return [world, root] as const
  }

  it.each<[string, object[] | undefined, object[] | undefined]>([
    ['by key', [{ Key: 'team' }], [prod]],
    ['by key and value', [web], [prod]],
    ['not where the value is another', [{ Key: 'team', Value: 'ops' }], [web, prod]],
    ['not where the value is empty', [{ Key: 'team', Value: '' }], [web, prod]],
    ['nothing where there is no such tag', [{ Key: 'other' }], [web, prod]],
    ['all where none is named', undefined, undefined],
  ])('%s', (_what, Tags, left) => {
    const [world, root] = tagged()
    world.ask('DeleteEc2Tags', { Resources: [root], Tags })
    expect(tagsOf(world, root)).toEqual(left)
  })

  it('leaves AWS’s own where none is named', () => {
    const [world] = tagged()
    world.ask('DeleteEc2Tags', { Resources: [world.lost] })
    const [{ Instances: [instance] = [] } = {} as never] = world.ask('DescribeInstances', {
      InstanceIds: [world.lost],
    }).Reservations
    expect(instance.Tags).toEqual([{ Key: 'aws:autoscaling:groupName', Value: 'web' }])
  })
})
