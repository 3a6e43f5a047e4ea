import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ListVolumesInRecycleBinCommand,
  ModifyInstanceAttributeCommand,
  ModifyVolumeCommand,
  RestoreVolumeFromRecycleBinCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../../testbed/auto-scaling/effects.ts'
import { localAwsByHand, refusalOf } from '../local-aws.ts'
import { signedFetch } from '../signed.ts'

/** A machine with its root volume. */
async function launched() {
  const effects: Effect[] = []
  const local = await localAwsByHand({ onEffect: (effect) => void effects.push(effect) })
  const { autoScaling, ec2, pass } = local
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: 'web', MinSize: 0, MaxSize: 1, DesiredCapacity: 1 },
      ...{ LaunchTemplate: { LaunchTemplateName: 'web' }, AvailabilityZones: ['eu-west-1a'] },
    }),
  )
  await pass(1)
  const described = async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}))
    expect(Reservations).toMatchObject([{ Groups: [] }])
    return Reservations?.[0]?.Instances?.[0]
  }
  const instance = await described()
  const id = instance?.InstanceId ?? ''
  const root = instance?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? ''
  const volume = async (VolumeId: string) =>
    (await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes?.[0]
  return { ...local, effects, described, id, root, volume }
}

it('an instance and its root volume are described alike, with types and dates', async () => {
  const { described, root, id, volume, clock } = await launched()
  const mapping = (await described())?.BlockDeviceMappings
  expect(mapping).toEqual([
    {
      DeviceName: '/dev/xvda',
      Ebs: {
        ...{ VolumeId: root, Status: 'attached', DeleteOnTermination: true },
        AttachTime: expect.any(Date),
      },
    },
  ])
  const { AttachTime } = mapping?.[0]?.Ebs ?? {}
  expect(root).toMatch(/^vol-[0-9a-f]{17}$/)
  expect(AttachTime?.getTime()).toBeLessThanOrEqual(clock.time)
  expect(await volume(root)).toMatchObject({
    ...{ VolumeId: root, State: 'in-use', Size: 8, CreateTime: AttachTime, Encrypted: false },
    Attachments: [
      {
        ...{ VolumeId: root, InstanceId: id, Device: '/dev/xvda', State: 'attached' },
        ...{ DeleteOnTermination: true, AttachTime },
      },
    ],
  })
})

