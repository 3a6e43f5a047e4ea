import { describe, expect, it } from '@jest/globals'
import { hour, minute, second } from '../simulator/fleet.ts'
import { Storage } from './storage.ts'

const F = '/dev/sdf'

function mappings(world: Storage, instanceId: string) {
  const [{ Instances: [instance] = [] } = {}] = world.ask('DescribeInstances', { InstanceIds: [instanceId] })
    .Reservations as { Instances?: { BlockDeviceMappings: { DeviceName: string; Ebs: object }[] }[] }[]
  return instance?.BlockDeviceMappings ?? []
}

describe('AttachVolume', () => {
  it('takes its time: the machine finds the device once it is attached', () => {
    const world = new Storage()
    const VolumeId = world.available()
    const answer = world.ask('AttachVolume', { VolumeId, InstanceId: world.helper, Device: F })
    expect(answer).toMatchObject({ VolumeId, InstanceId: world.helper, Device: F, State: 'attaching' })
    expect(world.states(VolumeId)).toEqual(['in-use', 'attaching'])
    expect(mappings(world, world.helper)[1]).toMatchObject({ DeviceName: F, Ebs: { Status: 'attaching' } })
    expect(
      world
        .pass(2 * second)
        .effects()
        .at(-1)?.do,
    ).toBe('make-volume')
    world.pass(second)
    expect(world.states(VolumeId)).toEqual(['in-use', 'attached'])
    expect(mappings(world, world.helper)[1]).toMatchObject({
      DeviceName: F,
      Ebs: { VolumeId, Status: 'attached', DeleteOnTermination: false },
    })
    expect(world.effects().at(-1)).toEqual({
      ...{ do: 'attach-volume', volumeId: VolumeId, instanceId: world.helper, device: F },
    })
  })

  it('is possible to a machine that is stopped', () => {
    const world = new Storage()
    const VolumeId = world.available()
    world.ask('StopInstances', { InstanceIds: [world.helper] })
    const attach = () => world.refused('AttachVolume', { VolumeId, InstanceId: world.helper, Device: F })
    expect(attach()).toBe(`IncorrectState: Instance '${world.helper}' is not 'running'.`)
    world.pass(minute)
    expect(attach()).toBe('no error')
  })

  it.each([
    [{ InstanceId: undefined }, 'MissingParameter: The request must contain the parameter instanceId'],
    [{ Device: undefined }, 'MissingParameter: The request must contain the parameter device'],
    [{ VolumeId: 'vol-00000000000000099' }, /^InvalidVolume.NotFound: /],
    [{ InstanceId: 'i-00000000000000099' }, /^InvalidInstanceID.NotFound: /],
    [
      { Device: '/dev/xvda' },
      "InvalidParameterValue: Invalid value '/dev/xvda' for unixDevice. Attachment point /dev/xvda is already in use",
    ],
    [{ Device: '/dev/sda1' }, /^InvalidParameterValue: .* already in use$/],
    [{ Device: 'sdf' }, /^InvalidParameterValue: Value \(sdf\) for parameter device is invalid/],
  ])('refuses %j, and the volume stays free', (more, words) => {
    const world = new Storage()
    const VolumeId = world.available()
    const refused = world.refused('AttachVolume', { VolumeId, InstanceId: world.helper, Device: F, ...more })
    if (typeof words === 'string') expect(refused).toBe(words)
    else expect(refused).toMatch(words)
    expect(world.states(VolumeId)).toEqual(['available', undefined])
    expect(mappings(world, world.helper)).toHaveLength(1)
  })

  it('is refused in another zone, twice, of what is not made yet, and to what goes', () => {
    const world = new Storage()
    const VolumeId = world.available()
    const attach = (InstanceId: string, more: object = {}) =>
      world.refused('AttachVolume', { VolumeId, InstanceId, Device: F, ...more })
    expect(attach(world.elsewhere)).toBe(
      `InvalidVolume.ZoneMismatch: The volume '${VolumeId}' is not in the same availability zone as instance '${world.elsewhere}'`,
    )
    expect(attach(world.helper)).toBe('no error')
    expect(attach(world.lost)).toBe(`VolumeInUse: ${VolumeId} is already attached to an instance`)
    const second = world.available()
    expect(attach(world.helper, { VolumeId: second })).toMatch(
      /Attachment point \/dev\/sdf is already in use/,
    )
    const { VolumeId: young } = world.ask('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
    world.pass(2000)
    expect(attach(world.helper, { VolumeId: young, Device: '/dev/sdg' })).toBe(
      `IncorrectState: ${young} is not 'available'`,
    )
    world.ask('TerminateInstances', { InstanceIds: [world.lost] })
    expect(attach(world.lost, { VolumeId: second })).toMatch(/^IncorrectState: /)
  })
})

describe('DetachVolume', () => {
  it('takes the device away at once, and frees the volume a while later', () => {
    const world = new Storage()
    const VolumeId = world.attached()
    expect(world.ask('DetachVolume', { VolumeId })).toMatchObject({ VolumeId, State: 'detaching' })
    expect(world.pass(0).effects().at(-1)).toEqual({
      ...{ do: 'detach-volume', volumeId: VolumeId, instanceId: world.helper, device: F },
    })
    expect(world.states(VolumeId)).toEqual(['in-use', 'detaching'])
    expect(mappings(world, world.helper)[1]?.Ebs).toMatchObject({ Status: 'detaching' })
    world.pass(5 * second)
    expect(world.states(VolumeId)).toEqual(['available', undefined])
    expect(mappings(world, world.helper)).toHaveLength(1)
    world.ask('AttachVolume', { VolumeId, InstanceId: world.lost, Device: F })
    expect(world.pass(minute).states(VolumeId)).toEqual(['in-use', 'attached'])
    expect([mappings(world, world.lost).length, mappings(world, world.helper).length]).toEqual([2, 1])
  })

  it('is refused for a volume that is free, on its way, elsewhere or the root', () => {
    const world = new Storage()
    const free = world.available()
    const detach = (VolumeId: string, more: object = {}) =>
      world.refused('DetachVolume', { VolumeId, ...more })
    expect(detach(free)).toBe(`IncorrectState: Volume '${free}' is in the 'available' state.`)
    expect(detach('vol-00000000000000099')).toMatch(/^InvalidVolume.NotFound: /)
    expect(detach(world.root(world.lost))).toBe(
      `IncorrectState: Unable to detach root volume '${world.root(world.lost)}' from instance '${world.lost}'`,
    )
    world.ask('AttachVolume', { VolumeId: free, InstanceId: world.helper, Device: F })
    expect(detach(free)).toMatch(/^IncorrectState: .*'attaching' state/)
    world.pass(minute)
    expect(detach(free, { InstanceId: world.lost })).toMatch(/^InvalidAttachment.NotFound: /)
    expect(detach(free, { Device: '/dev/sdg' })).toMatch(/^InvalidAttachment.NotFound: /)
    expect(detach(free, { InstanceId: world.helper, Device: F })).toBe('no error')
    expect(detach(free)).toMatch(/^IncorrectState: .*'detaching' state/)
  })
})

describe('the volumes of a machine that is terminated', () => {
  const change = (world: Storage, InstanceId: string, DeviceName: string, DeleteOnTermination?: boolean) =>
    world.refused('ModifyInstanceAttribute', {
      ...{ InstanceId, BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination } }] },
    })

  it('are deleted with it, as far as they are its own', () => {
    const world = new Storage()
    const root = world.root(world.helper)
    const data = world.attached()
    world.end(world.helper)
    expect([world.states(root), world.states(data)]).toEqual([
      ['deleting', undefined],
      ['in-use', 'detaching'],
    ])
    expect(world.effects().slice(-3)).toEqual([
      { do: 'detach-volume', volumeId: data, instanceId: world.helper, device: F },
      { do: 'destroy', instanceId: world.helper },
      { do: 'delete-volume', volumeId: root },
    ])
    expect(mappings(world, world.helper)).toEqual([])
    world.pass(minute)
    expect([world.volume(root), world.states(data)]).toEqual([undefined, ['available', undefined]])
  })

  it('are kept while it still shuts down', () => {
    const world = new Storage()
    world.ask('TerminateInstances', { InstanceIds: [world.lost] })
    expect(world.pass(29 * second).states(world.root(world.lost))).toEqual(['in-use', 'attached'])
    expect(mappings(world, world.lost)).toHaveLength(1)
  })

  it('outlive it where DeleteOnTermination says so', () => {
    const world = new Storage()
    const root = world.root(world.helper)
    expect(change(world, world.helper, '/dev/xvda', false)).toBe('no error')
    world.end(world.helper)
    expect(world.effects().slice(-2)).toEqual([
      { do: 'keep-volume', volumeId: root, instanceId: world.helper },
      { do: 'destroy', instanceId: world.helper },
    ])
    expect(world.states(root)).toEqual(['in-use', 'detaching'])
    world.pass(minute)
    expect(world.states(root)).toEqual(['available', undefined])
    world.ask('AttachVolume', { VolumeId: root, InstanceId: world.lost, Device: F })
    expect(world.pass(minute).states(root)).toEqual(['in-use', 'attached'])
  })

  it('go with it where DeleteOnTermination says so, the attached ones, too; it does where nothing is said', () => {
    const world = new Storage()
    const data = world.attached()
    change(world, world.helper, '/dev/xvda', false)
    change(world, world.helper, '/dev/xvda')
    change(world, world.helper, F, true)
    const root = world.root(world.helper)
    world.end(world.helper)
    expect(world.effects().slice(-4)).toEqual([
      { do: 'detach-volume', volumeId: data, instanceId: world.helper, device: F },
      { do: 'destroy', instanceId: world.helper },
      { do: 'delete-volume', volumeId: root },
      { do: 'delete-volume', volumeId: data },
    ])
  })

  it('may be on their way off it, and stay whatever was to become of them', () => {
    const world = new Storage({ detachMs: minute })
    const VolumeId = world.attached()
    change(world, world.helper, F, true)
    world.ask('DetachVolume', { VolumeId })
    world.end(world.helper)
    expect(world.effects().filter((effect) => effect.do === 'detach-volume')).toHaveLength(1)
    expect(world.states(VolumeId)).toEqual(['in-use', 'detaching'])
    expect(world.pass(minute).states(VolumeId)).toEqual(['available', undefined])
  })

  it('may be on their way to it: such a one never arrives, and goes its way to another', () => {
    const world = new Storage({ attachMs: 10 * minute })
    const VolumeId = world.available()
    world.ask('AttachVolume', { VolumeId, InstanceId: world.helper, Device: F })
    world.pass(minute).end(world.helper)
    expect(world.effects().at(-3)?.do).toBe('make-volume')
    expect(world.pass(minute).states(VolumeId)).toEqual(['available', undefined])
    world.ask('AttachVolume', { VolumeId, InstanceId: world.lost, Device: F })
    expect(world.pass(9 * minute).states(VolumeId)).toEqual(['in-use', 'attaching'])
    expect(world.pass(minute).states(VolumeId)).toEqual(['in-use', 'attached'])
  })

  it('arrive before the end that comes later, however late anybody looks', () => {
    const world = new Storage()
    const VolumeId = world.available()
    world.ask('AttachVolume', { VolumeId, InstanceId: world.helper, Device: F })
    expect(world.fleet.model.nextDue()).toBe(world.fleet.now + 3 * second)
    world.ask('TerminateInstances', { InstanceIds: [world.helper] })
    world.pass(hour)
    const order = world.effects().map((effect) => effect.do)
    expect(order.slice(1)).toEqual(['attach-volume', 'detach-volume', 'destroy', 'delete-volume'])
  })

  it('are told of only devices that are there, of machines that are', () => {
    const world = new Storage()
    expect(change(world, world.lost, '/dev/sdz', false)).toBe(
      'InvalidInstanceAttributeValue: No device is currently mapped at /dev/sdz',
    )
    const both = {
      ...{ InstanceId: world.lost, DisableApiTermination: { Value: true } },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }],
    }
    for (const input of [both, { InstanceId: world.lost }])
      expect(world.refused('ModifyInstanceAttribute', input)).toMatch(/^InvalidParameterCombination: /)
    world.ask('TerminateInstances', { InstanceIds: [world.lost] })
    expect(change(world, world.lost, '/dev/xvda', false)).toMatch(/^IncorrectInstanceState: /)
  })
})

