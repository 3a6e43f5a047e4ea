// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const commands = {
  file: 'src/flush/commands.ts',
  tests: ['test/flush/commands.test.ts', 'test/termination/reconcile.test.ts'],
}

const manifest = { file: 'src/flush/manifest.ts', tests: ['test/flush/manifest.test.ts'] }

const flushes = {
  file: 'src/flush/with-report.ts',
  tests: ['test/termination/reconcile.test.ts', 'test/termination/simulated-days.test.ts'],
}

export const flushMutants: readonly Mutant[] = [
  {
    ...commands,
    name: 'forget a page of commands',
    from: `    next = page.NextToken
  } while (next)`,
    to: `    next = undefined
  } while (next)`,
  },
  {
    ...commands,
    name: 'read InProgress as failed',
    from: `? 'failed' : 'running'`,
    to: `? 'failed' : 'failed'`,
  },
  {
    ...commands,
    name: 'ignore the token',
    from: 'return belongsTo.token === action.token',
    to: 'return belongsTo.token !== action.hookName',
  },
  {
    ...commands,
    name: 'count a flush that began before the action',
    from: `const isSince = flush.requestedAt >= action.startedAt`,
    to: `const isSince = flush.requestedAt >= 0`,
  },
  {
    ...manifest,
    name: 'believe a manifest without its end',
    from: 'if (last !== `end\\t${records.length}`) throw',
    to: 'if (last === undefined) throw',
  },
  {
    ...flushes,
    name: 'believe a manifest wherever the instance says it is',
    from: 'if (!key.startsWith(`${archive.manifestPrefix}${instanceId}/`))',
    to: 'if (key === instanceId)',
  },
  {
    ...flushes,
    name: 'read only as much output as a listing shows',
    from: `if (line.kind === 'unreadable') {
    const`,
    to: `if (line.kind === 'unreadable' && invocation.output === '') {
    const`,
  },
  {
    ...flushes,
    name: 'read the whole output only where the listing says in known words that it was cut',
    from: `if (line.kind === 'unreadable') {
    const`,
    to: `if (line.kind === 'unreadable' && /output truncated/i.test(invocation.output)) {
    const`,
    tests: ['test/flush/with-report.test.ts'],
  },
  {
    ...commands,
    name: 'take an audit’s flush for a termination’s',
    from: `if (comment.startsWith(AUDIT) || comment.startsWith(PERSON)) return undefined`,
    to: `if (comment === AUDIT) return undefined`,
    tests: ['test/audit/audit.test.ts', 'test/termination/reconcile.test.ts', 'test/fuzz/comment.test.ts'],
  },
]
