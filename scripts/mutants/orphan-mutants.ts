// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const gone = ['test/recovery/gone.test.ts']
const listings = ['test/recovery/listings.test.ts']

/** What is believed of the disks of machines that are gone, and of their copies. */
export const orphanMutants: readonly Mutant[] = [
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'think that unhealthy machines are replaced where a person suspended that',
    from: "'ReplaceUnhealthy', ",
    to: '',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'wait for ever to be noticed where nothing notices',
    from: '!group?.SuspendedProcesses?.some(',
    to: '![{}].some(',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'copy a disk before Auto Scaling notices that its machine is gone',
    from: `if (orphan.fate !== RESTORED && (await isUnnoticed(aws, orphan))) return NEEDED
`,
    to: '',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'throw a copy away since S3 is busy',
    from: 'await ask(() => provenWhenGone(guard, groupName, copy), isLate)',
    to: 'await ask(() => provenWhenGone(guard, groupName, copy), true)',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'keep a copy for ever since SSM is busy for ever',
    from: 'await ask(() => provenWhenGone(guard, groupName, copy), isLate)',
    to: 'await ask(() => provenWhenGone(guard, groupName, copy))',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'keep a copy for ever since Auto Scaling is busy for ever',
    from: '{ by: now, now }), isLate)',
    to: '{ by: now, now }))',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'date a copy by itself, and not by the termination whose pass counts it',
    from: 'const actionBegan = lastBegan ?? now',
    to: 'const actionBegan = now',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'believe a copy that is older than what its machine wrote',
    from: `    copy.ofGone &&
`,
    to: '',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: gone,
    name: 'let a copy that proves nothing stand in the way of one that does',
    from: 'copy.ofGone && needed.has',
    to: 'needed.has',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'give a copy less than an hour',
    from: 'Math.max(policy.patienceSeconds, FORGOTTEN_SECONDS)',
    to: 'policy.patienceSeconds',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'throw a copy away under its salvage, since nobody else could',
    from: 'if (isRunning || (await',
    to: 'if ((await',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'leave a disk without a word',
    from: 'if (left !== undefined) throw new Error(`${left}: ${orphan.volumeId} is left`)',
    to: 'void left',
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: gone,
    name: 'delete a proven disk whose machine is there',
    from: `  if (machine !== 'gone') return { isNeeded: machine === 'unknown' }
  if (orphan.fate === LET_GO) return await letGo(guard, orphan)`,
    to: `  if (orphan.fate === LET_GO) return await letGo(guard, orphan)
  if (machine !== 'gone') return { isNeeded: machine === 'unknown' }`,
  },
  {
    file: 'src/recovery/proven-when-gone.ts',
    tests: gone,
    name: 'want of a disk what was flushed in another action',
    from: '.filter((one) => belongs(one, action))',
    to: '',
  },
  {
    file: 'src/recovery/proven-when-gone.ts',
    tests: gone,
    name: 'let an older flush stand before a salvage',
    from: 'newestFirst([...all, ...salvages].filter((one) => belongs(one, action)))',
    to: '[...all, ...salvages].filter((one) => belongs(one, action))',
  },
  {
    file: 'src/recovery/proven-when-gone.ts',
    tests: gone,
    name: 'keep the disk of a machine without logs',
    from: ` && decision.outcome !== 'empty'`,
    to: '',
  },
  {
    file: 'src/recovery/restore-lost.ts',
    tests: gone,
    name: 'ask for what is in the bin though nobody is gone',
    from: 'gone.length > 0 ? await inRecycleBin(aws) : new Set<string>()',
    to: 'await inRecycleBin(aws)',
  },
  {
    file: 'src/recovery/marked-disks.ts',
    tests: listings,
    name: 'mark the disks of every second batch of groups',
    from: 'from += AT_ONCE',
    to: 'from += 2 * AT_ONCE',
  },
  {
    file: 'src/recovery/marked-disks.ts',
    tests: gone,
    name: 'forget a proven disk that could not be deleted',
    from: '[KEEP, STAYS, RESTORED, LET_GO]',
    to: '[KEEP, STAYS, RESTORED]',
  },
  {
    file: 'src/recovery/mark-disks.ts',
    tests: gone,
    name: 'tell of trouble with each disk that there is no time to mark',
    from: `if (!isTimeLeft(guard, remainingMs)) return
`,
    to: '',
  },
  {
    file: 'src/recovery/mark-disks.ts',
    tests: gone,
    name: 'not tell on the machine which disk is its own',
    from: 'Resources: [instanceId, volumeId]',
    to: 'Resources: [volumeId]',
  },
  {
    file: 'src/recovery/marked-disks.ts',
    tests: gone,
    name: 'take out of the bin what was let go',
    from: '{ Name: `tag:${binKey(hookName)}`, Values: [KEEP] }',
    to: `{ Name: 'tag-key', Values: [binKey(hookName)] }`,
  },
]
