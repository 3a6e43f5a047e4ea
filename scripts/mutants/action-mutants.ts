// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { bugsIn, type Mutant } from './mutant.ts'

/** One action taken for another, what is empty taken for an answer, and what lasts without an end. */
export const actionMutants: readonly Mutant[] = [
  {
    file: 'src/termination/gather.ts',
    tests: ['test/termination/simulated-days.test.ts'],
    name: 'take a report that may not be read for one that says nothing',
    from: `flush.report.refusal !== undefined) throw flush.report.refusal`,
    to: `flush.report.why === '') throw flush.report.refusal`,
  },
  ...bugsIn(
    { file: 'src/flush/with-report.ts', tests: ['test/termination/simulated-days.test.ts'] },
    [
      'forget what a flush named whose manifest SSM may not be asked for',
      `return { ...found, refusal: error }
  }
}

/** What its listing`,
      `return found
  }
}

/** What its listing`,
    ],
    [
      'take a flush that SSM does not know everywhere yet for one that printed nothing',
      `if (isInvocationMissing(error)) return untold(commandId)`,
      `if (isInvocationMissing(error)) return ''`,
    ],
    [
      'take a whole output that SSM does not have yet for none',
      `const isBehind = output === '' && invocation.output.includes(MANIFEST)`,
      `const isBehind = false`,
    ],
    [
      'wait for ever for the manifest of a flush that printed none',
      `const isBehind = output === '' && invocation.output.includes(MANIFEST)`,
      `const isBehind = output === ''`,
    ],
    [
      'take what SSM does not tell yet for what it refuses',
      `return { ...unreadable(why), refusal: new Error(why) }`,
      `return unreadable(why)`,
    ],
  ),
  {
    file: 'src/termination/gather.ts',
    tests: ['test/termination/simulated-days.test.ts'],
    name: 'flush again where the newest report may not be read',
    from: `const told = counts && (await withToldReport({ aws, policy }, counts, instanceId))`,
    to: `const told = counts && (await withReport(aws, policy, counts, instanceId))`,
  },
  {
    file: 'src/termination/gather.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'read no older flush of another name where the newest failed',
    from: `flushedBeside.push(await withToldReport(eyes, other, instanceId))`,
    to: `if (flushedBeside.every(({ report }) => report))
        flushedBeside.push(await withToldReport(eyes, other, instanceId))`,
  },
  {
    file: 'src/termination/hold.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'wait for an action that is over while the instance waits for another',
    from: `if (heartbeat === 'none' && isHeldItself && !isYoung) return 'over'`,
    to: ``,
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'take an event’s time for exact',
    from: `wholeSeconds(belongsTo.adoptedAt) <= wholeSeconds(action.startedAt)`,
    to: `belongsTo.adoptedAt <= action.startedAt`,
  },
  {
    file: 'src/termination/identify.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'take an adopted action that is over for the one that holds now',
    from: `if (began !== undefined) return began === startedAt`,
    to: `if (began !== undefined) return true`,
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'count the flush of the next action for the one before',
    from: `return isSince && wholeSeconds(belongsTo.adoptedAt) <= wholeSeconds(action.startedAt)`,
    to: `return isSince`,
  },
  {
    file: 'src/termination/observe.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'not see a flush that is known by another name',
    from: `one.belongsTo !== undefined && one.flush.status === 'running' && !ours.includes(one)`,
    to: `one.belongsTo === undefined && !ours.includes(one)`,
  },
  {
    file: 'src/termination/evidence.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'owe only what flushes of the action’s own name named',
    from: `[...flushes.filter((one) => one !== first), ...flushedBeside]`,
    to: `[...flushes.filter((one) => one !== first)]`,
  },
  {
    file: 'src/termination/beside.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'believe a message about when a pause began',
    from: `if (older.length === 0) return others`,
    to: `if (older.length >= 0) return others.filter((one) => !older.includes(one))`,
  },
  {
    file: 'src/termination/beside.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'owe nothing under another name where no activity tells',
    from: `began ?? 0`,
    to: `began ?? Number.POSITIVE_INFINITY`,
  },
  {
    file: 'src/termination/beside.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'owe what an earlier passage through the hook named',
    from: `!older.includes(one) || isOfThisPause(one)`,
    to: `one !== undefined`,
  },
  {
    file: 'src/termination/beside.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'not ask whether the other token is active, too',
    from: `(await heartbeat(aws, { ...action, token: owner.token })) === 'held'`,
    to: `false`,
  },
  {
    file: 'src/termination/beside.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'owe nothing that the sweep had adopted under another token',
    from: `(began.get(instanceId) ?? owner.adoptedAt) === owner.adoptedAt`,
    to: `false`,
  },
  {
    file: 'src/termination/identify.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'date a status event’s action by its own first flush, whatever came before',
    from: `if (!isAnyBefore) return`,
    to: `if (!isAnyBefore || invocations.length > 0) return`,
  },
  {
    file: 'src/termination/scaling-activities.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'date a pause by an activity that began after it',
    from: `instanceId === wanted && startedAt <= by`,
    to: `instanceId === wanted`,
  },
  {
    file: 'src/termination/lifecycle-actions.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'complete whoever has the token',
    from: `      InstanceId: action.instanceId,
      LifecycleActionResult: result,`,
    to: `      ...(action.token ? { LifecycleActionToken: action.token } : { InstanceId: action.instanceId }),
      LifecycleActionResult: result,`,
  },
  {
    file: 'src/termination/lifecycle-actions.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'complete an adopted action that another has followed',
    from: `if (!(await isStillThis(aws, action, now))) return 'none'`,
    to: ``,
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'take what a person writes for a token',
    from: `|(?<token>[\\x21-\\x7e]{36}))`,
    to: `|(?<token>[\\x21-\\x7e]+))`,
  },
  {
    file: 'src/flush/commands.ts',
    tests: ['test/termination/one-action.test.ts'],
    name: 'write a group’s name as it is',
    from: `encodeURIComponent(groupName.toWellFormed())`,
    to: `groupName`,
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'call gone what is stopped',
    from: `return STOPPED.has(state) ? 'stopped' : 'alive'`,
    to: `return STOPPED.has(state) ? 'gone' : 'alive'`,
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'call gone what an answer leaves out',
    from: `if (!state) return 'unknown'`,
    to: `if (!state) return 'gone'`,
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'call gone what Auto Scaling has for healthy',
    from: `?.isHealthy ? 'unknown' : 'gone'`,
    to: `?.isHealthy ? 'gone' : 'gone'`,
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'take every failure for one that passes',
    from: `return status >= 500 || status === 429`,
    to: `return status > 0`,
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'look for ever for a group that is gone',
    from: `/AutoScalingGroup name not found/i`,
    to: `/No such group/`,
  },
  {
    file: 'src/termination/observe.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'let a short hook run out during the first flush',
    from: `return times.is === 'answered' ? { ...seen, hook: times.answer } : seen`,
    to: `return times.is === 'answered' ? seen : seen`,
  },
  {
    file: 'src/termination/observe.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'not tell that all arrived after it was given up',
    from: `const isLastWord = isDone && wokenBy !== 'command-status' && !isSalvaged`,
    to: `const isLastWord = isDone && !isSalvaged`,
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'take another machine that EC2 tells of for the one that was asked about',
    from: `return told?.find((instance) => instance.InstanceId === instanceId)`,
    to: `return told?.[0]`,
  },
  {
    file: 'src/termination/scaling-activities.ts',
    tests: ['test/termination/scaling-activities.test.ts'],
    name: 'date an adopted action by an activity that has ended',
    from: `if (!isOver && wanted.delete(instanceId)) began`,
    to: `if (wanted.delete(instanceId)) began`,
  },
]
