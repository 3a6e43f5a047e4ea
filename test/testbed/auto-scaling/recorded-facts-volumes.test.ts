/** What the model of EBS rests on, as recorded-facts.test.ts has it for Auto Scaling. «Harsher» is where AWS would let more pass. */
import { expect, it } from '@jest/globals'
import { hour, minute, second } from '../simulator/fleet.ts'
import type { Fact } from './fact.ts'
import { Storage } from './storage.ts'

const F = '/dev/sdf'
const world = (timings: ConstructorParameters<typeof Storage>[0] = {}) => new Storage(timings)
const code = (refused: string) => refused.split(':')[0]
const flag = (storage: Storage, InstanceId: string, DeleteOnTermination?: boolean) =>
  storage.ask('ModifyInstanceAttribute', {
    ...{ InstanceId, BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination } }] },
  })
const attach = (storage: Storage, VolumeId: string, Device = F) =>
  storage.refused('AttachVolume', { VolumeId, InstanceId: storage.helper, Device })
/** A world in which the bin keeps every volume. */
const keeping = (RetentionPeriodValue = 1) => {
  const storage = world()
  const RetentionPeriod = { RetentionPeriodValue, RetentionPeriodUnit: 'DAYS' }
  storage.ask('CreateRule', { ResourceType: 'EBS_VOLUME', RetentionPeriod })
  return storage.pass(hour)
}
const binned = (storage: Storage): number => storage.ask('ListVolumesInRecycleBin').Volumes.length
const modified = () => {
  const storage = world()
  const VolumeId = storage.available()
  storage.ask('ModifyVolume', { VolumeId, Size: 2 })
  return [storage, VolumeId] as const
}

