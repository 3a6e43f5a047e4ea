/** Whose action it is, what is told of it, and what a person is told of it. */
import type { Mutant } from './mutant.ts'

const metrics = { file: 'src/journal/metrics.ts', tests: ['test/journal/metrics.test.ts'] }
const journal = { file: 'src/journal/journal.ts', tests: ['test/journal/metrics.test.ts'] }
const reconcile = { file: 'src/termination/reconcile.ts', tests: ['test/termination/one-action.test.ts'] }
const hook = { file: 'src/termination/hook.ts', tests: ['test/termination/hook.test.ts'] }

export const tellingMutants: readonly Mutant[] = [
  {
    ...{ file: 'src/journal/log.ts', tests: ['test/journal/log.test.ts'] },
    name: 'let an instance make a line of the journal as long as it likes',
    from: 'value.slice(0, MAX_CHARACTERS)',
    to: 'value',
  },
  {
    ...{ file: 'src/flush/with-report.ts', tests: ['test/flush/with-report.test.ts'] },
    name: 'let an instance tell without an end what is wrong with its manifest',
    from: 'why.slice(0, MAX_WHY_CHARACTERS)',
    to: 'why',
  },
  {
    ...{ file: 'src/termination/reasons.ts', tests: ['test/termination/decide.test.ts'] },
    name: 'let a writer have a name without an end',
    from: 'writers[0]?.name.slice(0, MAX_PATH_CHARACTERS)',
    to: 'writers[0]?.name',
  },
  {
    ...{ file: 'src/cli/terminal.ts', tests: ['test/cli/main.test.ts'] },
    name: 'let an instance write to the terminal as it likes',
    from: 'stdout.write(`${visible(line)',
    to: 'stdout.write(`${(line)',
  },
  {
    ...{ file: 'src/cli/history.ts', tests: ['test/cli/main.test.ts'] },
    name: 'let an instance forge a line of the history',
    from: '.map(oneLine)',
    to: '',
  },
  {
    ...{ file: 'src/cli/whole-file.ts', tests: ['test/cli/whole-file.test.ts'] },
    name: 'leave half a page where the disk is full',
    from: 'rmSync(beside, { force: true })',
    to: 'renameSync(beside, target)',
  },
  {
    ...{ file: 'src/cli/reading.ts', tests: ['test/cli/damaged-journal.test.ts'] },
    name: 'say of another file that it names no termination of an instance',
    from: 'this.#isOfOurs ||= line.includes(MARK) && !wrappingOf(line)',
    to: 'this.#isOfOurs = true',
  },
  {
    ...{ file: 'src/cli/reading.ts', tests: ['test/cli/damaged-journal.test.ts'] },
    name: 'pass over a line that was cut before it names its instance',
    from: '? undefined : refuseCut(line)',
    to: '? undefined : undefined',
  },
  {
    ...{ file: 'src/journal/history-stream.ts', tests: ['test/cli/wrapped-journal.test.ts'] },
    name: 'tell half of what two logs one after the other tell',
    from: 'if (inOrder && line.at < newest - SILENCE_MS)',
    to: 'if (false)',
  },
  {
    ...{ file: 'src/cli/how-far-back.ts', tests: ['test/cli/history.test.ts'] },
    name: 'tell who read a month to read a week',
    from: 'days * DAY_MS > sinceMs',
    to: 'days * DAY_MS > 0',
  },
  {
    ...{ file: 'src/cli/again.ts', tests: ['test/cli/status.test.ts'], only: 'watch' },
    name: 'watch for ever with a session that has run out',
    from: 'isPassing(error) && !isOfWhoAsks(error)',
    to: 'isPassing(error)',
  },
  {
    ...{ file: 'src/shell-word.ts', tests: ['test/shell-word.test.ts'] },
    name: 'let the name of a group end its quotes',
    from: `.replaceAll("'", `,
    to: `.replaceAll("''", `,
  },
  {
    ...metrics,
    name: 'not count a loss that was found over',
    from: "if (isProven && event.by === 'found-over') return []",
    to: "if (event.by === 'found-over') return []",
  },
  {
    ...metrics,
    name: 'count a good end twice',
    from: "if (isProven && event.by === 'found-over') return []",
    to: "if (isProven && event.by !== 'found-over') return []",
  },
  {
    ...metrics,
    name: 'not count a group that cannot be looked at',
    from: "    case 'pass-failed':\n    case 'group-failed':\n",
    to: "    case 'group-failed':\n      return []\n    case 'pass-failed':\n",
  },
  {
    ...metrics,
    name: 'count nothing for a machine that is held beyond patience',
    from: "return event.overdue ? [count('ActionOverdue')] : []",
    to: "return event.over ? [count('ActionOverdue')] : []",
  },
  {
    ...metrics,
    name: 'count the groups of one launch as all groups',
    from: "if (event.trigger !== 'sweep') return []",
    to: "if (event.trigger === 'deployment') return []",
  },
  {
    ...journal,
    name: 'be loud about an instance that had no logs',
    from: 'return !isGood(event.outcome)',
    to: "return event.outcome !== 'archived'",
  },
  {
    ...reconcile,
    name: 'flush again by the hold of another’s token',
    from: 'const holder = seen.flushes.length > 0 ?',
    to: 'const holder = seen.flushes.length > 99 ?',
  },
  {
    ...reconcile,
    file: 'src/termination/lifecycle-actions.ts',
    name: 'tell an end under another’s token',
    from: "=== 'held' ? 'foreign' : 'none'",
    to: "=== 'no group' ? 'foreign' : 'none'",
  },
  {
    ...hook,
    name: 'take a launching hook of our name for ours',
    from: "if (hook.LifecycleTransition === 'autoscaling:EC2_INSTANCE_LAUNCHING') return false",
    to: "if (hook.LifecycleTransition === '') return false",
  },
  {
    ...hook,
    name: 'believe that Auto Scaling waits for longer than two days',
    from: 'hook.GlobalTimeout ?? globalTimeoutOf(hook.HeartbeatTimeout)',
    to: 'hook.GlobalTimeout ?? 100 * hook.HeartbeatTimeout',
  },
  {
    file: 'src/termination/explain.ts',
    tests: ['test/cli/explain.test.ts'],
    name: 'promise a flush of a machine whose agent is dead',
    from: '(await withoutAgent(guard, now)).decision : undefined',
    to: 'decision : undefined',
  },
  {
    file: 'src/termination/tell.ts',
    tests: ['test/journal/metrics.test.ts'],
    name: 'write lines that CloudWatch cuts',
    from: 'map((text) => text.slice(0, MAX_CHARACTERS))',
    to: 'map((text) => text.slice(0, 1000 * MAX_CHARACTERS))',
  },
  {
    file: 'src/termination/tell.ts',
    tests: ['test/termination/tell.test.ts'],
    name: 'name nothing of what is unaccounted where an end is told',
    from: '...live, ...unaccounted, ...writers',
    to: '...live, ...writers',
  },
]