it('a copy of a root volume is made, attached, detached and deleted', async () => {
  const { ec2, id, root, volume, effects, described, pass } = await launched()
  const Tags = [{ Key: 'rescue', Value: id }]
  const taken = await ec2.send(
    new CreateSnapshotCommand({
      ...{ VolumeId: root, TagSpecifications: [{ ResourceType: 'snapshot', Tags }] },
    }),
  )
  const { SnapshotId = '' } = taken
  expect(taken).toMatchObject({ State: 'pending', StartTime: expect.any(Date), VolumeSize: 8, Tags })
  const make = (more: object = {}) =>
    ec2.send(
      new CreateVolumeCommand({
        ...{ SnapshotId, AvailabilityZone: 'eu-west-1a', VolumeType: 'gp3', ClientToken: 'once' },
        ...{ TagSpecifications: [{ ResourceType: 'volume', Tags }], ...more },
      }),
    )
  await pass(1)
  expect(await refusalOf(make())).toMatch(/^IncorrectState/)
  await pass(1)
  const Filters = [{ Name: 'tag:rescue', Values: [id] }]
  const found = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: 5 }))
  expect(found.Snapshots).toMatchObject([{ SnapshotId, State: 'completed', Tags }])
  const theirs = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['amazon'] }))
  expect(theirs.Snapshots).toEqual([])
  const { VolumeId = '', State } = await make()
  expect([State, (await make()).VolumeId]).toEqual(['creating', VolumeId])
  expect(await refusalOf(make({ Size: 9 }))).toMatch(/^IdempotentParameterMismatch/)
  expect(await refusalOf(volume(VolumeId))).toMatch(/^InvalidVolume.NotFound/)
  await pass(1)
  expect((await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes).toMatchObject([
    { VolumeId, State: 'available', Attachments: [], Tags },
  ])
  const attaching = { VolumeId, InstanceId: id, Device: '/dev/sdf' }
  expect(await ec2.send(new AttachVolumeCommand(attaching))).toMatchObject({
    ...{ ...attaching, State: 'attaching', DeleteOnTermination: false, AttachTime: expect.any(Date) },
  })
  await pass(1)
  expect((await described())?.BlockDeviceMappings?.[1]).toMatchObject({
    ...{ DeviceName: '/dev/sdf', Ebs: { VolumeId, Status: 'attached', DeleteOnTermination: false } },
  })
  const InstanceSpecification = { InstanceId: id, ExcludeDataVolumeIds: [VolumeId] }
  const others = await ec2.send(new CreateSnapshotsCommand({ InstanceSpecification }))
  expect(others.Snapshots).toMatchObject([{ VolumeId: root }])
  expect(await refusalOf(ec2.send(new DeleteVolumeCommand({ VolumeId })))).toMatch(/^VolumeInUse/)
  expect(await ec2.send(new DetachVolumeCommand({ VolumeId }))).toMatchObject({ State: 'detaching' })
  await pass(1)
  await ec2.send(new DeleteVolumeCommand({ VolumeId }))
  expect((await volume(VolumeId))?.State).toBe('deleting')
  await pass(1)
  expect(await refusalOf(volume(VolumeId))).toMatch(/^InvalidVolume.NotFound/)
  expect(effects.filter((effect) => 'volumeId' in effect)).toEqual([
    { do: 'snapshot', snapshotId: SnapshotId, volumeId: root, instanceId: id },
    { do: 'make-volume', volumeId: VolumeId, snapshotId: SnapshotId },
    { do: 'attach-volume', volumeId: VolumeId, instanceId: id, device: '/dev/sdf' },
    expect.objectContaining({ do: 'snapshot', volumeId: root }),
    { do: 'detach-volume', volumeId: VolumeId, instanceId: id, device: '/dev/sdf' },
    { do: 'delete-volume', volumeId: VolumeId },
  ])
})

it('numbers and switches arrive as such', async () => {
  const { ec2, id, root, volume, pass } = await launched()
  const { VolumeModification } = await ec2.send(new ModifyVolumeCommand({ VolumeId: root, Size: 12 }))
  expect(VolumeModification).toMatchObject({ OriginalSize: 8, TargetSize: 12, Progress: 0 })
  const { VolumesModifications } = await ec2.send(
    new DescribeVolumesModificationsCommand({ VolumeIds: [root] }),
  )
  expect(VolumesModifications).toMatchObject([
    { ModificationState: 'modifying', StartTime: expect.any(Date) },
  ])
  const plain = { AvailabilityZone: 'eu-west-1a', Size: 3 }
  const made = async (Encrypted: boolean) => {
    const { Size, Encrypted: is } = await ec2.send(new CreateVolumeCommand({ ...plain, Encrypted }))
    return [Size, is]
  }
  expect([await made(true), await made(false)]).toEqual([
    [3, true],
    [3, false],
  ])
  const take = (ExcludeBootVolume: boolean) =>
    ec2.send(new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId: id, ExcludeBootVolume } }))
  expect((await take(true)).Snapshots).toEqual([])
  expect((await take(false)).Snapshots).toMatchObject([{ VolumeId: root, State: 'pending' }])
  await ec2.send(
    new ModifyInstanceAttributeCommand({
      InstanceId: id,
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }],
    }),
  )
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  await pass(2)
  expect((await volume(root))?.State).toBe('available')
})

it('what there is nothing to say about is answered with `true`', async () => {
  const { aws, root } = await launched()
  const form = { Action: 'DeleteTags', Version: '2016-11-15', 'ResourceId.1': root, 'Tag.1.Key': 'team' }
  const body = new URLSearchParams(form)
  const signing = { service: 'ec2', credentials: aws.credentials('TEST') }
  const answer = await signedFetch(aws.endpoints.ec2, { method: 'POST', body }, signing)
  expect(await answer.text()).toMatch(/<return>true<\/return>/)
})

