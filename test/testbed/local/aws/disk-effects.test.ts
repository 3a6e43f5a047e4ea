/** What EC2 makes happen to volumes reaches the machines, each time with what it is about. */
import { expect, it } from '@jest/globals'
import { createCompute } from '../../../../testbed/local/aws/compute.ts'
import type { Machines } from '../../../../testbed/local/aws/ec2-machines.ts'
import { localTimings } from '../../../../testbed/local/aws/local-options.ts'
import type { Operation } from '../../../../testbed/local/wire/operation.ts'

it('snapshots, copies and volumes are handed on, in order', async () => {
  let time = Date.UTC(2026, 0, 2, 3)
  const calls: unknown[][] = []
  const machines = new Proxy({} as Machines, {
    get:
      (_, name) =>
      async (...args: unknown[]) =>
        void calls.push([name, ...args]),
  })
  const compute = createCompute(
    {
      ...{ region: 'eu-west-1', accountId: '000000000000', now: () => time, timings: localTimings, machines },
      ...{ canNotify: async () => true, notify: async () => {}, publish: () => {}, onEffect: () => {} },
      failed: (error) => calls.push(['failed', error]),
    },
    () => {},
  )
  const pass = async (seconds: number) => {
    time += seconds * 1000
    compute.settle()
    await compute.idle()
  }
  const ask = (table: Readonly<Record<string, Operation>>, name: string, input: object) =>
    table[name]?.(input as never) as Record<string, string>
  ask(compute.autoscaling, 'SetDesiredCapacity', await group(compute.autoscaling))
  await pass(0)
  const [instance] = compute.model.instances()
  const [root, machine] = [instance?.volumes[0]?.id ?? '', instance?.id ?? '']
  const { snapshotId = '' } = ask(compute.ec2, 'CreateSnapshot', { VolumeId: root })
  await pass(3)
  const { volumeId = '' } = ask(compute.ec2, 'CreateVolume', {
    ...{ SnapshotId: snapshotId, AvailabilityZone: 'eu-west-1a' },
  })
  await pass(1)
  const place = { VolumeId: volumeId, InstanceId: machine, Device: '/dev/sdf' }
  ask(compute.ec2, 'AttachVolume', place)
  await pass(1)
  ask(compute.ec2, 'DetachVolume', place)
  await pass(1)
  ask(compute.ec2, 'DeleteVolume', { VolumeId: volumeId })
  ask(compute.ec2, 'DeleteSnapshot', { SnapshotId: snapshotId })
  const BlockDeviceMapping = [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }]
  ask(compute.ec2, 'ModifyInstanceAttribute', { InstanceId: machine, BlockDeviceMapping })
  ask(compute.ec2, 'TerminateInstances', { InstanceId: [machine] })
  await pass(1)
  expect(calls.filter(([name]) => name !== 'idle')).toEqual([
    ['start', expect.objectContaining({ instanceId: machine })],
    ['snapshot', snapshotId, root, machine],
    ['makeVolume', volumeId, snapshotId],
    ['attachVolume', volumeId, machine, '/dev/sdf'],
    ['detachVolume', volumeId, machine, '/dev/sdf'],
    ['deleteVolume', volumeId],
    ['deleteSnapshot', snapshotId],
    ['shutDown', machine],
    ['keepVolume', root, machine],
    ['destroy', machine],
  ])
})

/** A group without instances, and how to give it one. */
async function group(autoscaling: Readonly<Record<string, Operation>>): Promise<object> {
  const AutoScalingGroupName = 'web'
  await autoscaling.CreateAutoScalingGroup?.({
    ...{ AutoScalingGroupName, MinSize: 0, MaxSize: 1, AvailabilityZones: ['eu-west-1a'] },
    ...{ LaunchTemplate: { LaunchTemplateName: 'web' } },
  } as never)
  return { AutoScalingGroupName, DesiredCapacity: 1 }
}
