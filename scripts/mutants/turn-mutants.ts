// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const attempts = { file: 'src/termination/attempts.ts', tests: ['test/termination/decide.test.ts'] }
const pace = { file: 'src/termination/pace.ts', tests: ['test/termination/decide.test.ts'] }
const decide = { file: 'src/termination/decide.ts', tests: ['test/termination/decide.test.ts'] }
const identify = { file: 'src/termination/identify.ts', tests: ['test/termination/one-action.test.ts'] }
const scalingActivities = {
  file: 'src/termination/scaling-activities.ts',
  tests: ['test/termination/scaling-activities.test.ts'],
}

/** Whose turn it is, and since when: what is due too soon, too late, or never. */
export const turnMutants: readonly Mutant[] = [
  {
    ...attempts,
    name: 'date the next attempt by no number where retries need not wait',
    from: `const soonest = Math.max(policy.retrySeconds, 1)`,
    to: `const soonest = policy.retrySeconds`,
  },
  {
    ...attempts,
    name: 'spend all attempts at once where retries need not wait',
    from: `const offset = soonest * factor`,
    to: `const offset = policy.retrySeconds * factor`,
  },
  {
    ...attempts,
    name: 'begin the notification’s turn before the status event’s is over, where a flush took long',
    from: `return lag + PROMPT_SECONDS + UNSEEN_SECONDS`,
    to: `return PROMPT_SECONDS + UNSEEN_SECONDS`,
  },
  {
    ...attempts,
    name: 'leave the status event no turn where a flush took longer than the back-off',
    from: `Math.max(dueAt, newest.endedAt ?? newest.requestedAt)`,
    to: `dueAt`,
  },
  {
    ...attempts,
    name: 'spread the attempts over patience that was gone before the first',
    from: ` - (firstAt - seen.action.startedAt) / 1000`,
    to: ``,
  },
  {
    ...pace,
    name: 'look at a flush that never ends as often as ever',
    from: `, policy.pendingSeconds, -untilEnd / 4)`,
    to: `, policy.pendingSeconds)`,
  },
  {
    ...decide,
    name: 'hold a machine for a person until after Auto Scaling ends its action',
    from: `Math.min(lookCap(seen, policy), left)`,
    to: `lookCap(seen, policy)`,
  },
  {
    ...decide,
    name: 'not look again before the next attempt is due',
    from: `const later = Math.min(seconds, lookCap(seen, policy))`,
    to: `const later = seconds`,
  },
  {
    ...identify,
    name: 'ask for activities because of an audit',
    from: `belongsTo && flush.requestedAt < first`,
    to: `flush.requestedAt < first`,
  },
  {
    ...identify,
    name: 'leave out an action that began with its first flush',
    from: `began === undefined || began > first`,
    to: `began === undefined || began >= first`,
  },
  {
    ...identify,
    name: 'take an answer without the instance for one that is in no action',
    from: `return where !== undefined && !where.lifecycleState.endsWith(':Wait')`,
    to: `return !where?.lifecycleState.endsWith(':Wait')`,
  },
  {
    ...identify,
    name: 'date an action by its newest flush',
    from: `const first = Math.min(...requested)`,
    to: `const first = Math.max(...requested)`,
  },
  {
    ...scalingActivities,
    name: 'leave out the activity that began in the moment',
    from: `startedAt <= by) began`,
    to: `startedAt < by) began`,
  },
  {
    ...scalingActivities,
    name: 'find an instance’s id in a longer word',
    from: `/\\bi-[0-9a-f]{8,32}\\b/`,
    to: `/i-[0-9a-f]{8,17}/`,
  },
  {
    ...scalingActivities,
    name: 'read no activity behind one that names no instance',
    from: `if (isOld || startedAt === undefined || instanceId === undefined) continue`,
    to: `if (instanceId === undefined) return
      if (isOld || startedAt === undefined) continue`,
  },
  {
    ...scalingActivities,
    name: 'read no activity behind one that has been in progress for days',
    from: `if (isOld && isOver) return`,
    to: `if (isOld) return`,
  },
  {
    ...scalingActivities,
    name: 'take an activity in progress for the last, although a younger one is over',
    from: `return began !== undefined && isOver && startedAt <= began`,
    to: `return began !== undefined`,
  },
]
