import type { Mutant } from './mutant.ts'

const replaced = {
  file: 'src/termination/replaced-disk.ts',
  tests: ['test/termination/one-action.test.ts'],
}

export const replacedDiskMutants: readonly Mutant[] = [
  {
    ...replaced,
    name: 'call a machine kept whose disk of then is gone',
    from: 'attachedAt <= began)',
    to: 'attachedAt > began)',
  },
  {
    ...replaced,
    name: 'take what a flush found on a new disk for what was on the old one',
    from: 'boot.latest <= began',
    to: 'boot.latest > began',
  },
  {
    ...replaced,
    name: 'take a refusal of EC2 for the disk of then',
    from: "if (asked.is === 'refused') return { rootReplacedAt: 'untold' }",
    to: "if (asked.is === 'refused') return {}",
  },
  {
    ...replaced,
    name: 'take what EC2 does not tell any more for the disk of then',
    from: "boot.earliest > boot.askedAt ? { rootReplacedAt: 'untold' } : {}",
    to: '{}',
  },
  {
    ...replaced,
    name: 'doubt each disk that EC2 does not tell of any more',
    from: 'boot.earliest > boot.askedAt ?',
    to: 'boot.earliest > 0 ?',
  },
  {
    ...replaced,
    name: 'believe the clock of a machine to the second',
    from: 'newest.endedAt + CLOCK_SKEW_MS',
    to: 'newest.endedAt',
  },
  {
    ...replaced,
    name: 'take a volume that the end of the action replaced for one that a flush found',
    from: 'return boot.earliest > began || attachedAt <= boot.latest ?',
    to: 'return attachedAt ?',
  },
  {
    ...replaced,
    name: 'date an action by its first flush, which a status event does, to the second',
    from: 'action.startedAt - 1000 * LONGEST_PASS_SECONDS - LATEST_ATTEMPT_MS',
    to: 'action.startedAt',
  },
  {
    ...replaced,
    name: 'forget that a flush is sent later than it was asked for',
    from: '1000 * LONGEST_PASS_SECONDS - LATEST_ATTEMPT_MS',
    to: '1000 * LONGEST_PASS_SECONDS',
  },
  {
    ...replaced,
    name: 'forget how long after it was found held a pass may ask for a flush',
    from: '1000 * LONGEST_PASS_SECONDS - LATEST_ATTEMPT_MS',
    to: 'LATEST_ATTEMPT_MS',
  },
  {
    ...replaced,
    name: 'take the disk that a machine was launched with for another one',
    from: 'attachedAt - launchedAt > LAUNCHED_WITH_MS',
    to: 'attachedAt > launchedAt',
  },
  {
    ...replaced,
    name: 'take a disk that came later for the one that a machine was launched with',
    from: 'attachedAt - launchedAt > LAUNCHED_WITH_MS ? attachedAt : 0',
    to: 'attachedAt < launchedAt ? attachedAt : 0',
  },
  {
    file: 'src/termination/root-volume.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'take any disk for the root volume',
    from: 'find(({ DeviceName }) => DeviceName === machine.RootDeviceName)',
    to: 'find(() => true)',
  },
  {
    ...replaced,
    tests: ['test/termination/salvaged.test.ts'],
    name: 'take a salvage for a report that tells when the machine booted',
    from: 'if (uptime === undefined || newest === undefined) return AT_ANY_TIME',
    to: 'if (newest === undefined) return AT_ANY_TIME',
  },
]
