// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** Parameters, and what of them reaches the functions and AWS’s limits. */
import { bugsIn, type Mutant } from './mutant.ts'

export const parameterMutants: readonly Mutant[] = [
  ...bugsIn(
    {
      file: 'deploy/template.ts',
      tests: ['test/deploy/settings.test.ts', 'test/deploy/limits.test.ts', 'test/deploy/template.test.ts'],
    },
    ['replace a document that a command names', `UpdateMethod: 'NewVersion'`, `UpdateMethod: 'Replace'`],
    ['keep snapshots in the bin', `ResourceType: 'EBS_VOLUME'`, `ResourceType: 'EBS_SNAPSHOT'`],
    ['accept what does not fit', 'if (problems.length > 0) throw', 'if (problems.length > 99) throw'],
  ),
  ...bugsIn(
    { file: 'deploy/environment.ts', tests: ['test/deploy/reaches.test.ts', 'test/deploy/settings.test.ts'] },
    [
      'name nobody as the bucket’s owner',
      `    ARCHIVE_BUCKET_OWNER: bucketOwnerOf(settings),
`,
      '',
    ],
    [
      'take the deployment’s account for the bucket’s owner',
      `return bucketOwner ?? { 'Fn::Sub': '\${AWS::AccountId}' }`,
      `return bucketOwner ? { 'Fn::Sub': '\${AWS::AccountId}' } : { 'Fn::Sub': '\${AWS::AccountId}' }`,
    ],
    [
      'put manifests where nobody said',
      `    MANIFEST_PREFIX: settings.manifestPrefix,
`,
      '',
    ],
    [
      'forget where a collector moves objects',
      `    ARCHIVE_MOVED_TO: settings.movedTo,
`,
      '',
    ],
    [
      'upload without the encryption that was asked for',
      `    UPLOAD_ENCRYPTION: uploadEncryption(settings),
`,
      '',
    ],
    ['encrypt under S3’s own key', 'return `${encryption}:${kmsKeyArn}`', 'return encryption'],
    [
      'let a flush run for the default',
      `    EXECUTION_TIMEOUT_SECONDS: String(settings.flushTimeoutSeconds),
`,
      '',
    ],
    [
      'abandon where hold was said',
      `    WITHOUT_RETENTION: settings.withoutRetention,
`,
      '',
    ],
    [
      'be as patient as the default',
      `    PATIENCE_SECONDS: String(settings.patienceSeconds),
`,
      '',
    ],
    [
      'try as often as the default',
      `    MAX_ATTEMPTS: String(settings.maxAttempts),
`,
      '',
    ],
    [
      'look as often as the default',
      `    LOOK_AGAIN_SECONDS: String(settings.lookAgainSeconds),
`,
      '',
    ],
    [
      'audit after the default',
      `    AUDIT_AFTER_SECONDS: String(settings.auditAfterSeconds),
`,
      '',
    ],
    ['retain whatever is said', `RETAIN: settings.retain ? 'yes' : 'no'`, `RETAIN: 'yes'`],
    [
      'heartbeat as the default',
      `    HEARTBEAT_TIMEOUT_SECONDS: String(settings.heartbeatSeconds),
`,
      '',
    ],
    ['look for no salvage in a pass', '...shared, ...salvageEnvironment(settings)', '...shared'],
    [
      'say the visibility of the default',
      `    QUEUE_VISIBILITY_SECONDS: String(settings.visibilitySeconds),
`,
      '',
    ],
    [
      'take every deployment’s metrics for one',
      `    POWERTOOLS_SERVICE_NAME: settings.name,
`,
      '',
    ],
    [
      'tell receipts of no version',
      `    GUARD_VERSION: version,
`,
      '',
    ],
    [
      'let an environment be larger than Lambda’s',
      'environmentBytes(whole) <= MOST_ENVIRONMENT_BYTES',
      'environmentBytes(whole) <= 2 * MOST_ENVIRONMENT_BYTES',
    ],
    ['count no names of variables', 'sum + name.length + bytes(value)', 'sum + bytes(value)'],
  ),
  ...bugsIn(
    { file: 'deploy/settings.ts', tests: ['test/deploy/settings.test.ts'] },
    [
      'accept an unknown period of logs',
      'if (RETENTION_DAYS.includes(Number(value))) return Number(value)',
      'if (Number(value) > 0) return Number(value)',
    ],
    [
      'let a function take as long as its message is hidden',
      'functionTimeoutSeconds: Math.min(120, Math.floor(visibilitySeconds / 6)),',
      'functionTimeoutSeconds: Math.min(120, Math.floor(visibilitySeconds / 3)),',
    ],
    ['accept two addresses', '/^[^@\\s]+@[^@\\s]+$/', '/^[^@\\s]+@\\S+$/'],
    ['accept an account of any length', '/^[0-9]{12}$/,', '/^[0-9]+$/,'],
    ['take a bucket of any form', `: matching('bucket', BUCKET,`, `: matching('bucket', /./,`],
    [
      'say only the first thing that is wrong',
      `problems.push(\`\${parameter}: \${message.replaceAll(/\\s*\\n\\s*/g, ' ')}\`)`,
      `if (problems.length === 0) problems.push(\`\${parameter}: \${message.replaceAll(/\\s*\\n\\s*/g, ' ')}\`)`,
    ],
    [
      'accept a whole number with letters after it',
      'if (/^[0-9]{1,9}$/.test(value) &&',
      'if (/^[0-9]{1,9}/.test(value) &&',
    ],
    ['keep disks for a month', `whole('binDays', 1, 7)`, `whole('binDays', 1, 31)`],
    [
      'take the last of what is given twice',
      `    ...contradictions(given),
`,
      '',
    ],
    ['name a document as AWS names its own', 'if (RESERVED.test(name))', `if (RESERVED.test(''))`],
    [
      'leave a misspelt parameter at its default',
      '.filter((name) => !parameterNames.some((known) => known === name))',
      '.filter(() => false)',
    ],
  ),
  ...bugsIn(
    { file: 'deploy/limits.ts', tests: ['test/deploy/limits.test.ts'] },
    [
      'measure no managed policies',
      '{ what: `managed policies of ${name}`, used: managed.length,',
      '{ what: `managed policies of ${name}`, used: 0,',
    ],
    ['measure no names of functions', '`${name}-${functionName}`, 64', '`${functionName}`, 64'],
    [
      'measure the smaller document',
      'used: Math.max(bytesOf(FlushDocument), bytesOf(SalvageDocument)),',
      'used: Math.min(bytesOf(FlushDocument), bytesOf(SalvageDocument)),',
    ],
  ),
  ...bugsIn(
    { file: 'deploy/policy-problems.ts', tests: ['test/deploy/settings.test.ts'] },
    [
      'accept receipts under the archive',
      `...(archivePattern(prefix).test(receipt) ? [reserved('prefix', prefix)] : []),`,
      '',
    ],
    ['accept what a function would refuse', ', ...lines.map(translated)]', ']'],
  ),
  ...bugsIn(
    { file: 'deploy/policies.ts', tests: ['test/deploy/limits.test.ts'] },
    ['measure a short role', `role/\${'x'.repeat(64)}\``, 'role/x`'],
    [
      'cut a denial',
      `    Effect === 'Allow' &&
    only?.operator`,
      '    only?.operator',
    ],
    [
      'cut between two conditions',
      `    others.length === 0 &&
`,
      '',
    ],
  ),
  ...bugsIn({ file: 'deploy/receive-budget.ts', tests: ['test/deploy/receive-budget.test.ts'] }, [
    'count half of the longest hold',
    'globalTimeoutOf(heartbeatSeconds)',
    'globalTimeoutOf(heartbeatSeconds) / 2',
  ]),
]
