// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

export const auditMutants: readonly Mutant[] = [
  {
    file: 'src/audit/audit.ts',
    tests: ['test/audit/audit.test.ts'],
    name: 'audit an instance as if it were terminating',
    from: `purpose: 'audit',`,
    to: `purpose: 'termination',`,
  },
  {
    file: 'src/audit/audit.ts',
    tests: ['test/audit/audit.test.ts'],
    name: 'call the agent of a terminated instance dead',
    from: "=== 'gone') return undefined",
    to: "=== 'stopped') return undefined",
  },
]
