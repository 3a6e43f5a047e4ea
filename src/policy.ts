/** The limits: read from the environment once, at start, with every bad value reported together and what to write instead. */
import * as z from 'zod'
import { globalTimeoutOf, LONGEST_HOLD_SECONDS, latestEndOf } from './global-timeout.ts'
import { RECEIPT_PREFIX } from './receipt-prefix.ts'
import { NO_RUNGS, type RecoveryPolicy, readRungs } from './rungs.ts'
import { parseSelections, type Selection } from './selection.ts'

const HOUR = 3600

export interface Policy {
  /** The one hook we act for. Another hook's notification is refused. */
  readonly hookName: string
  readonly documentName: string
  readonly guardVersion: string
  readonly region: string
  readonly queueUrl: string
  readonly deadLetterQueueUrl: string
  /** The queue's own visibility timeout: when a kept message is seen again if nobody says otherwise. */
  readonly queueVisibilitySeconds: number

  readonly archive: ArchivePolicy

  /** The hook's heartbeat timeout as we deploy it; a hook that differs is read at run time. */
  readonly heartbeatTimeoutSeconds: number
  /** How long one action may take before it is given up. */
  readonly patienceSeconds: number
  readonly maxAttempts: number
  /** The first back-off between two flushes, and between two tries to reach an agent; doubles. */
  readonly retrySeconds: number
  /** The longest time between two looks at one action. */
  readonly lookAgainSeconds: number
  /** The look-again time where an answer is expected any moment. */
  readonly pendingSeconds: number
  /** How long SSM tries to hand a flush to the agent. Adds to the execution timeout, so it is small. */
  readonly deliveryTimeoutSeconds: number
  readonly executionTimeoutSeconds: number
  /** What to do without proof where the group does not retain: `hold` until Auto Scaling's end, or `abandon` at once. */
  readonly withoutRetention: 'hold' | 'abandon'
  /** An action held for longer than this is looked at by the sweep too: its message may be lost. */
  readonly adoptAfterSeconds: number
  /** No pass is started with less of the Lambda's time left. */
  readonly passSeconds: number
  /** Whom to guard, for the functions that enrol; `undefined` where enrolment is somebody else's. */
  readonly enrolment: EnrolmentPolicy | undefined
  readonly recovery: RecoveryPolicy
  /** A running instance that has published nothing for so long is flushed by the audit. */
  readonly auditAfterSeconds: number
}

/** Which groups get our hook, and with what. */
export interface EnrolmentPolicy {
  readonly selections: readonly Selection[]
  /** What the hook notifies, and the role that Auto Scaling takes to do so. */
  readonly queueArn: string
  readonly notifierRoleArn: string
  /** Whether abandoned instances are kept (`TerminateHookAbandon: retain`). */
  readonly retain: boolean
}

/** Where logs must be, and how they are compared. */
export interface ArchivePolicy {
  readonly bucket: string
  /** The account that the bucket must belong to; `undefined`: whoever has the name. */
  readonly bucketOwner: string | undefined
  /** With `{environment}`, `{instance}` and `{group}`. Ends with a slash. */
  readonly prefix: string
  readonly keyRule: 'underscores' | 'path'
  /** Prefixes in the same bucket to which a collector moves objects; what lies there counts. */
  readonly movedTo: readonly string[]
  /** The encryption that uploads ask for: empty, `AES256`, `aws:kms` or `aws:kms:<ARN of a key>`. */
  readonly encryption: string
  /** Where a manifest too large for standard output is put. */
  readonly manifestPrefix: string
  /** Where the guard puts its receipts; instances may not write there. */
  readonly receiptPrefix: string
  /** So many bytes are read and hashed in one proof where S3 keeps no comparable digest; what is beyond is unproven. */
  readonly hashLimitBytes: number
}

const text = (what: string) =>
  z.string({ error: `is not set; write ${what}` }).min(1, `is empty; write ${what}`)

const limited = (min: number, max: number, fallback: string) => {
  const error = `must be a whole number from ${min} to ${max}; leave it out for ${fallback}`
  return z
    .string()
    .regex(/^[0-9]{1,15}$/, error)
    .transform(Number)
    .refine((value) => value >= min && value <= max, error)
}

const wholeNumber = (fallback: number, min: number, max: number) =>
  limited(min, max, String(fallback)).default(fallback)

const prefixPattern = /^([A-Za-z0-9_.=/-]|\{environment\}|\{instance\}|\{group\})*$/
const prefixError =
  "may hold letters, digits, '_.=/-' and {environment}, {instance}, {group}, and ends with '/'"
