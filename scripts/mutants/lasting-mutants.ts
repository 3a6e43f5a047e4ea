// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: ['test/termination/what-lasts.test.ts', 'test/termination/reconcile.test.ts'],
}
const beyond = { file: 'src/termination/beyond.ts', tests: ['test/termination/what-lasts.test.ts'] }
const pace = {
  file: 'src/termination/pace.ts',
  tests: ['test/termination/decide.test.ts', 'test/termination/reconcile.test.ts'],
}

/** What fails, runs or is waited for without an end. */
export const lastingMutants: readonly Mutant[] = [
  {
    file: 'src/enrolment/enrolments.ts',
    tests: ['test/enrolment/chosen-groups.test.ts'],
    name: 'ask for more groups at once than Auto Scaling answers',
    from: 'const NAMES_PER_CALL = 50',
    to: 'const NAMES_PER_CALL = 5000',
  },
  {
    file: 'src/enrolment/enrolments.ts',
    tests: ['test/enrolment/chosen-groups.test.ts'],
    name: 'ask for the groups of no names, which are all groups',
    from: 'from < names.length',
    to: 'from <= names.length',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: ['test/sweep/sweep.test.ts'],
    name: 'tell no dead letters where SQS tells how many there are',
    from: "letters.is === 'answered' ? letters.answer : undefined",
    to: 'undefined as number | undefined',
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts'],
    name: 'flush again since a key is throttled for a moment',
    from: '/^(?:KMS\\.?|Kms)?(Throttl|',
    to: '/^(Throttl|',
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/flush/commands.test.ts'],
    name: 'cut a Comment in the middle of a character',
    from: 'comment.slice(0, MAX_COMMENT_CHARACTERS).toWellFormed()',
    to: 'comment.slice(0, MAX_COMMENT_CHARACTERS)',
  },
  {
    file: 'src/termination/consume.ts',
    tests: ['test/termination/batch-time.test.ts'],
    name: 'leave no time for actions where what is none cannot be copied',
    from: 'const SHARE_OF_DISMISSALS = 0.25',
    to: 'const SHARE_OF_DISMISSALS = 1',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: ['test/sweep/sweep.test.ts'],
    name: 'wait for the number of dead letters before telling what is kept',
    from: 'const DEAD_LETTERS_MS = 5000',
    to: 'const DEAD_LETTERS_MS = 500_000',
  },
  {
    file: 'src/recovery/found.ts',
    tests: ['test/recovery/recover.test.ts'],
    name: 'give the time of all groups to one that AWS does not answer for',
    from: 'const LONGEST_SECONDS = 60',
    to: 'const LONGEST_SECONDS = 6000',
  },
  {
    file: 'src/archive/receipt.ts',
    tests: ['test/archive/receipt.test.ts'],
    name: 'let a token say in whose folder a receipt lies',
    from: '${encodeURIComponent(name)}.json',
    to: '${name}.json',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: ['test/sweep/sweep.test.ts'],
    name: 'wait for a list that never comes as long as the function runs',
    from: 'const SHARE_OF_LISTING = 0.25',
    to: 'const SHARE_OF_LISTING = 1',
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/flush/commands.test.ts'],
    name: 'cut a Comment in the middle of a character',
    from: 'comment.slice(0, MAX_COMMENT_CHARACTERS).toWellFormed()',
    to: 'comment.slice(0, MAX_COMMENT_CHARACTERS)',
  },
  {
    file: 'src/termination/reasons.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'tell of a silent agent alone where EC2 may not be asked whether the machine is gone',
    from: 'return `${OF_AGENT[seen.agent]}${alsoRefused(seen)}`',
    to: `return OF_AGENT[seen.agent]`,
  },
  {
    file: 'src/recovery/recover.ts',
    tests: ['test/recovery/clone.test.ts'],
    name: 'tell that no copy is left where they cannot be listed',
    from: `    journal({ event: 'disks-failed', ...described(error) })
    return undefined`,
    to: `    journal({ event: 'copies', copies: 0, oldestSeconds: 0, deleted: [], failed: [String(error)] })
    return undefined`,
  },
  {
    file: 'src/termination/consume.ts',
    tests: ['test/termination/consume.test.ts'],
    name: 'begin patience anew with each look where SQS does not tell when a message was sent',
    from: ' || Number(attributes.ApproximateFirstReceiveTimestamp) || ',
    to: ' || ',
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'give up what was never flushed because something else is refused',
    from: `seen.troubles.every(({ what }) => NOT_IN_THE_WAY.has(what)) &&`,
    to: `seen.troubles.length === 0 &&`,
  },
  {
    ...reconcile,
    name: 'hold a machine beyond patience for as long as its flush cannot be sent at the moment',
    from: `const asked = await ask(() => startFlush(aws, policy, request), isLate(seen, policy))`,
    to: `const asked = await ask(() => startFlush(aws, policy, request))`,
  },
  {
    ...reconcile,
    name: 'hold a machine beyond patience for as long as nobody tells where its logs go',
    from: `const asked = await ask(() => placeOf(means, seen.action), isLate(seen, means.policy))`,
    to: `const asked = await ask(() => placeOf(means, seen.action))`,
  },
  {
    ...beyond,
    name: 'never tell an end where the heartbeat is refused',
    from: `return holdOfUnflushed(found) !== 'pending'`,
    to: `return found.ageSeconds < 0`,
  },
  {
    ...beyond,
    name: 'call an action over whose heartbeat is refused',
    from: `return holdOfUnflushed(found) !== 'pending'`,
    to: `return found.ageSeconds > 0`,
  },
  {
    ...beyond,
    name: 'take an answer without its group for a group without it',
    from: 'if (!group.Instances?.every((one) => one.InstanceId !== instanceId)) return false',
    to: 'if (group.Instances?.some((one) => one.InstanceId === instanceId)) return false',
  },
  {
    ...beyond,
    name: 'call an action over that nobody may ask about',
    from: `if (asked.is === 'refused') return isOutlived(ageSeconds)`,
    to: `if (asked.is === 'refused') return true`,
  },
  {
    ...beyond,
    name: 'take an instance of the warm pool, which its group does not list, for one that is gone',
    from: `return group.WarmPoolConfiguration === undefined || (await isOutOfPool(aws, action, ageSeconds))`,
    to: `return true`,
  },
  {
    ...beyond,
    name: 'wait for an action that nobody may ask about and that is older than any',
    from: `if (asked.is === 'refused') return isOutlived(ageSeconds)`,
    to: `if (asked.is === 'refused') return false`,
  },
  {
    ...reconcile,
    name: 'take a throttled heartbeat for one that is refused',
    from: `if (isPassing(error) || !(await`,
    to: `if (!(await`,
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'wait beyond patience for another action’s flush that never ends',
    from: `    !mustBeOver(seen, seen.busyWith, policy)`,
    to: `    true`,
  },
  {
    ...pace,
    name: 'not wait for another action’s flush when patience is over',
    from: `return flush !== undefined && now > mustBeOverAt(flush, policy)`,
    to: `return flush !== undefined && now > 0`,
  },
  {
    ...pace,
    name: 'ask a silent agent in a hot loop',
    from: 'const soonest = Math.max(policy.retrySeconds, policy.pendingSeconds)',
    to: 'const soonest = policy.retrySeconds',
  },
  {
    ...pace,
    name: 'look for hours every few seconds whether another hook is done',
    from: `const rarer = seen.hook ? Math.min(heldSeconds(seen) / 10, lookCap(seen, policy)) : 0`,
    to: `const rarer = 0`,
  },
  {
    ...pace,
    name: 'let a short hook of ours run out while another hook is waited for',
    from: `Math.min(heldSeconds(seen) / 10, lookCap(seen, policy)) : 0`,
    to: `Math.min(heldSeconds(seen) / 10, policy.lookAgainSeconds) : 0`,
  },
]
