import type { Mutant } from './mutant.ts'

const tests = ['test/recovery/listings.test.ts']
const agents = { file: 'src/recovery/agents.ts', tests }
const siblings = { file: 'src/recovery/siblings.ts', tests }
const copies = { file: 'src/recovery/copies.ts', tests }

/** What the recovery finds in AWS's listings. */
export const listingMutants: readonly Mutant[] = [
  { ...agents, name: 'ask for one page of agents', from: 'while (next)', to: 'while (false)' },
  {
    ...agents,
    name: 'take an agent that lost its connection for one that answers',
    from: "PingStatus === 'Online'",
    to: "PingStatus !== 'Inactive'",
  },
  {
    ...agents,
    name: 'ask for more agents at once than a filter takes',
    from: 'from += AT_ONCE',
    to: 'from += 10 * AT_ONCE',
  },
  {
    ...siblings,
    name: 'let an unhealthy machine salvage',
    from: " && /^healthy$/i.test(one.HealthStatus ?? '')",
    to: '',
  },
  {
    ...siblings,
    name: 'let a machine salvage that is not in service',
    from: "one.LifecycleState === 'InService'",
    to: "one.LifecycleState !== 'Terminating:Wait'",
  },
  {
    ...siblings,
    name: 'ask the same machine first each time',
    from: 'return shuffled(online, random)',
    to: 'return [...online, ...shuffled([], random)]',
  },
  {
    file: 'src/aws/every-page.ts',
    tests,
    name: 'read the first page of EC2’s listings',
    from: '} while (next)',
    to: "} while (next === '')",
  },
  {
    ...copies,
    name: 'take a volume that is off its machine for one that is on it',
    from: "(one) => one.State !== 'detached'",
    to: '() => true',
  },
  {
    ...copies,
    name: 'use a younger copy before an older one',
    from: 'snapshots.sort((a, b) => a.startedAt - b.startedAt)',
    to: 'snapshots.sort((a, b) => b.startedAt - a.startedAt)',
  },
  {
    file: 'src/recovery/clone.ts',
    tests: ['test/recovery/clone.test.ts'],
    name: 'take a place for free since it has another name',
    from: '!taken.has(placeOf(device))',
    to: '!taken.has(device)',
  },
  {
    file: 'src/recovery/recover.ts',
    tests: ['test/recovery/clone.test.ts'],
    name: 'forget between two sweeps which machine has a copy',
    from: 'new Set(copies.flatMap(attachedTo))',
    to: 'new Set(copies.slice(99).flatMap(attachedTo))',
  },
  {
    file: 'src/recovery/recover.ts',
    tests: ['test/recovery/gone.test.ts'],
    name: 'take two steps in one sweep with the copy of a machine that is gone',
    from: '!needed?.has(instanceId)',
    to: "!needed?.has('')",
  },
  {
    file: 'src/recovery/recover-gone.ts',
    tests: ['test/recovery/gone.test.ts'],
    name: 'take any copy of the machine for one of its last disk',
    from: 'copy.diskId === volumeId &&',
    to: "volumeId !== '' &&",
  },
  {
    file: 'src/recovery/restore-lost.ts',
    tests: ['test/recovery/gone.test.ts'],
    name: 'take more disks out of the bin at once than may be',
    from: 'if (!binned.has(disk.volumeId) || budget.left <= 0)',
    to: 'if (!binned.has(disk.volumeId))',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: ['test/recovery/clone.test.ts'],
    name: 'throw a copy away where no activity tells',
    from: 'if (current === undefined) return false',
    to: 'if (current === undefined) return true',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: ['test/recovery/clone.test.ts'],
    name: 'hold an action that nothing dates by asking who holds it',
    from: `  if (current === undefined) return false
  if (current !== actionBegan) return true`,
    to: '  if (current !== undefined && current !== actionBegan) return true',
  },
]
