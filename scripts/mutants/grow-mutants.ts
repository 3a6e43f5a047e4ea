// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const clone = ['test/recovery/clone.test.ts']
const told = ['test/recovery/full-disk.test.ts']

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
  {
    file: 'src/recovery/recover-held.ts',
    tests: clone,
    name: 'forget that a reboot was refused, where the disk is not full',
    from: 'decide({ isRebootRefused: true, isGrowthSpent: true })',
    to: 'decide({ isGrowthSpent: true })',
  },
  {
    file: 'src/recovery/recover-held.ts',
    tests: clone,
    name: 'tell of trouble with a disk that grows',
    from: `if (step.do === 'pass' || step.do === 'wait') return`,
    to: `if (step.do === 'pass') return
    if (step.do === 'wait') throw new Error(step.reason)`,
  },
  {
    file: 'src/recovery/recover-held.ts',
    tests: clone,
    name: 'copy a disk whose machine may be booting',
    from: 'return isPassing(error)',
    to: 'return false',
  },
  {
    file: 'src/recovery/once-mark.ts',
    tests: clone,
    name: 'grow a disk again and again by a tag that cannot be read',
    from: 'Date.parse(value) || Number.POSITIVE_INFINITY',
    to: 'Date.parse(value) || undefined',
  },
  {
    file: 'src/recovery/grow.ts',
    tests: clone,
    name: 'wait for ever for a growth of which EC2 does not tell',
    from: `asked.is === 'answered' ? asked.answer.VolumesModifications : undefined`,
    to: `asked.is === 'answered' ? asked.answer.VolumesModifications : ((() => { throw new Error(asked.why) })())`,
  },
  {
    file: 'src/recovery/grow.ts',
    tests: clone,
    name: 'take a refusal for what stands on the console',
    from: `console.is === 'answered' ? complaintOfFullDisk(console.answer) : undefined`,
    to: `console.is === 'answered' ? complaintOfFullDisk(console.answer) : console.why`,
  },
  {
    file: 'src/recovery/full-disk.ts',
    tests: told,
    name: 'take a file system in memory for the disk',
    from: 'epoll|tmpfs|',
    to: 'epoll|',
  },
  {
    file: 'src/recovery/full-disk.ts',
    tests: told,
    name: 'take a limit of the kernel for a full disk',
    from: 'sys|proc|run|boot',
    to: 'sys|run|boot',
  },
  {
    file: 'src/recovery/full-disk.ts',
    tests: told,
    name: 'take control groups that ran out for a full disk',
    from: 'c(ontrol )?group|',
    to: '',
  },
  {
    file: 'src/recovery/full-disk.ts',
    tests: told,
    name: 'tell half a character',
    from: '.toWellFormed()',
    to: '',
  },
]
