import type { Mutant } from './mutant.ts'

const clone = ['test/recovery/clone.test.ts']
const gone = ['test/recovery/gone.test.ts']
const recover = ['test/recovery/recover.test.ts']
const orphans = { file: 'src/recovery/recover-gone.ts', tests: gone }
const bin = { file: 'src/recovery/restore-lost.ts', tests: gone }

/** Whose turn it is where a sweep has time, or room, for some. */
export const roomMutants: readonly Mutant[] = [
  {
    file: 'src/recovery/found.ts',
    tests: clone,
    name: 'recover the same machines first each time',
    from: 'const inTurn = shuffled(standing, guard.random)',
    to: 'const inTurn = shuffled(standing, () => 0.5)',
  },
  {
    ...orphans,
    name: 'salvage the same disks first each time',
    from: 'shuffled(orphans, guard.random)',
    to: 'orphans',
  },
  {
    ...bin,
    name: 'take the same disks out of the bin first each time',
    from: 'shuffled(gone, guard.random)',
    to: 'gone',
  },
  {
    file: 'src/recovery/mark-disks.ts',
    tests: gone,
    name: 'mark the same disks first each time',
    from: 'shuffled(unmarked, random)',
    to: 'shuffled(unmarked, () => random() * 0)',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: clone,
    name: 'throw the same copies away first each time',
    from: 'shuffled(copies, guard.random)',
    to: 'shuffled(copies, () => 0.5)',
  },
  {
    file: 'src/recovery/recover-held.ts',
    tests: clone,
    name: 'tell of trouble with each held machine for which a group has no time left',
    from: '    if (!isTimeLeft(guard)) return\n',
    to: '',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: clone,
    name: 'tell of trouble with each kept machine for which a group has no time left',
    from: 'budget.left <= 0 || !isTimeLeft(limited)',
    to: 'budget.left <= 0',
  },
  {
    file: 'src/recovery/found.ts',
    tests: recover,
    name: 'begin with a group for which the function has no time left',
    from: 'Math.min(remainingMs?.() ?? limitedMs, limitedMs)',
    to: 'limitedMs',
  },
  {
    ...bin,
    name: 'keep a place for a disk that EC2 does not take out of the bin',
    from: '  budget.left += refused\n',
    to: '',
  },
  {
    ...orphans,
    name: 'keep a place for a disk of which EC2 makes no snapshot',
    from: '  budget.left += refused\n',
    to: '',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'ask others after the question whether a machine would be kept again',
    from: `  const notKeptAgain = await whyNotKept(aws, groupName, policy)
`,
    to: `  const notKeptAgain = await whyNotKept(aws, groupName, policy)
  await siblingsOf({ aws, random }, groupName)
`,
  },
]
