// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { bugsIn, type Mutant } from './mutant.ts'

/** What of a pass and its end is told, and how: alarms and people go by it. */
export const wordingMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'src/termination/tell.ts', tests: ['test/termination/tell.test.ts'] },
    [
      'tell nobody that a machine is held for a person',
      `overdue: decision.do === 'wait' && decision.waitsFor === 'person'`,
      `overdue: false`,
    ],
    [
      'call whatever is waited for overdue',
      `overdue: decision.do === 'wait' && decision.waitsFor === 'person'`,
      `overdue: decision.do === 'wait'`,
    ],
    ['tell of one flush, however many there were', `attempts: seen.flushes.length`, `attempts: 1`],
    ['not tell how much was named', `bytes: seen.proof?.bytes ?? 0`, `bytes: 0`],
    [
      'name more files of an end than anybody reads',
      `const MAX_NAMED_FILES = 10`,
      `const MAX_NAMED_FILES = 10_000`,
    ],
    [
      'not tell which file has the same key',
      `sharedWith === undefined ? \`\${path} (\${is})\` : \`\${path} (\${is} with \${sharedWith})\``,
      `sharedWith === '' ? path : \`\${path} (\${is})\``,
    ],
  ),
  ...bugsIn(
    { file: 'src/termination/reasons.ts', tests: ['test/termination/reasons.test.ts'] },
    [
      'say of a flush that never ended that it told nothing',
      `if (newest.status === 'running') return \`flush \${newest.commandId} never ended\${refused}\``,
      ``,
    ],
    ['keep to itself what a failed flush said', `return flush.said ? \`: \${flush.said}\` : ''`, `return ''`],
    [
      'not tell which digest contradicts which',
      `if (gap?.is === 'contradicted')`,
      `if (gap?.path === 'contradicted')`,
    ],
    [
      'count only what the newest flush named',
      `owedManifest(seen) ?? newest.report.manifest`,
      `newest.report.manifest`,
    ],
  ),
  ...bugsIn({ file: 'src/termination/pace.ts', tests: ['test/termination/decide.test.ts'] }, [
    'look at a flush in the moment in which it must be over',
    `Math.max(untilEnd + policy.pendingSeconds, policy`,
    `Math.max(untilEnd, policy`,
  ]),
  ...bugsIn(
    { file: 'src/termination/lifecycle-actions.ts', tests: ['test/termination/simulated-days.test.ts'] },
    [
      'fail where the group is gone by the time its action is completed',
      `    if (isGroupMissing(error)) return 'none'
    if (isNoActiveAction(error)) return await`,
      `    if (isNoActiveAction(error)) return await`,
    ],
  ),
  ...bugsIn({ file: 'src/archive/verdict.ts', tests: ['test/archive/archives.test.ts'] }, [
    'take the ETag of what is encrypted twice for an MD5',
    `(encryption === undefined || encryption === 'AES256')`,
    `encryption !== 'aws:kms'`,
  ]),
  ...bugsIn({ file: 'src/archive/prove.ts', tests: ['test/archive/archives.test.ts'] }, [
    'not count what a proof is about',
    `manifest.files.reduce((sum, { size }) => sum + size, 0)`,
    `manifest.files.length`,
  ]),
  ...bugsIn(
    { file: 'src/archive/destination.ts', tests: ['test/archive/destination.test.ts'] },
    [
      'ask for tags that no prefix wants',
      `fromName !== undefined || !needsEnvironment(template)`,
      `fromName !== undefined`,
    ],
    [
      'ask for the tags of a group that shows its environment',
      `fromName !== undefined || !needsEnvironment(template)`,
      `!needsEnvironment(template)`,
    ],
  ),
]
