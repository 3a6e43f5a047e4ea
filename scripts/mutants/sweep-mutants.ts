// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const standings = { file: 'src/termination/standings.ts', tests: ['test/sweep/sweep.test.ts'] }

const sweep = { file: 'src/sweep/sweep.ts', tests: ['test/sweep/sweep.test.ts'] }

const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: ['test/termination/simulated-days.test.ts'],
}

export const sweepMutants: readonly Mutant[] = [
  {
    ...standings,
    name: 'forget a page of instances',
    from: 'NextToken }\n  })',
    to: 'NextToken: undefined }\n  })',
  },
  {
    ...sweep,
    name: 'date what no activity names by our own clock',
    from: 'const startedAt = began.get(instanceId)\n',
    to: 'const startedAt = began.get(instanceId) ?? clock.now()\n',
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
    name: 'forget who is retained',
    from: 'kept.push(...retained.filter(ofGroup))',
    to: 'kept.push(...waiting.filter(ofGroup))',
  },
  {
    ...standings,
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
]
