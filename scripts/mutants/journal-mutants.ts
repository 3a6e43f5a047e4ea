// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** What is told, how loudly, what is counted of it, and how it is read back. */
import { bugsIn, type Mutant } from './mutant.ts'

export const journalMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'src/journal/deeds.ts', tests: ['test/journal/history.test.ts'] },
    ['give a retry to the termination before it', `if (deed.did === 'retry' && next) return next`, ''],
    ['take any kept termination for one before', 'one.endedAt <= firstToldAt,', 'one.endedAt >= 0,'],
    [
      'count a try that could not be made',
      `      !deed.failed &&
`,
      '',
    ],
    [
      'count a try after the end',
      `      deed.at <= endedAt &&
`,
      '',
    ],
  ),
  ...bugsIn(
    { file: 'src/journal/history-stream.ts', tests: ['test/journal/history-stream.test.ts'] },
    [
      'tell an action before Auto Scaling has ended it',
      'const SILENCE_MS = 50 * 3600_000',
      'const SILENCE_MS = 40 * 3600_000',
    ],
    [
      'forget that an instance spoke again',
      `    known.newestAt = line.at
`,
      '',
    ],
    ['take lines of many logs for lines in order', '!inOrder || unlooked', 'unlooked'],
  ),
  ...bugsIn(
    { file: 'src/journal/history.ts', tests: ['test/journal/history.test.ts'] },
    [
      'let the bad end of a pass outrank a later proof',
      'if (completed && isGood(completed.outcome)) return completed',
      'if (completed) return completed',
    ],
    ['tell the last of several bad ends', '?? completed ?? ends[0]', '?? completed ?? ends.at(-1)'],
    ['tell what was found over, not what ended it', '?? completed ?? ends[0]', '?? ends[0]'],
    [
      'give an adopted line to the youngest action',
      '.toSorted(([, a], [, b]) => a - b)',
      '.toSorted(([, a], [, b]) => b - a)',
    ],
    ['mix the adopted actions of one instance', '`since ${beginning}`', '`since`'],
    [
      'date an action by its newest line',
      'Math.min(beginnings.get(token) ?? at, beginning ?? at)',
      'Math.max(beginnings.get(token) ?? 0, beginning ?? at)',
    ],
    [
      'allow no difference of clocks at the beginning',
      'began >= beginning - CLOCKS_DIFFER_MS',
      'began >= beginning',
    ],
    ['allow no difference of clocks at the end', 'began <= toldAt + CLOCKS_DIFFER_MS', 'began <= toldAt'],
    [
      'name no group where the first line has none',
      `told.find(({ groupName }) => groupName !== '')?.groupName ?? ''`,
      `told[0]?.groupName ?? ''`,
    ],
    [
      'take two terminations for one where the first is told',
      'inOrder.every(({ token }) => token === first.token)',
      'inOrder.some(({ token }) => token === first.token)',
    ],
    [
      'count heartbeats into the calls',
      'awsCalls += cost.awsCalls',
      'awsCalls += cost.awsCalls + cost.heartbeats',
    ],
  ),
  ...bugsIn(
    { file: 'src/journal/journal-line.ts', tests: ['test/journal/history.test.ts'] },
    ['take a line without a time', ' && Number.isFinite(at) ?', ' ?'],
    ['read a journal of another version', 'event?.journal === JOURNAL_VERSION && ', ''],
    ['pass over what a newer guard told', 'event.journal > JOURNAL_VERSION)', 'event.journal < 0)'],
  ),
  ...bugsIn(
    { file: 'src/journal/log.ts', tests: ['test/journal/every-event.test.ts', 'test/journal/log.test.ts'] },
    [
      'cut no text in a list',
      'if (Array.isArray(value)) return value.map(cut)',
      'if (Array.isArray(value)) return value',
    ],
    ['tell bad news quietly', 'if (isLoud(event)) logger.warn', 'if (!isLoud(event)) logger.warn'],
    ['keep metrics for later', 'if (counted.length > 0) metrics.publishStoredMetrics()', ''],
  ),
  ...bugsIn(
    { file: 'src/journal/metrics.ts', tests: ['test/journal/every-event.test.ts'] },
    [
      'do not count a recovery that failed',
      `    case 'recovery-failed':
    case 'disks-failed':
      return [count('PassFailed')]`,
      `      return [count('PassFailed')]
    case 'recovery-failed':
    case 'disks-failed':
      return []`,
    ],
    [
      'do not count an audit that could not look',
      `    case 'audit-failed':
      return [count('AuditFindings')]`,
      `    case 'audit-failed':
      return []`,
    ],
    [
      'count only audits that found an instance',
      `return [count('InstancesAudited', event.instances)]`,
      `return event.instances > 0 ? [count('InstancesAudited', event.instances)] : []`,
    ],
    [
      'take a queue that does not answer for an empty one',
      `event.deadLetters === undefined ? [] : [count('DeadLetters', event.deadLetters)]`,
      `[count('DeadLetters', event.deadLetters ?? 0)]`,
    ],
    ['count a deferred batch once', `count('PassesDeferred', event.messages)`, `count('PassesDeferred')`],
    [
      'count held actions as the oldest',
      `name: 'OldestActionHeld', unit: 'Seconds', value: event.oldestHeldSeconds`,
      `name: 'OldestActionHeld', unit: 'Seconds', value: event.held`,
    ],
    ['count no refused message', `return [count('MessageRefused')]`, 'return []'],
    [
      'count retained machines once',
      `count('InstancesRetained', event.retained.length)`,
      `count('InstancesRetained', event.retained.length > 0 ? 1 : 0)`,
    ],
    ['count bytes that are not proven', 'value: isProven ? event.bytes : 0', 'value: event.bytes'],
    ['count copies by number', 'value: event.oldestSeconds', 'value: event.copies'],
  ),
  ...bugsIn(
    { file: 'src/journal/journal.ts', tests: ['test/journal/every-event.test.ts'] },
    [
      'say quietly that dead letters lie there',
      'event.retained.length > 0 || (event.deadLetters ?? 0) > 0',
      'event.retained.length > 0',
    ],
    [
      'say quietly that machines are kept',
      'event.retained.length > 0 || (event.deadLetters ?? 0) > 0',
      '(event.deadLetters ?? 0) > 0',
    ],
    [
      'say quietly what a person changed',
      'event.refused.length > 0 || event.differs.length > 0',
      'event.refused.length > 0',
    ],
    ['say quietly that an audit was cut short', 'return event.deferred > 0', 'return event.failed > 0'],
    ['say quietly that copies stay', 'return event.failed.length > 0', 'return event.deleted.length > 0'],
    [
      'say quietly that a rung failed',
      `    case 'recovery-failed':
    case 'disks-failed':
    case 'receipt-failed':
    case 'message-refused':
      return true`,
      `    case 'disks-failed':
    case 'receipt-failed':
    case 'message-refused':
      return true
    case 'recovery-failed':
      return false`,
    ],
    [
      'say a lost receipt quietly',
      `    case 'receipt-failed':
    case 'message-refused':
      return true`,
      `    case 'message-refused':
      return true
    case 'receipt-failed':
      return false`,
    ],
    [
      'say a refused message quietly',
      `    case 'message-refused':
      return true`,
      `      return true
    case 'message-refused':
      return false`,
    ],
    [
      'say a machine held to the last quietly',
      `      return event.overdue
`,
      `      return false
`,
    ],
  ),
  ...bugsIn(
    { file: 'src/journal/told.ts', tests: ['test/journal/history.test.ts'] },
    ['count heartbeats among the calls of a pass', 'let awsCalls = -heartbeats', 'let awsCalls = 0'],
    [
      'forget that a rung failed',
      'did: event.rung, failed: true, reason: failureOf(event)',
      'did: event.rung, reason: failureOf(event)',
    ],
    [
      'forget the beginning of an end',
      'groupName: event.groupName, token, beginning: event.startedAt',
      'groupName: event.groupName, token, beginning: undefined',
    ],
  ),
]