describe('a root volume that is replaced', () => {
  const replaced = (world: Storage) => {
    world.fleet.model.depart(world.fleet.now, world.lost, 'replace-root-volume')
    return world.pass(minute)
  }

  it('is deleted, and another one is there from then on', () => {
    const world = new Storage()
    const old = world.root(world.lost)
    const at = world.pass(minute).fleet.now
    replaced(world)
    expect(world.root(world.lost)).not.toBe(old)
    expect(mappings(world, world.lost)).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: {
          ...{ VolumeId: world.root(world.lost), Status: 'attached', DeleteOnTermination: true },
          AttachTime: new Date(at),
        },
      },
    ])
    expect(world.effects().slice(-2)).toEqual([
      { do: 'replace-root-volume', instanceId: world.lost },
      { do: 'delete-volume', volumeId: old },
    ])
    expect(world.pass(minute).volume(old)).toBeUndefined()
  })

  it('is kept where it is not deleted on termination', () => {
    const world = new Storage()
    const old = world.root(world.lost)
    world.ask('ModifyInstanceAttribute', {
      InstanceId: world.lost,
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }],
    })
    replaced(world)
    expect(world.effects().slice(-2)).toEqual([
      { do: 'keep-volume', volumeId: old, instanceId: world.lost },
      { do: 'replace-root-volume', instanceId: world.lost },
    ])
    expect(world.pass(minute).states(old)).toEqual(['available', undefined])
  })
})
