// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** The audit of what runs, and the policy that every function goes by. */
import { bugsIn, type Mutant } from './mutant.ts'

export const publishingMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'src/audit/audit.ts', tests: ['test/audit/audit.test.ts', 'test/guard.test.ts'] },
    [
      'let the listing have all of an audit',
      'guardUntil(guard, clock.now() + SHARE_OF_LISTING * remainingMs())',
      'guard',
    ],
    [
      'let one instance have all of an audit',
      'auditOne(guardUntil(guard, endsAt), instance)',
      'auditOne(guard, instance)',
    ],
    [
      'audit the same instances first each time',
      'shuffled(await runningInstances(listing), random)',
      'await runningInstances(listing)',
    ],
    [
      'go by an audit flush of long ago',
      `isAudit && (flush.requestedAt > since || flush.status === 'running')`,
      'isAudit',
    ],
    [
      'ask for no launch where there is an old object',
      'objects.length === 0 || isSilent(seen, policy.auditAfterSeconds)',
      'objects.length === 0',
    ],
    [
      'name every file that is not proven',
      'seen.proof?.gaps.slice(0, MAX_NAMED_FILES).map',
      'seen.proof?.gaps.map',
    ],
    [
      'do not say which flush was started',
      'commandId: event.commandId ?? started.commandId',
      'commandId: event.commandId',
    ],
    [
      'name the new flush instead of the one that was proven',
      'commandId: event.commandId ?? started.commandId',
      'commandId: started.commandId',
    ],
    ['count a silent instance as a finding', 'if (isFinding(event)) findings++', 'findings++'],
  ),
  ...bugsIn(
    { file: 'src/audit/finding.ts', tests: ['test/audit/finding.test.ts', 'test/audit/audit.test.ts'] },
    [
      'take what came long after for the flush’s',
      ' && lastModified <= (endedAt ?? requestedAt) + CLOCKS_MS',
      '',
    ],
    ['take what came long before for the flush’s', 'lastModified >= requestedAt - CLOCKS_MS && ', ''],
    ['call an instance without a launch silent', 'newest === 0 ? 0 : ', ''],
    [
      'upload everything again',
      `      paths,
    )`,
      '    )',
    ],
  ),
  ...bugsIn(
    {
      file: 'src/policy.ts',
      tests: ['test/policy.test.ts', 'test/deploy/settings.test.ts', 'test/deploy/reaches.test.ts'],
    },
    [
      'accept more patience than Auto Scaling has',
      'env.PATIENCE_SECONDS > latestEnd',
      'env.PATIENCE_SECONDS > globalTimeout',
    ],
    [
      'adopt after the hook timed out',
      '(env.ADOPT_AFTER_SECONDS ?? 0) > env.HEARTBEAT_TIMEOUT_SECONDS / 2',
      '(env.ADOPT_AFTER_SECONDS ?? 0) > env.HEARTBEAT_TIMEOUT_SECONDS',
    ],
    [
      'hide messages for a whole heartbeat',
      'env.QUEUE_VISIBILITY_SECONDS > env.HEARTBEAT_TIMEOUT_SECONDS / 2',
      'env.QUEUE_VISIBILITY_SECONDS > env.HEARTBEAT_TIMEOUT_SECONDS',
    ],
    ['adopt as late with a short heartbeat', 'Math.min(1200, env.HEARTBEAT_TIMEOUT_SECONDS / 3)', '1200'],
    ['accept a prefix that begins with a slash', ` && !value.startsWith('/')`, ''],
    ['accept any word for the queue’s ARN', `env[name].startsWith('arn:')`, `env[name] !== ''`],
    ['ask for nobody’s bucket', 'bucketOwner: env.ARCHIVE_BUCKET_OWNER,', 'bucketOwner: undefined,'],
    ['accept a number with a sign', '.regex(/^[0-9]{1,15}$/, error)', '.regex(/^-?[0-9]{1,15}$/, error)'],
    [
      'let the group’s logs go where it is not said',
      `must be 'hold' or 'abandon'" }).default('hold')`,
      `must be 'hold' or 'abandon'" }).default('abandon')`,
    ],
    ['retain nothing where it is not said', `.default('yes')`, `.default('no')`],
    ['check one collected prefix only', 'parts.every(plain)', 'parts.some(plain)'],
    [
      'look for what was moved where no placeholder is filled in',
      `prefix(value) && !value.includes('{')`,
      'prefix(value)',
    ],
  ),
]
