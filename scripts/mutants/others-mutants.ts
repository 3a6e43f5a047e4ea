import type { Mutant } from './mutant.ts'

const enrol = { file: 'src/enrolment/enrol.ts', tests: ['test/enrolment/enrol.test.ts'] }
const enrolments = { file: 'src/enrolment/enrolments.ts', tests: ['test/enrolment/enrol.test.ts'] }
const grow = { file: 'src/recovery/grow.ts', tests: ['test/recovery/clone.test.ts'] }
const sweep = { file: 'src/sweep/sweep.ts', tests: ['test/sweep/sweep.test.ts'] }
const verdict = { file: 'src/archive/verdict.ts', tests: ['test/archive/archives.test.ts'] }

/** Answers that hold more than was asked for, or are asked for again. */
export const othersMutants: readonly Mutant[] = [
  {
    file: 'src/aws/group-of.ts',
    tests: ['test/recovery/listings.test.ts', 'test/archive/destination.test.ts'],
    name: 'take the first group of an answer for the one that was asked for',
    from: `answer.AutoScalingGroups?.find((group) => group.AutoScalingGroupName === groupName)`,
    to: `answer.AutoScalingGroups?.[0]`,
  },
  {
    file: 'src/recovery/described-volume.ts',
    tests: ['test/recovery/clone.test.ts', 'test/recovery/gone.test.ts'],
    name: 'take the first volume of an answer for the one that was asked for',
    from: `Volumes?.find((volume) => volume.VolumeId === volumeId)`,
    to: `Volumes?.[0]`,
  },
  {
    ...grow,
    name: 'take the change of another volume for its own',
    from: `changes?.find((one) => one.VolumeId === volumeId)`,
    to: `changes?.[0]`,
  },
  {
    ...enrolments,
    name: 'take the first group of an answer for the one from which is withdrawn',
    from: `.find((group) => group.name === name)`,
    to: `[0]`,
  },
  {
    ...enrolments,
    name: 'take the mark of a deployment with a longer name for ours',
    from: `key === markKey(hookName)`,
    to: `key.startsWith(markKey(hookName))`,
  },
  {
    ...enrol,
    name: 'tell of a launch only what is new',
    from: `event.enrolled.length + event.changed.length + event.refused.length > 0`,
    to: `event.enrolled.length > 0`,
  },
  {
    ...enrol,
    name: 'call guarded what was refused',
    from: `inState('enrolled', 'changed', 'unchanged')`,
    to: `inState('enrolled', 'changed', 'unchanged', 'refused')`,
  },
  {
    ...sweep,
    name: 'ask for each look of a sweep what its group’s hook is set to',
    from: `  const aws = sharingHooks(counted, shared)`,
    to: `  const aws = counted`,
  },
  {
    ...sweep,
    name: 'ask twice what a group’s hook is set to',
    from: `{ ...guard, aws: sharingHooks(guard.aws, shared) }`,
    to: `{ ...guard, aws: shared.size > 99 ? sharingHooks(guard.aws, shared) : guard.aws }`,
  },
  {
    ...sweep,
    name: 'tell of the oldest in the group that was looked at last',
    from: `Math.max(counts.oldestHeldSeconds, ...held.map(ageSeconds))`,
    to: `Math.max(...held.map(ageSeconds))`,
  },
  {
    ...verdict,
    name: 'tell the version that was asked of before the object was read',
    from: `if (digest?.is === 'read') return digest.versionId`,
    to: ``,
  },
  {
    ...verdict,
    name: 'take a question that fails in passing for an object of which nothing is known',
    from: `if (!budget.isLate()) throw error`,
    to: ``,
  },
  {
    file: 'src/archive/prefix.ts',
    tests: ['test/archive/prefix.test.ts'],
    name: 'fill the instance into the template once',
    from: `.replaceAll('{instance}', instanceId)`,
    to: `.replace('{instance}', instanceId)`,
  },
  {
    file: 'src/archive/prove.ts',
    tests: ['test/archive/prove.test.ts'],
    name: 'count a moved object whose key names another instance, too',
    from: `named.every((id) => id === instanceId)`,
    to: `named.length === 0 || named.some((id) => id === instanceId)`,
  },
  {
    file: 'src/shell-word.ts',
    tests: ['test/enrolment/enrol.test.ts'],
    name: 'end a word of shell at a quote',
    from: "replaceAll(\"'\", String.raw`'\\''`)",
    to: 'replaceAll("\'", "\'")',
  },
  {
    file: 'src/recovery/held.ts',
    tests: ['test/recovery/listings.test.ts'],
    name: 'tell the beginning of a console',
    from: `asked.answer.slice(-MAX_CONSOLE_CHARACTERS)`,
    to: `asked.answer.slice(0, MAX_CONSOLE_CHARACTERS)`,
  },
  {
    file: 'src/recovery/marked-disks.ts',
    tests: ['test/recovery/listings.test.ts'],
    name: 'take the mark of a disk that the machine had before for that of its disk',
    from: `if (mark?.volumeId !== volumeId || !isRight)`,
    to: `if (!isRight)`,
  },
]
