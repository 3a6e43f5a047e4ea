/** What each function is told: the policy's variables (`src/policy.ts`), and nothing else. */
import { readFileSync } from 'node:fs'
import { BUNDLED } from '../src/selection.ts'
import type { Settings } from './parameters.ts'

/** Which guard is deployed, as receipts say it. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** A value of a CloudFormation template. */
export type Value = string | Readonly<Record<string, unknown>>

export const functionNames = ['terminations', 'sweep', 'enrol', 'audit'] as const
export type FunctionName = (typeof functionNames)[number]

/** Elastic Beanstalk's own bucket of the account and Region, where it publishes logs to. */
const BEANSTALK_BUCKET: Value = { 'Fn::Sub': 'elasticbeanstalk-${AWS::Region}-${AWS::AccountId}' }

/** The bucket of the archive. */
export function bucketOf({ bucket }: Settings): Value {
  return bucket ?? BEANSTALK_BUCKET
}

/** The account that the bucket must belong to. */
export function bucketOwnerOf({ bucketOwner }: Settings): Value {
  return bucketOwner ?? { 'Fn::Sub': '${AWS::AccountId}' }
}

/** The name of the SSM document that the functions send. */
export function documentNameOf({ name }: Settings): string {
  return `${name}-flush`
}

/** All functions share one policy; only those that enrol know whom and with what. */
export function environmentOf(settings: Settings, functionName: FunctionName): Record<string, Value> {
  const shared = sharedEnvironment(settings)
  switch (functionName) {
    case 'terminations':
      return { ...shared, ...salvageEnvironment(settings) }
    case 'sweep':
      return withGroups(
        { ...shared, ...enrolmentEnvironment(settings), ...recoveryEnvironment(settings) },
        settings.groups,
      )
    case 'enrol':
    case 'audit':
      return withGroups({ ...shared, ...enrolmentEnvironment(settings) }, settings.groups)
  }
}

/** Bytes of all names and values of a function's environment together (Lambda quotas). */
export const MOST_ENVIRONMENT_BYTES = 4096

/** In the environment they are seen in the console; where there are too many, the bundle has them (`esbuild.config.cjs`). */
function withGroups(environment: Record<string, Value>, groups: string): Record<string, Value> {
  const whole = { ...environment, GROUPS: groups }
  return environmentBytes(whole) <= MOST_ENVIRONMENT_BYTES ? whole : { ...environment, GROUPS: BUNDLED }
}

/** What only CloudFormation knows is an ARN or a URL with a name of at most 80 characters. */
export function environmentBytes(environment: Readonly<Record<string, Value>>): number {
  const bytes = (value: Value) => (typeof value === 'string' ? Buffer.byteLength(value) : 170)
  return Object.entries(environment).reduce((sum, [name, value]) => sum + name.length + bytes(value), 0)
}

function sharedEnvironment(settings: Settings): Record<string, Value> {
  return {
    POWERTOOLS_SERVICE_NAME: settings.name,
    HOOK_NAME: settings.name,
    DOCUMENT_NAME: documentNameOf(settings),
    GUARD_VERSION: version,
    QUEUE_URL: { Ref: 'Queue' },
    DEAD_LETTER_QUEUE_URL: { Ref: 'DeadLetterQueue' },
    QUEUE_VISIBILITY_SECONDS: String(settings.visibilitySeconds),
    ARCHIVE_BUCKET: bucketOf(settings),
    ARCHIVE_BUCKET_OWNER: bucketOwnerOf(settings),
    ARCHIVE_PREFIX: settings.prefix,
    ARCHIVE_KEY_RULE: settings.profile.keyRule,
    ARCHIVE_MOVED_TO: settings.movedTo,
    MANIFEST_PREFIX: settings.manifestPrefix,
    UPLOAD_ENCRYPTION: uploadEncryption(settings),
    HEARTBEAT_TIMEOUT_SECONDS: String(settings.heartbeatSeconds),
    PATIENCE_SECONDS: String(settings.patienceSeconds),
    MAX_ATTEMPTS: String(settings.maxAttempts),
    LOOK_AGAIN_SECONDS: String(settings.lookAgainSeconds),
    EXECUTION_TIMEOUT_SECONDS: String(settings.flushTimeoutSeconds),
    WITHOUT_RETENTION: settings.withoutRetention,
  }
}

/** As the SSM document's parameter `Encryption` has it. */
function uploadEncryption({ encryption, kmsKeyArn }: Settings): string {
  switch (encryption) {
    case 'none':
      return ''
    case 'AES256':
      return encryption
    case 'aws:kms':
      return `${encryption}:${kmsKeyArn}`
  }
}

/** Where another machine may have archived the logs, a pass looks for that. */
function salvageEnvironment(settings: Settings): Record<string, Value> {
  return settings.rungs.includes('clone') ? recoveryEnvironment(settings) : {}
}

/** Only the sweep recovers. */
function recoveryEnvironment({ rungs, recoveriesAtOnce }: Settings): Record<string, Value> {
  if (rungs.length === 0) return {}
  return { RECOVER: rungs.join(','), RECOVERIES_AT_ONCE: String(recoveriesAtOnce) }
}

function enrolmentEnvironment(settings: Settings): Record<string, Value> {
  return {
    QUEUE_ARN: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    NOTIFIER_ROLE_ARN: { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },
    RETAIN: settings.retain ? 'yes' : 'no',
    AUDIT_AFTER_SECONDS: String(settings.auditAfterSeconds),
  }
}