it('tags are deleted by key and value', async () => {
  const { ec2, root, volume } = await launched()
  const tags = (Value: string) => ({ Resources: [root], Tags: [{ Key: 'team', Value }] })
  await ec2.send(new CreateTagsCommand(tags('web')))
  await ec2.send(new DeleteTagsCommand(tags('ops')))
  expect((await volume(root))?.Tags).toEqual([{ Key: 'team', Value: 'web' }])
  await ec2.send(new DeleteTagsCommand(tags('web')))
  expect((await volume(root))?.Tags ?? []).toEqual([])
  const unknown = ec2.send(new DeleteTagsCommand({ Resources: ['vol-00000000000000000'] }))
  expect(await refusalOf(unknown)).toMatch(/^InvalidVolume.NotFound/)
})

describe('the Recycle Bin', () => {
  /** Its service has no client here: what a client sends is sent by hand. */
  async function ruled() {
    const started = await launched()
    const ask = async (method: string, path: string, input?: object) => {
      const body = input === undefined ? {} : { body: JSON.stringify(input) }
      const signing = { service: 'rbin', credentials: started.aws.credentials('TEST') }
      const answer = await signedFetch(`${started.aws.endpoints.ec2}${path}`, { method, ...body }, signing)
      const text = await answer.text()
      return { status: answer.status, type: answer.headers.get('x-amzn-errortype'), text }
    }
    return { ...started, ask }
  }
  const rule = {
    ResourceType: 'EBS_VOLUME',
    ResourceTags: [{ ResourceTagKey: 'team' }],
    RetentionPeriod: { RetentionPeriodValue: 2, RetentionPeriodUnit: 'DAYS' },
  }

  it('keeps the volume of a machine that is gone, and gives it back with its tags', async () => {
    const { ask, ec2, id, root, volume, pass, effects } = await ruled()
    expect(await ask('POST', '/rules', rule)).toMatchObject({ status: 201 })
    await pass(1)
    await ec2.send(new CreateTagsCommand({ Resources: [root], Tags: [{ Key: 'team', Value: 'web' }] }))
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await pass(1)
    expect(await refusalOf(volume(root))).toMatch(/^InvalidVolume.NotFound/)
    const { Volumes = [] } = await ec2.send(new ListVolumesInRecycleBinCommand({ VolumeIds: [root] }))
    const [{ RecycleBinEnterTime, RecycleBinExitTime, ...binned } = {}] = Volumes
    expect(binned).toMatchObject({ VolumeId: root, Size: 8, AvailabilityZone: 'eu-west-1a' })
    expect(Number(RecycleBinExitTime) - Number(RecycleBinEnterTime)).toBe(2 * 86_400_000)
    expect(Object.keys(binned)).not.toContain('Tags')
    const { Return } = await ec2.send(new RestoreVolumeFromRecycleBinCommand({ VolumeId: root }))
    expect([Return, await volume(root)]).toMatchObject([
      true,
      { State: 'available', Attachments: [], Tags: [{ Key: 'team', Value: 'web' }] },
    ])
    expect(effects.map((effect) => effect.do)).toEqual(expect.not.arrayContaining(['delete-volume']))
    const again = ec2.send(new RestoreVolumeFromRecycleBinCommand({ VolumeId: root }))
    expect(await refusalOf(again)).toMatch(/^InvalidVolume.NotFound/)
  })

  it('has rules by the words of its own service', async () => {
    const { ask } = await ruled()
    const { Identifier } = JSON.parse((await ask('POST', '/rules', rule)).text)
    expect(Identifier).toMatch(/^[0-9a-zA-Z]{11}$/)
    const listed = await ask('POST', '/list-rules', { ResourceType: 'EBS_VOLUME' })
    expect(JSON.parse(listed.text)).toMatchObject({ Rules: [{ Identifier }] })
    expect(await ask('GET', `/rules/${Identifier}`)).toMatchObject({ status: 200 })
    expect(await ask('DELETE', `/rules/${Identifier}`)).toEqual({ status: 204, type: null, text: '' })
    expect(await ask('GET', `/rules/${Identifier}`)).toMatchObject({
      ...{ status: 404, type: 'ResourceNotFoundException' },
    })
    expect(await ask('POST', '/rules', {})).toMatchObject({ status: 400, type: 'ValidationException' })
    expect(await ask('PATCH', `/rules/${Identifier}/lock`, {})).toMatchObject({ status: 400 })
  })
})