const prefix = (value: string) => prefixPattern.test(value) && value.endsWith('/') && !value.startsWith('/')
/** What is not of one instance: nobody would fill a placeholder in. */
const plainError =
  "may hold letters, digits and '_.=/-', and ends with '/' (only ARCHIVE_PREFIX has placeholders: write it without)"
const plain = (value: string) => prefix(value) && !value.includes('{')

/** Reads what throws an Error where it cannot be read. */
function by<Value>(parse: (text: string) => readonly Value[]) {
  return (text: string, context: z.RefinementCtx): readonly Value[] => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
      return []
    }
  }
}

const Environment = z
  .object({
    HOOK_NAME: text('the name of the lifecycle hook, such as termination-guard'),
    DOCUMENT_NAME: text('the name of the SSM document that flushes'),
    GUARD_VERSION: z.string().default('unknown'),
    AWS_REGION: text('the region, such as eu-west-1'),
    QUEUE_URL: z.url({ error: "must be the queue's URL, https://sqs…" }),
    DEAD_LETTER_QUEUE_URL: z.url({ error: "must be the dead-letter queue's URL, https://sqs…" }),
    QUEUE_VISIBILITY_SECONDS: wholeNumber(900, 1, 43_200),
    ARCHIVE_BUCKET: z
      .string({ error: 'is not set; write the name of the bucket that the logs go to' })
      .regex(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        'must be the name of a bucket, without s3:// and without a path',
      ),
    ARCHIVE_BUCKET_OWNER: z
      .string()
      .regex(/^[0-9]{12}$/, 'must be the 12 digits of the account that owns the bucket')
      .optional(),
    ARCHIVE_PREFIX: text('the prefix of an instance’s logs, with {instance}')
      .refine(prefix, prefixError)
      .refine(
        (value) => value.includes('{instance}'),
        'must hold {instance}: two instances write the same names',
      ),
    ARCHIVE_KEY_RULE: z.enum(['underscores', 'path'], { error: "must be 'underscores' or 'path'" }),
    ARCHIVE_MOVED_TO: z
      .string()
      .default('')
      .transform((value) => value.split(',').filter((part) => part !== ''))
      .refine((parts) => parts.every(plain), `each prefix ${plainError}`),
    MANIFEST_PREFIX: z.string().default('termination-guard/manifests/').refine(plain, plainError),
    UPLOAD_ENCRYPTION: z
      .string()
      .regex(/^(AES256|aws:kms(:arn:[A-Za-z0-9:/_-]{1,400})?)?$/, 'must be AES256, aws:kms or aws:kms:ARN')
      .default(''),
    HASH_LIMIT_BYTES: wholeNumber(512 * 1024 ** 2, 0, 50 * 1024 ** 4),
    HEARTBEAT_TIMEOUT_SECONDS: wholeNumber(HOUR, 30, 7200),
    PATIENCE_SECONDS: wholeNumber(2 * HOUR, 1, LONGEST_HOLD_SECONDS),
    MAX_ATTEMPTS: wholeNumber(5, 1, 100),
    RETRY_SECONDS: wholeNumber(30, 0, HOUR),
    LOOK_AGAIN_SECONDS: wholeNumber(900, 1, 43_200),
    PENDING_SECONDS: wholeNumber(20, 1, 900),
    DELIVERY_TIMEOUT_SECONDS: wholeNumber(60, 30, 3600),
    EXECUTION_TIMEOUT_SECONDS: wholeNumber(1800, 5, 172_800),
    WITHOUT_RETENTION: z.enum(['hold', 'abandon'], { error: "must be 'hold' or 'abandon'" }).default('hold'),
    ADOPT_AFTER_SECONDS: limited(0, LONGEST_HOLD_SECONDS, '1200, or a third of the heartbeat').optional(),
    PASS_SECONDS: wholeNumber(15, 0, 900),
    GROUPS: z.string().transform(by(parseSelections)).optional(),
    QUEUE_ARN: z.string().default(''),
    NOTIFIER_ROLE_ARN: z.string().default(''),
    RETAIN: z.enum(['yes', 'no'], { error: "must be 'yes' or 'no'" }).default('yes'),
    AUDIT_AFTER_SECONDS: wholeNumber(3 * HOUR, 1, 7 * 24 * HOUR),
    RECOVER: z.string().default(NO_RUNGS).transform(by(readRungs)),
    RETRY_KEPT_AFTER_SECONDS: wholeNumber(900, 1, 7 * 24 * HOUR),
    REBOOT_AFTER_SECONDS: wholeNumber(300, 1, HOUR),
    RECOVERIES_AT_ONCE: wholeNumber(5, 1, 100),
  })
  .superRefine((env, context) => {
    const globalTimeout = globalTimeoutOf(env.HEARTBEAT_TIMEOUT_SECONDS)
    const latestEnd = latestEndOf(globalTimeout)
    if (env.PATIENCE_SECONDS > latestEnd) {
      const message = `must be at most ${latestEnd}: Auto Scaling itself ends the action after ${globalTimeout} s (100 heartbeats, or 48 hours)`
      context.addIssue({ code: 'custom', path: ['PATIENCE_SECONDS'], message })
    }
    if ((env.ADOPT_AFTER_SECONDS ?? 0) > env.HEARTBEAT_TIMEOUT_SECONDS / 2) {
      const message = `must be at most half of HEARTBEAT_TIMEOUT_SECONDS (${env.HEARTBEAT_TIMEOUT_SECONDS}): an action without a message must be found before its hook times out`
      context.addIssue({ code: 'custom', path: ['ADOPT_AFTER_SECONDS'], message })
    }
    if (env.QUEUE_VISIBILITY_SECONDS > env.HEARTBEAT_TIMEOUT_SECONDS / 2) {
      const message = `must be at most half of HEARTBEAT_TIMEOUT_SECONDS (${env.HEARTBEAT_TIMEOUT_SECONDS}): every look is a heartbeat`
      context.addIssue({ code: 'custom', path: ['QUEUE_VISIBILITY_SECONDS'], message })
    }
    for (const name of ['QUEUE_ARN', 'NOTIFIER_ROLE_ARN'] as const) {
      if (env.GROUPS === undefined || env[name].startsWith('arn:')) continue
      context.addIssue({ code: 'custom', path: [name], message: 'must be an ARN where GROUPS is set' })
    }
  })

