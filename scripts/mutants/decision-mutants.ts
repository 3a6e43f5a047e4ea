// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const decide = {
  file: 'src/termination/decide.ts',
  tests: ['test/termination/decide.test.ts', 'test/termination/simulated-days.test.ts'],
}

const hold = {
  file: 'src/termination/hold.ts',
  tests: ['test/termination/hold.test.ts', 'test/termination/reconcile.test.ts'],
}

export const decisionMutants: readonly Mutant[] = [
  {
    ...decide,
    name: 'let go what somebody still writes to',
    from: ' || owed.writers.length > 0) return undefined',
    to: ') return undefined',
  },
  {
    ...decide,
    name: 'tell as lost what may be kept',
    from: "outcome: retains === undefined ? 'expired' : 'lost'",
    to: "outcome: 'lost'",
  },
  {
    ...decide,
    name: 'trust SSM’s Success',
    from: `if (proof.gaps.length > 0 || proof.files !== owed.files.length) return undefined`,
    to: `if (proof.files < 0) return undefined`,
  },
  {
    ...decide,
    name: 'CONTINUE although a log still grows',
    from: `if (owed.live.length > 0 || owed.unaccounted`,
    to: `if (owed.unaccounted`,
  },
  {
    ...decide,
    name: 'tell an end without proof as archived',
    from: `{ do: 'settle', outcome: 'expired', reason: \`the action ended without proof: `,
    to: `{ do: 'settle', outcome: 'archived', reason: \`the action ended without proof: `,
  },
  {
    ...decide,
    name: 'tell as proven what may be another disk’s',
    from: 'seen.rootReplacedAt === undefined ? found : undefined',
    to: 'found',
  },
  {
    ...decide,
    name: 'wait for a machine that is gone',
    from: `if (seen.machine === 'gone') {`,
    to: `if (seen.machine === 'gone' && seen.flushes.length > 99) {`,
  },
  {
    ...decide,
    name: 'say retained without looking whether the group retains',
    from: `if (retains) return { do: 'abandon'`,
    to: `if (seen.hook) return { do: 'abandon'`,
  },
  {
    ...decide,
    name: 'never lose patience',
    from: `return !isUntried && heldSeconds(seen) >= deadlineSeconds(seen, policy)`,
    to: `return !isUntried && heldSeconds(seen) < 0`,
  },
  {
    ...decide,
    name: 'give up after the first attempt',
    from: `if (seen.flushes.length >= policy.maxAttempts)
`,
    to: `if (seen.flushes.length >= 1)
`,
  },
  {
    ...decide,
    name: 'start a flush beside an older one that runs',
    from: `const running = seen.flushes.find(({ status }) => status === 'running') ?? seen.busyWith`,
    to: `const running = seen.flushes[0]?.status === 'running' ? seen.flushes[0] : seen.busyWith`,
  },
  {
    ...decide,
    name: 'flush again while a flush runs',
    from: `  if (running) {
    const seconds`,
    to: `  if (running && seen.flushes.length > 99) {
    const seconds`,
  },
  {
    ...decide,
    file: 'src/termination/deadline.ts',
    name: 'look again too late for the heartbeat',
    from: 'return Math.min(policy.lookAgainSeconds, heartbeat / 3)',
    to: 'return Math.max(policy.lookAgainSeconds, heartbeat * 1.2)',
  },
  {
    ...decide,
    name: 'leave every retry to the publisher that failed',
    from: `return { do: 'flush', upload: filesToUpload(seen), reason: whyUnproven(seen) }`,
    to: `return { do: 'flush', upload: filesToUpload(seen) && undefined, reason: whyUnproven(seen) }`,
  },
  {
    ...hold,
    name: 'read “not yet” as over',
    from: `if (lifecycleState.endsWith(':Wait') || UNDER_WAY.has(lifecycleState)) return 'pending'`,
    to: `if (lifecycleState.endsWith(':Wait') || UNDER_WAY.has(lifecycleState)) return 'over'`,
  },
  {
    ...hold,
    name: 'believe a notification of an instance in service',
    from: `if (heartbeat === 'held' && isHeldItself) return 'held'`,
    to: `if (heartbeat === 'held') return 'held'`,
  },
  {
    file: 'src/termination/attempts.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'spend all attempts at once',
    from: `const offset = soonest * factor ** (seen.flushes.length - 1)`,
    to: `const offset = soonest * seen.flushes.length`,
  },
  {
    file: 'src/termination/attempts.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'start two flushes where two passes come together',
    from: `      return untilAllIsListed(newest, dueAt)
    case 'sweep'`,
    to: `      return 0
    case 'sweep'`,
  },
  {
    file: 'src/termination/attempts.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'let a late status event start a flush beside the notification',
    from: `return isOver ? Number.POSITIVE_INFINITY : 0`,
    to: `return isOver ? 0 : 0`,
  },
  {
    file: 'src/termination/evidence.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'forget what an earlier manifest named',
    from: `for (const file of manifest?.files ?? [])
      if (!files`,
    to: `for (const file of [] as NonNullable<typeof manifest>['files'])
      if (!files`,
  },
  {
    file: 'src/termination/evidence.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'forget what an earlier flush could not account for',
    from: `for (const one of manifest?.unaccounted ?? [])`,
    to: `for (const one of [] as NonNullable<typeof manifest>['unaccounted'])`,
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'call empty what was emptied',
    from: `return owed.census === 0`,
    to: `return owed.census >= 0`,
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'wait two hours for a machine that is stopped',
    from: `if (seen.machine === 'stopped' && heldSeconds(seen) >= STOPPED_SECONDS) return true`,
    to: `if (seen.machine === 'stopped' && heldSeconds(seen) < 0) return true`,
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'spend attempts on an archive that cannot be read',
    from: `if (seen.proof?.unread !== undefined)`,
    to: `if (seen.proof?.unread === '')`,
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'flush without knowing what was flushed',
    from: `if (seen.troubles.some(({ what }) => WHAT_WAS_FLUSHED.has(what)))`,
    to: `if (seen.troubles.some(({ what }) => !WHAT_WAS_FLUSHED.has(what)))`,
  },
  {
    file: 'src/termination/evidence.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'let an older flush speak for one that was never heard of',
    from: `return ran?.copiedAt === undefined ? flushes[0] : ran`,
    to: `return ran ?? flushes[0]`,
  },
  {
    file: 'src/termination/evidence.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'let what is older account for what is younger',
    from: `.sort(byAge)`,
    to: `.sort((a, b) => byAge(b, a))`,
  },
  {
    file: 'src/flush/newest-first.ts',
    tests: ['test/flush/commands.test.ts'],
    name: 'take any flush of a second for the newest of it',
    from: ' || end(b) - end(a)',
    to: '',
  },
  {
    file: 'src/termination/attempts.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'flush again at once where the last attempt came late',
    from: `return Math.max(firstAt + 1000 * offset, newest.requestedAt + 1000 * soonest)`,
    to: `return firstAt + 1000 * offset`,
  },
  {
    ...hold,
    name: 'call an action unfounded whose root volume is long in replacement',
    from: `'Warmed:Pending', 'ReplacingRootVolume'`,
    to: `'Warmed:Pending'`,
  },
]
