// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const gone = ['test/recovery/gone.test.ts']
const recover = ['test/recovery/recover.test.ts']
const swept = ['test/sweep/sweep.test.ts']
const states = ['test/sweep/waiting.test.ts']

const scalingInstances = { file: 'src/termination/scaling-instances.ts', tests: ['test/sweep/sweep.test.ts'] }

const sweep = { file: 'src/sweep/sweep.ts', tests: ['test/sweep/sweep.test.ts'] }

const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: ['test/termination/simulated-days.test.ts'],
}

export const sweepMutants: readonly Mutant[] = [
  {
    ...scalingInstances,
    name: 'forget a page of instances',
    from: 'NextToken }\n  })',
    to: 'NextToken: undefined }\n  })',
  },
  {
    ...sweep,
    name: 'adopt nothing that one answer of the activities leaves out',
    from: ' ?? later.get(one.instanceId)',
    to: '',
  },
  {
    ...sweep,
    name: 'date what no activity names by our own clock',
    from: '?? later.get(one.instanceId)\n',
    to: '?? clock.now()\n',
  },
  {
    ...reconcile,
    name: 'tell that an adopted action is given up only when the answer came',
    from: "decision.do === 'abandon' || (decision.do",
    to: '(decision.do',
  },
  {
    ...sweep,
    name: 'adopt nothing',
    from: `held.filter((action) => ageSeconds(action) >= adoptAfter)`,
    to: `held.filter((action) => ageSeconds(action) < 0)`,
  },
  {
    ...sweep,
    name: 'look at the same actions of a group first each time',
    from: 'shuffled(orphans, guard.random)',
    to: 'shuffled(orphans, () => 0.5)',
  },
  {
    ...sweep,
    name: 'forget who is retained',
    from: 'kept.push(...retained.filter(ofGroup))',
    to: 'kept.push(...waiting.filter(ofGroup))',
  },
  {
    ...scalingInstances,
    name: 'look twice at once at what stands on two pages',
    from: "found.set(one.InstanceId ?? '', one)",
    to: 'found.set(`${one.InstanceId} ${found.size}`, one)',
  },
  {
    ...sweep,
    tests: ['test/recovery/recover.test.ts'],
    name: 'recover nothing where SQS tells of no dead letters',
    from: 'const deadLetters = letters',
    to: "if (letters.is === 'refused') throw new Error(letters.why)\n  const deadLetters = letters",
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'look at what a group without our hook holds',
    from: 'if (!(await hasHook(aws, groupName, guard.policy))) continue',
    to: 'await hasHook(aws, groupName, guard.policy)',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'stop at a group that cannot be read',
    from: `journal({ event: 'group-failed', groupName, ...described(error) })`,
    to: 'throw error',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'adopt too late for a hook that a person set to less',
    from: '(times?.heartbeatTimeoutSeconds ?? Number.POSITIVE_INFINITY) / 3',
    to: 'Number.POSITIVE_INFINITY',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'begin a look for which no time is left',
    from: `if (remainingMs() < policy.passSeconds * 1000) counts.deferred++
      else if`,
    to: 'if',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'stop at an action that fails',
    from: `    guard.journal({ event: 'pass-failed', instanceId, token, ...described(error), ...cost() })
    return false`,
    to: '    throw error',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'not tell which pass of a sweep failed, and why',
    from: `    guard.journal({ event: 'pass-failed', instanceId, token, ...described(error), ...cost() })
`,
    to: '',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: gone,
    name: 'forget which proven machines stay',
    from: 'staying = found.staying',
    to: 'staying = found.staying.slice(found.staying.length)',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: [
      'test/sweep/sweep.test.ts',
      'test/recovery/recover.test.ts',
      'test/sweep/stopped-machine.test.ts',
    ],
    name: 'recover what hooks of others hold',
    from: '{ waiting: held, retained: kept }',
    to: '{ waiting: found.waiting, retained: kept }',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'leave enrolment no time',
    from: '() => Math.min(remainingMs(), heldUntil - clock.now())',
    to: 'remainingMs',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'count as held only what an activity names',
    from: 'counts.held += waiting.length',
    to: 'counts.held += held.length',
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: recover,
    name: 'tell of the sweep only once all is recovered',
    from: `  journal({ event: 'sweep', ...told, retained: keptIds, deadLetters })
  await recover(guard, { waiting: held, retained: kept }, remainingMs)`,
    to: `  await recover(guard, { waiting: held, retained: kept }, remainingMs)
  journal({ event: 'sweep', ...told, retained: keptIds, deadLetters })`,
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: swept,
    name: 'take an attempt that is due from those whom messages wake',
    from: `await reconcile(limited, action, { wokenBy: 'sweep' })`,
    to: `await reconcile(limited, action, { wokenBy: 'notification' })`,
  },
  {
    file: 'src/sweep/sweep.ts',
    tests: recover,
    name: 'end well where SQS tells of no dead letters',
    from: "if (letters.is === 'refused') throw new Error(`SQS does not tell of dead letters: ${letters.why}`)",
    to: '',
  },
  {
    file: 'src/sweep/waiting.ts',
    tests: states,
    name: 'let go of the disk of a proven machine that is kept all the same',
    from: 'isKept(lifecycleState) ||',
    to: '',
  },
  {
    file: 'src/sweep/waiting.ts',
    tests: states,
    name: 'take what is on its way into a warm pool for what stays',
    from: '/Terminating|Pending|Replacing/',
    to: '/Terminating|Replacing/',
  },
  {
    file: 'src/sweep/waiting.ts',
    tests: states,
    name: 'take what gets another root volume for what stays',
    from: '/Terminating|Pending|Replacing/',
    to: '/Terminating|Pending/',
  },
]