/** Reads the policy from the environment. Throws one Error that names every bad value and what to write instead. */
export function readPolicy(environment: Readonly<Record<string, string | undefined>>): Policy {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
    throw new Error(`The guard cannot start. In its environment:\n${lines.join('\n')}`)
  }
  const env = parsed.data
  return {
    hookName: env.HOOK_NAME,
    documentName: env.DOCUMENT_NAME,
    guardVersion: env.GUARD_VERSION,
    region: env.AWS_REGION,
    queueUrl: env.QUEUE_URL,
    deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
    queueVisibilitySeconds: env.QUEUE_VISIBILITY_SECONDS,
    archive: {
      bucket: env.ARCHIVE_BUCKET,
      bucketOwner: env.ARCHIVE_BUCKET_OWNER,
      prefix: env.ARCHIVE_PREFIX,
      keyRule: env.ARCHIVE_KEY_RULE,
      movedTo: env.ARCHIVE_MOVED_TO,
      encryption: env.UPLOAD_ENCRYPTION,
      manifestPrefix: env.MANIFEST_PREFIX,
      receiptPrefix: RECEIPT_PREFIX,
      hashLimitBytes: env.HASH_LIMIT_BYTES,
    },
    heartbeatTimeoutSeconds: env.HEARTBEAT_TIMEOUT_SECONDS,
    patienceSeconds: env.PATIENCE_SECONDS,
    maxAttempts: env.MAX_ATTEMPTS,
    retrySeconds: env.RETRY_SECONDS,
    lookAgainSeconds: env.LOOK_AGAIN_SECONDS,
    pendingSeconds: env.PENDING_SECONDS,
    deliveryTimeoutSeconds: env.DELIVERY_TIMEOUT_SECONDS,
    executionTimeoutSeconds: env.EXECUTION_TIMEOUT_SECONDS,
    withoutRetention: env.WITHOUT_RETENTION,
    adoptAfterSeconds: env.ADOPT_AFTER_SECONDS ?? Math.min(1200, env.HEARTBEAT_TIMEOUT_SECONDS / 3),
    passSeconds: env.PASS_SECONDS,
    enrolment: env.GROUPS && {
      selections: env.GROUPS,
      queueArn: env.QUEUE_ARN,
      notifierRoleArn: env.NOTIFIER_ROLE_ARN,
      retain: env.RETAIN === 'yes',
    },
    recovery: {
      rungs: env.RECOVER,
      retryAfterSeconds: env.RETRY_KEPT_AFTER_SECONDS,
      rebootAfterSeconds: env.REBOOT_AFTER_SECONDS,
      atOnce: env.RECOVERIES_AT_ONCE,
    },
    auditAfterSeconds: env.AUDIT_AFTER_SECONDS,
  }
}
