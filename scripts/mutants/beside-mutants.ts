// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const beside = { file: 'src/termination/beside.ts', tests: ['test/termination/one-action.test.ts'] }
const evidence = { file: 'src/termination/evidence.ts', tests: ['test/termination/evidence.test.ts'] }
const gather = { file: 'src/termination/gather.ts', tests: ['test/termination/what-lasts.test.ts'] }

/** What is owed under another name, or was named before. */
export const besideMutants: readonly Mutant[] = [
  {
    ...beside,
    name: 'ask whose the earlier flushes are for an action that the sweep adopted',
    from: `if (action.token === undefined) return []`,
    to: `if (action.token === '') return []`,
  },
  {
    ...beside,
    name: 'owe nothing of what was asked for in the same moment under another token',
    from: `one.flush.requestedAt <= newestAt`,
    to: `one.flush.requestedAt < newestAt`,
  },
  {
    ...beside,
    name: 'ask whether an action is in progress whose flush began with ours',
    from: `flush.requestedAt < action.startedAt`,
    to: `flush.requestedAt <= action.startedAt`,
  },
  {
    ...beside,
    name: 'take whatever activity is in progress for that of an adopted flush',
    from: `(began.get(instanceId) ?? owner.adoptedAt) === owner.adoptedAt`,
    to: `began.get(instanceId) !== undefined`,
  },
  {
    ...beside,
    name: 'forget what came since the action began, where something came before',
    from: `others.filter((one) => !older.includes(one) || isOfThisPause(one))`,
    to: `older.filter(isOfThisPause)`,
  },
  {
    ...beside,
    name: 'forget the flush with which the pause began',
    from: `flush.requestedAt >= (began ?? 0)`,
    to: `flush.requestedAt > (began ?? 0)`,
  },
  {
    ...beside,
    name: 'begin the pause with the next activity, where the message is younger than that',
    from: `const by = Math.min(startedAt, ...ours.map(({ flush }) => flush.requestedAt))`,
    to: `const by = startedAt`,
  },
  {
    ...beside,
    name: 'begin the pause with the last activity of all',
    from: `{ by, now: clock.now() }`,
    to: `{ by: clock.now(), now: clock.now() }`,
  },
  {
    ...beside,
    name: 'ask for one of several tokens whether it is in progress',
    from: `'token' in owner ? owner.token : owner.adoptedAt`,
    to: `'token' in owner ? 'token' : owner.adoptedAt`,
  },
  {
    ...beside,
    name: 'owe what a person’s flush named',
    from: `(one) => one.belongsTo && !ours.includes(one)`,
    to: `(one) => !ours.includes(one)`,
  },
  {
    ...evidence,
    name: 'take a flush that ran too long for one that was never fetched',
    from: `/^(DeliveryTimedOut|Undeliverable)$/`,
    to: `/Deliver|TimedOut/`,
  },
  {
    ...evidence,
    name: 'forget a file that was unaccounted for once, where the newest does not name it',
    from: `    for (const file of manifest?.files ?? [])
      if`,
    to: `    for (const path of manifest?.accounted ?? []) accounted.add(path)
    for (const file of manifest?.files ?? [])
      if`,
  },
  {
    ...evidence,
    name: 'account for what is older by name, and not by time',
    from: `[...flushes.filter((one) => one !== first), ...flushedBeside].sort(byAge)`,
    to: `[...flushes.filter((one) => one !== first), ...flushedBeside]`,
  },
  {
    ...gather,
    name: 'wait for an archive that does not answer beyond patience',
    from: `const proven = await ask(() => prove({ aws, clock, endsAt }, policy.archive, prefix, owed), isLate)`,
    to: `const proven = await ask(() => prove({ aws, clock, endsAt }, policy.archive, prefix, owed))`,
  },
  {
    ...gather,
    name: 'wait for a report that cannot be had beyond patience',
    from: `    return { flushes, ...(flushedBeside.length > 0 && { flushedBeside }) }
  }, isLate)`,
    to: `    return { flushes, ...(flushedBeside.length > 0 && { flushedBeside }) }
  })`,
  },
  {
    ...gather,
    name: 'read all reports, although the newest flush says nothing',
    from: `const areNeeded = told?.report?.kind === 'manifest'`,
    to: `const areNeeded = told !== undefined`,
  },
]