const facts: readonly Fact[] = [
  // — what becomes of volumes
  [
    'D',
    'a root volume is deleted with its machine, and one that was attached later stays',
    () => {
      const storage = world()
      const data = storage.attached()
      const root = storage.root(storage.helper)
      storage.end(storage.helper).pass(minute)
      return [storage.volume(root), storage.states(data)[0]]
    },
    [undefined, 'available'],
  ],
  [
    'D',
    'DeleteOnTermination of a running machine’s root can be changed, and is true where nothing is said',
    () => {
      const storage = world()
      const [kept, gone] = [storage.root(storage.lost), storage.root(storage.helper)]
      flag(storage, storage.lost, false)
      flag(storage, storage.helper)
      storage.end(storage.lost).end(storage.helper).pass(minute)
      return [storage.states(kept)[0], storage.volume(gone)]
    },
    ['available', undefined],
  ],
  [
    'D',
    'a group’s tags do not reach the volumes of its instances',
    () =>
      world()
        .volumes()
        .flatMap(({ Tags }) => Tags ?? []),
    [],
  ],
  [
    'UNCONFIRMED',
    'a machine that is terminated is described without block devices',
    () => {
      const storage = world()
      storage.end(storage.lost)
      const { Reservations } = storage.ask('DescribeInstances', { InstanceIds: [storage.lost] })
      return Reservations[0].Instances[0].BlockDeviceMappings
    },
    [],
  ],
  [
    'UNCONFIRMED',
    'a root volume that replaces another has no tags',
    () => {
      const storage = world()
      storage.ask('CreateTags', { Resources: [storage.root(storage.lost)], Tags: [{ Key: 'team' }] })
      storage.fleet.model.depart(storage.fleet.now, storage.lost, 'replace-root-volume')
      return storage.pass(minute).volume(storage.root(storage.lost))?.Tags
    },
    undefined,
  ],
  [
    'D',
    'a root volume that replaces another goes with the machine, or stays, as that did',
    () => {
      const storage = world()
      flag(storage, storage.lost, false)
      const before = storage.root(storage.lost)
      storage.fleet.model.depart(storage.fleet.now, storage.lost, 'replace-root-volume')
      const { Attachments } = storage.pass(minute).volume(storage.root(storage.lost)) ?? {}
      const [its] = Attachments as { DeleteOnTermination: boolean }[]
      return [storage.root(storage.lost) === before, its?.DeleteOnTermination]
    },
    [false, false],
  ],
  [
    'I',
    'a volume and a snapshot that were just made are not known for a moment: EC2 is eventually consistent',
    () => {
      const storage = world()
      const { VolumeId } = storage.ask('CreateVolume', { AvailabilityZone: 'eu-west-1a', Size: 1 })
      const { SnapshotId } = storage.ask('CreateSnapshot', { VolumeId: storage.root(storage.lost) })
      return [
        code(storage.refused('DescribeVolumes', { VolumeIds: [VolumeId] })),
        code(storage.refused('DescribeSnapshots', { SnapshotIds: [SnapshotId] })),
      ]
    },
    ['InvalidVolume.NotFound', 'InvalidSnapshot.NotFound'],
  ],
  [
    'UNCONFIRMED',
    'a volume that is being deleted is described, and for everything else it is not there',
    () => {
      const storage = world()
      const VolumeId = storage.available()
      storage.ask('DeleteVolume', { VolumeId })
      return [storage.states(VolumeId)[0], code(storage.refused('DeleteVolume', { VolumeId }))]
    },
    ['deleting', 'InvalidVolume.NotFound'],
  ],

  // — snapshots
  [
    'D',
    'a snapshot has no client token: asked twice, there are two',
    () => {
      const storage = world()
      const VolumeId = storage.root(storage.lost)
      const ask = () => storage.pass(minute).ask('CreateSnapshot', { VolumeId }).SnapshotId
      return new Set([ask(), ask()]).size
    },
    2,
  ],
  [
    'R',
    'a pending snapshot makes no volume: IncorrectState',
    () => {
      const storage = world()
      const { SnapshotId } = storage.ask('CreateSnapshot', { VolumeId: storage.root(storage.lost) })
      storage.pass(minute)
      return storage.refused('CreateVolume', { SnapshotId, AvailabilityZone: 'eu-west-1a' })
    },
    'IncorrectState: Snapshot is in invalid state - pending',
  ],
  [
    'D',
    'between two snapshots of a volume are 15 seconds',
    () => {
      const storage = world()
      const VolumeId = storage.root(storage.lost)
      const take = (after = 0) => code(storage.pass(after).refused('CreateSnapshot', { VolumeId }))
      return [take(), take(14 * second), take(second)]
    },
    ['no error', 'SnapshotCreationPerVolumeRateExceeded', 'no error'],
  ],
  [
    'D',
    'of a volume five snapshots are pending at most, and a deleted one is completed before it is gone',
    () => {
      const storage = world({ snapshotPauseMs: 0 })
      const take = () => storage.refused('CreateSnapshot', { VolumeId: storage.root(storage.lost) })
      for (let taken = 0; taken < 5; taken++) take()
      const [first] = storage.pass(minute).ask('DescribeSnapshots').Snapshots
      storage.ask('DeleteSnapshot', { SnapshotId: first.SnapshotId })
      return [code(take()), storage.pass(minute).ask('DescribeSnapshots').Snapshots.length]
    },
    ['ConcurrentSnapshotLimitExceeded', 4],
  ],
  [
    'I',
    'a snapshot that was deleted is still shown for a moment, as completed',
    () => {
      const storage = world()
      storage.ask('DeleteSnapshot', { SnapshotId: storage.snapshot() })
      return storage.ask('DescribeSnapshots').Snapshots[0].State
    },
    'completed',
  ],

  // — attaching and detaching
  [
    'R',
    'a volume in another zone is refused: InvalidVolume.ZoneMismatch',
    () => {
      const storage = world()
      const more = { InstanceId: storage.elsewhere, Device: F }
      return code(storage.refused('AttachVolume', { VolumeId: storage.available(), ...more }))
    },
    'InvalidVolume.ZoneMismatch',
  ],
  [
    'R',
    'a device name that is taken is refused: InvalidParameterValue',
    () => {
      const storage = world()
      storage.attached()
      return attach(storage, storage.available())
    },
    `InvalidParameterValue: Invalid value '${F}' for unixDevice. Attachment point ${F} is already in use`,
  ],
  [
    'UNCONFIRMED',
    'a device name is taken by another way to write it, too',
    () => {
      const storage = world()
      storage.attached()
      return code(attach(storage, storage.available(), '/dev/xvdf'))
    },
    'InvalidParameterValue',
  ],
  [
    'UNCONFIRMED',
    'the machine has the device once the volume is attached, and no longer when its detaching begins',
    () => {
      const storage = world()
      const VolumeId = storage.available()
      const last = () => storage.pass(0).effects().at(-1)?.do
      attach(storage, VolumeId)
      const before = last()
      storage.pass(minute)
      const after = last()
      storage.ask('DetachVolume', { VolumeId })
      return [before, after, last()]
    },
    ['make-volume', 'attach-volume', 'detach-volume'],
  ],
  [
    'UNCONFIRMED',
    'harsher: a volume on its way to a machine, or off it, is not detached',
    () => {
      const storage = world()
      const VolumeId = storage.available()
      const detach = (after = 0) => code(storage.pass(after).refused('DetachVolume', { VolumeId }))
      attach(storage, VolumeId)
      return [detach(), detach(minute), detach()]
    },
    ['IncorrectState', 'no error', 'IncorrectState'],
  ],
  [
    'R',
    'the root volume of a running machine is not detached: IncorrectState',
    () => {
      const storage = world()
      return code(storage.refused('DetachVolume', { VolumeId: storage.root(storage.lost) }))
    },
    'IncorrectState',
  ],
  [
    'I',
    'harsher: nor is that of a stopped machine',
    () => {
      const storage = world()
      storage.ask('StopInstances', { InstanceIds: [storage.lost] })
      storage.pass(minute)
      return code(storage.refused('DetachVolume', { VolumeId: storage.root(storage.lost) }))
    },
    'IncorrectState',
  ],
  [
    'UNCONFIRMED',
    'block devices of a machine that shuts down cannot be changed',
    () => {
      const storage = world()
      storage.ask('TerminateInstances', { InstanceIds: [storage.lost] })
      const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }]
      const input = { InstanceId: storage.lost, BlockDeviceMappings }
      return code(storage.refused('ModifyInstanceAttribute', input))
    },
    'IncorrectInstanceState',
  ],

  // — growing
  [
    'R',
    'harsher: a volume is changed again after six hours; since 2026 AWS allows four changes a day',
    () => {
      const [storage, VolumeId] = modified()
      const again = (after = 0) => code(storage.pass(after).refused('ModifyVolume', { VolumeId, Size: 3 }))
      return [again(), again(hour), again(5 * hour)]
    },
    ['IncorrectModificationState', 'VolumeModificationRateExceeded', 'no error'],
  ],
  [
    'R',
    'a volume that is modifying is not attached: OperationNotPermitted',
    () => {
      const [storage, VolumeId] = modified()
      return code(attach(storage, VolumeId))
    },
    'OperationNotPermitted',
  ],

  // — the Recycle Bin
  [
    'UNCONFIRMED',
    'the bin holds what is deleted on termination, and what is replaced',
    () => {
      const storage = keeping()
      storage.fleet.model.depart(storage.fleet.now, storage.helper, 'replace-root-volume')
      return binned(storage.end(storage.lost))
    },
    2,
  ],
  [
    'D',
    'what is in the bin cannot be used, and its tags can be changed',
    () => {
      const storage = keeping()
      const VolumeId = storage.root(storage.lost)
      storage.end(storage.lost)
      return [
        code(storage.refused('CreateSnapshot', { VolumeId })),
        code(storage.refused('CreateTags', { Resources: [VolumeId], Tags: [{ Key: 'was-of' }] })),
      ]
    },
    ['InvalidVolume.NotFound', 'no error'],
  ],
  [
    'D',
    'what is restored is available at once, with its tags',
    () => {
      const storage = keeping()
      const VolumeId = storage.root(storage.lost)
      storage.ask('CreateTags', { Resources: [VolumeId], Tags: [{ Key: 'team', Value: 'web' }] })
      storage.end(storage.lost).ask('RestoreVolumeFromRecycleBin', { VolumeId })
      return [storage.states(VolumeId)[0], storage.volume(VolumeId)?.Tags]
    },
    ['available', [{ Key: 'team', Value: 'web' }]],
  ],
  [
    'D',
    'volumes are kept for one to seven days, and then gone for good',
    () => {
      const storage = keeping(7).pass(hour)
      storage.end(storage.lost)
      return [binned(storage.pass(7 * 24 * hour - second)), binned(storage.pass(second))]
    },
    [1, 0],
  ],
  [
    'D',
    'harsher: every rule takes half an hour to become active; AWS says so of the first',
    () => {
      const storage = world()
      const RetentionPeriod = { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' }
      storage.ask('CreateRule', { ResourceType: 'EBS_VOLUME', RetentionPeriod })
      return [binned(storage.end(storage.lost)), binned(storage.pass(hour).end(storage.helper))]
    },
    [0, 1],
  ],
  [
    'UNCONFIRMED',
    'what is not in the bin is neither listed by its id nor restored: InvalidVolume.NotFound',
    () => {
      const storage = world()
      const VolumeId = storage.root(storage.lost)
      return [
        code(storage.refused('ListVolumesInRecycleBin', { VolumeIds: [VolumeId] })),
        code(storage.refused('RestoreVolumeFromRecycleBin', { VolumeId })),
      ]
    },
    ['InvalidVolume.NotFound', 'InvalidVolume.NotFound'],
  ],
]

it.each(facts)('%s: %s', (_certainty, _fact, replay, answer) => {
  expect(replay()).toEqual(answer)
})
