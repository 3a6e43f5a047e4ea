import type { Mutant } from './mutant.ts'

const tests = ['test/recovery/clone.test.ts']
const clearing = { file: 'src/recovery/clear-away.ts', tests }
const mark = { file: 'src/recovery/copy-mark.ts', tests }
const copies = { file: 'src/recovery/copies.ts', tests: ['test/recovery/listings.test.ts'] }

/** Which copies are ours, and when they are thrown away. */
export const copyMarkMutants: readonly Mutant[] = [
  {
    ...clearing,
    name: 'delete a volume that is not made yet',
    from: 'if (attachment || !/^(available|error)$/.test(state)) return',
    to: 'if (attachment) return',
  },
  {
    ...clearing,
    name: 'take a volume off that is not on yet',
    from: '!isSalvaging && mayBeTakenOff(attachment, clock.now())',
    to: '!isSalvaging',
  },
  {
    ...clearing,
    name: 'throw a copy away since one answer is empty',
    from: 'if (!where) return !waiting.has(instanceId)',
    to: 'if (!where) return true',
  },
  {
    ...clearing,
    name: 'keep a copy as long as another hook holds its machine',
    from: 'return !(await isHeldItself(aws, action))',
    to: 'return action.startedAt === 0',
  },
  {
    ...copies,
    name: 'take a backup of a copy for one of ours',
    from: 'snapshotId === undefined && one.VolumeId === diskId',
    to: 'snapshotId === undefined && one.VolumeId !== snapshotId',
  },
  {
    ...copies,
    name: 'take what was restored of a copy’s backup for one of ours',
    from: 'snapshotId !== undefined && one.SnapshotId === snapshotId',
    to: 'snapshotId !== undefined && one.SnapshotId !== undefined',
  },
  {
    ...clearing,
    name: 'delete the copy of an action that goes on',
    from: 'if (current !== actionBegan) return true',
    to: 'return true',
  },
  {
    ...clearing,
    name: 'never delete what an action needed',
    from: "if (!lifecycleState.endsWith(':Wait')) return true",
    to: "if (!lifecycleState.endsWith(':Wait')) return false",
  },
  {
    ...clearing,
    name: 'take a disk off while it is salvaged, since its action is over',
    from: 'if (attachment && !isSalvaging && mayBe',
    to: 'if (attachment && mayBe',
  },
  {
    ...clearing,
    name: 'keep what is at no machine where SSM does not answer',
    from: 'isAttached && (await',
    to: '(await',
  },
  {
    ...clearing,
    name: 'keep a snapshot since its volume is not given up',
    from: '      await aws.deleteVolume({ VolumeId: volumeId })\n',
    to: '      await aws.deleteVolume({ VolumeId: volumeId }).catch(() => snapshots.splice(0))\n',
  },
  {
    ...clearing,
    name: 'ask once to take it off',
    from: 'mayBeTakenOff(attachment, clock.now())',
    to: 'attachment.isComplete',
  },
  {
    ...clearing,
    name: 'not tell what was deleted',
    from: 'deleted.push(volumeId)',
    to: '',
  },
  {
    ...mark,
    name: 'take whatever has the tag',
    from: '^(?<instanceId>i-[0-9a-f]{8,32}) ',
    to: '^(?<instanceId>[^ ]+) ',
  },
]
