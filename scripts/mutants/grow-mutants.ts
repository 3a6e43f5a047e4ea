// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const step = { file: 'src/recovery/decide-grow.ts', tests: ['test/recovery/decide-grow.test.ts'] }
const words = { file: 'src/recovery/full-disk.ts', tests: ['test/recovery/full-disk.test.ts'] }
const ladder = { file: 'src/recovery/ladder.ts', tests: ['test/recovery/ladder.test.ts'] }
const tests = ['test/recovery/clone.test.ts']
const grow = { file: 'src/recovery/grow.ts', tests }
const silent = { file: 'src/recovery/recover-held.ts', tests }
const roles = { file: 'deploy/growing.ts', tests: ['test/deploy/growing.test.ts'] }
const statements = { file: 'deploy/statements.ts', tests: ['test/deploy/growing.test.ts'] }

/** The grow rung: whose disk is full, by how much it grows, and how often. */
export const growMutants: readonly Mutant[] = [
  {
    ...words,
    name: 'take watches that ran out for a full disk',
    from: '&& !MEANS_SOMETHING_ELSE.test(one)',
    to: '',
  },
  {
    ...words,
    name: 'believe what stood on the console before the machine was booted',
    from: 'boot < 0 ? lines : lines.slice(boot)',
    to: 'lines',
  },
  {
    ...words,
    name: 'take whatever failed with a number for a full disk',
    from: '.*\\berror 28\\b/i',
    to: '.*\\berror/i',
  },
  {
    ...step,
    name: 'grow without a complaint',
    from: "if (complaint === undefined) return pass('nothing tells that its disk is full')",
    to: '',
  },
  {
    ...step,
    name: 'grow again and again',
    from: 'if (grownAt < heldSince) {',
    to: 'if (grownAt < now) {',
  },
  {
    ...step,
    name: 'grow a large disk by a fifth, whatever that costs',
    from: 'Math.min(MOST_GIB, ',
    to: 'Math.max(0, ',
  },
  {
    ...step,
    name: 'reboot again and again after a disk grew',
    from: 'if (rebootedAt > grownAt) return',
    to: 'if (rebootedAt > now) return',
  },
  {
    ...step,
    name: 'reboot before the volume has its size',
    from: "change.state === 'optimizing' ||",
    to: "change.state === 'modifying' ||",
  },
  {
    ...step,
    name: 'wait for ever for a volume to grow',
    from: '|| now - change.startedAt >= 1000 * GROWING_SECONDS',
    to: '|| now < change.startedAt',
  },
  {
    ...step,
    name: 'take an older change of the volume for ours',
    from: '!change || change.startedAt < heldSince',
    to: '!change',
  },
  {
    ...step,
    name: 'reboot by a tag that cannot be read, in each sweep',
    from: "if (grownAt > now) return pass('a tag of ours cannot be read')",
    to: '',
  },
  {
    ...ladder,
    name: 'copy a full disk before it is looked at',
    from: 'if (grows && !wasFlushed && !isGrowthSpent)',
    to: 'if (grows && !clones && !wasFlushed && !isGrowthSpent)',
  },
  {
    ...ladder,
    name: 'grow and boot what was flushed, and let go what it writes then',
    from: 'if (grows && !wasFlushed &&',
    to: 'if (grows &&',
  },
  {
    ...grow,
    name: 'grow before it is written down',
    from: '  await aws.createTags({ Resources: [step.volumeId], Tags })\n  await aws.modifyVolume({ VolumeId: step.volumeId, Size: step.toGiB })',
    to: '  await aws.modifyVolume({ VolumeId: step.volumeId, Size: step.toGiB })\n  await aws.createTags({ Resources: [step.volumeId], Tags })',
  },
  {
    ...grow,
    name: 'look at the console alone, and not at what the last flush said',
    from: 'said === undefined ? undefined : complaintOfFullDisk(said)',
    to: 'said === undefined ? undefined : undefined',
  },
  {
    ...grow,
    name: 'never ask what became of a volume that was to grow',
    from: 'isMarked ? await newestChange(aws, volume.volumeId) : undefined',
    to: 'undefined',
  },
  {
    ...silent,
    name: 'stop at a disk that cannot grow',
    from: 'return isDone && isItsTurn',
    to: 'return isItsTurn',
  },
  {
    ...silent,
    name: 'stop at a disk that is not full',
    from: 'return isDone && isItsTurn',
    to: 'return isDone',
  },
  {
    ...silent,
    name: 'grow all disks at once',
    from: '    budget.left--\n    guard.journal',
    to: '    guard.journal',
  },
  {
    ...silent,
    name: 'grow without a word',
    from: "guard.journal({ event: 'recovery', rung: 'grow', instanceId, groupName, reason: step.reason })",
    to: '',
  },
  {
    ...roles,
    name: 'let the sweep make any volume larger',
    from: "Condition: { Null: { [`aws:ResourceTag/${key}`]: 'false' } },",
    to: '',
  },
  {
    ...statements,
    name: 'deny the mark of volumes where groups are chosen by tag',
    from: 'grows ? [volumes] : []',
    to: '[]',
  },
]
