// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

export const awsMutants: readonly Mutant[] = [
  {
    file: 'src/aws/sdk.ts',
    tests: ['test/testbed/simulator/storm.test.ts'],
    name: 'retry without learning a rate',
    from: `retryMode: 'adaptive'`,
    to: `retryMode: 'standard'`,
  },
  {
    file: 'src/aws/ask-once.ts',
    tests: ['test/aws/ask-once.test.ts'],
    name: 'share one pass’s refusal with all others',
    from: `        () => undefined,
      )`,
    to: `        () => shared.set(question, answer),
      )`,
  },
  {
    file: 'src/aws/ask-once.ts',
    tests: ['test/aws/ask-once.test.ts'],
    name: 'share what a machine is like between passes',
    from: `remembering(aws, ['describeLifecycleHooks'], known)`,
    to: `remembering(aws, FACTS, known)`,
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts', 'test/termination/reconcile.test.ts'],
    name: 'take every ValidationError for “no active action”',
    from: ` && textOf(error).startsWith('No active Lifecycle Action found')`,
    to: ` && textOf(error) !== ''`,
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts', 'test/termination/reconcile.test.ts'],
    name: 'fail on an agent that cannot be reached',
    from: `return nameOf(error) === 'InvalidInstanceId'`,
    to: `return nameOf(error) === 'InvalidInstanceID'`,
  },
  {
    file: 'src/aws/ask-once.ts',
    tests: ['test/termination/consume.test.ts'],
    name: 'ask for a fact as often as it matters',
    from: 'if (known) return known',
    to: '',
  },
  {
    file: 'src/termination/machine-and-hook.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'give up without asking whether the group retains',
    from: 'isPatienceSpent(known, policy) ? await withRetention({ aws, policy }, known, isLate) : known',
    to: 'known',
  },
]
