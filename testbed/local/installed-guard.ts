/** The guard, installed in a local AWS: what `serverless deploy` makes, from the same bundles. */
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm'
import { version } from '../../deploy/environment.ts'
import { type Bundles, bundle } from '../../scripts/bundle.ts'
import { buildDocument } from '../../src/flush/document.ts'
import { loadProfile, type Profile } from '../../src/flush/profile.ts'
import { salvageDocumentOf } from '../../src/flush/salvage-document.ts'
import { keptByBin } from '../../src/termination/disk-mark.ts'
import { accountId, type Invocation, type LocalAws, type LocalFunction } from './local-aws.ts'

export const hookName = 'termination-guard'
export const documentName = 'termination-guard-flush'
const documents = [
  [documentName, 'flush'],
  [salvageDocumentOf(hookName), 'salvage'],
] as const
export const queueName = 'termination-guard'
export const notifierRoleArn = `arn:aws:iam::${accountId}:role/termination-guard-notifier`

/** The guard's waits, as its environment names them. */
export type Waits = Readonly<Record<`${string}_SECONDS`, string>> & {
  readonly QUEUE_VISIBILITY_SECONDS: string
}

/** Waits for a person who looks on: everything is over in a minute or two. */
export const patientWaits: Waits = {
  QUEUE_VISIBILITY_SECONDS: '20',
  HEARTBEAT_TIMEOUT_SECONDS: '60',
  PATIENCE_SECONDS: '90',
  RETRY_SECONDS: '2',
  LOOK_AGAIN_SECONDS: '10',
  PENDING_SECONDS: '1',
  DELIVERY_TIMEOUT_SECONDS: '30',
  EXECUTION_TIMEOUT_SECONDS: '60',
  ADOPT_AFTER_SECONDS: '30',
  PASS_SECONDS: '2',
}

export interface GuardOptions {
  readonly bucket: string
  /** A profile's name. */
  readonly profile?: string
  readonly waits?: Waits
  /** Which groups to enrol, as the guard's GROUPS says it. Without it hooks are put by hand. */
  readonly groups?: string
  /** What is tried with machines that cannot be flushed, as the guard's RECOVER says it. Without it, nothing. */
  readonly recover?: string
  readonly functionTimeoutSeconds?: number
  readonly sweepEveryMs?: number
  readonly auditEveryMs?: number
  /** Each line that a function writes. */
  readonly onLine?: (line: string) => void
  readonly onInvocation?: (invocation: Invocation) => void
}

/** What was made. */
export interface InstalledGuard {
  readonly queue: { readonly url: string; readonly arn: string }
  readonly deadLetters: { readonly url: string; readonly arn: string }
  readonly terminations: LocalFunction
  readonly sweep: LocalFunction
  /** What every function is told. */
  readonly variables: Readonly<Record<string, string>>
}

/** Queue, dead-letter queue, documents, functions, event source mapping, schedules and rules. */
export async function installGuard(aws: LocalAws, options: GuardOptions): Promise<InstalledGuard> {
  const { waits = patientWaits, groups } = options
  const profile = loadProfile(options.profile ?? 'beanstalk')
  const deadLetters = await aws.createQueue(`${queueName}-dead-letters`)
  const queue = await aws.createQueue(queueName, {
    VisibilityTimeout: waits.QUEUE_VISIBILITY_SECONDS,
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1000 }),
  })
  await createDocuments(aws, profile)
  const variables = guardEnvironment({ ...options, waits, profile, queue, deadLetters })
  const timeoutSeconds = options.functionTimeoutSeconds ?? 10
  const bundles = await bundle(aws.directory)
  const deploy = (name: keyof Bundles) =>
    aws.deploy({
      name,
      bundle: bundles[name],
      variables,
      timeoutSeconds,
      ...(options.onLine ? { onLine: options.onLine } : {}),
      ...(options.onInvocation ? { onInvocation: options.onInvocation } : {}),
    })
  const terminations = deploy('terminations')
  const sweep = deploy('sweep')
  await aws.mapQueue({ queueUrl: queue.url, function: terminations })
  aws.addRule({
    name: 'flush ended',
    pattern: {
      source: ['aws.ssm'],
      'detail-type': ['EC2 Command Invocation Status-change Notification'],
      detail: { 'document-name': [documentName], status: ['Success', 'Failed', 'TimedOut', 'Canceled'] },
    },
    target: { queue: queueName },
  })
  sweep.schedule(options.sweepEveryMs ?? 15_000)
  if (options.recover?.includes('bin')) keepMarkedDisks(aws)
  if (groups !== undefined) enrolling(aws, deploy, options.auditEveryMs ?? 60_000)
  return { queue, deadLetters, terminations, sweep, variables }
}

/** As the template's retention rule has it. */
function keepMarkedDisks({ model, now }: LocalAws): void {
  model.call(now(), 'CreateRule', {
    ResourceType: 'EBS_VOLUME',
    ResourceTags: keptByBin(hookName),
    RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
  })
}

/** A new group is enrolled as its first instance comes up; running instances are audited. */
function enrolling(
  aws: LocalAws,
  deploy: (name: keyof Bundles) => LocalFunction,
  auditEveryMs: number,
): void {
  const enrol = deploy('enrol')
  aws.addRule({
    name: 'launches',
    pattern: { source: ['aws.autoscaling'], 'detail-type': ['EC2 Instance Launch Successful'] },
    target: {
      async deliver(event) {
        await enrol.invoke(event)
      },
    },
  })
  deploy('audit').schedule(auditEveryMs)
}

/** The environment that every function of the guard is given. */
export function guardEnvironment(made: {
  readonly bucket: string
  readonly waits: Waits
  readonly groups?: string
  readonly recover?: string
  readonly profile: Pick<Profile, 'archivePrefix' | 'keyRule'>
  readonly queue: { readonly url: string; readonly arn: string }
  readonly deadLetters: { readonly url: string }
}): Readonly<Record<string, string>> {
  return {
    ...made.waits,
    HOOK_NAME: hookName,
    DOCUMENT_NAME: documentName,
    GUARD_VERSION: version,
    QUEUE_URL: made.queue.url,
    DEAD_LETTER_QUEUE_URL: made.deadLetters.url,
    ARCHIVE_BUCKET: made.bucket,
    ARCHIVE_PREFIX: made.profile.archivePrefix,
    ARCHIVE_KEY_RULE: made.profile.keyRule,
    ...(made.recover && { RECOVER: made.recover }),
    ...(made.groups === undefined
      ? {}
      : { GROUPS: made.groups, QUEUE_ARN: made.queue.arn, NOTIFIER_ROLE_ARN: notifierRoleArn }),
  }
}

async function createDocuments(
  { endpoints, region, credentials }: LocalAws,
  profile: Profile,
): Promise<void> {
  const ssm = new SSMClient({ endpoint: endpoints.ssm, region, credentials: credentials('DEPLOYER') })
  for (const [Name, kind] of documents) {
    const Content = JSON.stringify(buildDocument(profile, kind))
    await ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Command' }))
  }
  ssm.destroy()
}
