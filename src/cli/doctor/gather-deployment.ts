/** Gathers what the checks of the deployment itself look at. */

import type { Asked } from '../../aws/ask.ts'
import { reasonOf } from '../../aws/failures.ts'
import { queued } from '../../aws/queued.ts'
import type { DocumentKind } from '../../flush/document.ts'
import { salvageDocumentOf } from '../../flush/salvage-document.ts'
import type { JournalEvent } from '../../journal/journal.ts'
import { parseJournalLine } from '../../journal/journal-line.ts'
import { QUEUE_WAS_TESTED } from '../../termination/message.ts'
import { FUNCTIONS } from '../deployed-functions.ts'
import type { Deployment } from '../deployment.ts'
import { known } from '../known.ts'
import type { AlarmFacts, DeploymentFacts, DocumentFacts, FunctionFacts, Heard } from './facts.ts'

/** How far back the journal is read. */
const HEARD_MS = 24 * 3600_000
/** An older crash has been looked at, or is over. */
const CRASHES_MS = 3600_000

/** S3 has an error for what is simply not set, and SSM for a document that is not there. */
const UNSET =
  /^(NoSuchBucketPolicy|NoSuchLifecycleConfiguration|ServerSideEncryptionConfigurationNotFoundError|InvalidDocument(?![A-Za-z]))/

export async function gatherDeployment(deployment: Deployment, now: number): Promise<DeploymentFacts> {
  const { aws, inspection, policy, name } = deployment
  const Bucket = policy.archive.bucket
  const configurations = new Map<string, Asked<FunctionConfiguration>>()
  for (const one of FUNCTIONS)
    configurations.set(
      one,
      await known(() => aws.getFunctionConfiguration({ FunctionName: `${name}-${one}` })),
    )
  const sweep = configurations.get('sweep')
  return {
    ...{ now, name, policy },
    queuePolicy: await known(async () => {
      const { Attributes } = await aws.getQueueAttributes({
        QueueUrl: policy.queueUrl,
        AttributeNames: ['Policy'],
      })
      return Attributes?.Policy
    }),
    notifierRoleArn:
      policy.enrolment?.notifierRoleArn ??
      (sweep?.is === 'answered' ? sweep.answer.Environment?.Variables?.NOTIFIER_ROLE_ARN : undefined),
    deadLetters: await known(() => queued(aws, policy.deadLetterQueueUrl)),
    documents: [
      await documentFacts(deployment, policy.documentName, 'flush'),
      await documentFacts(deployment, salvageDocumentOf(name), 'salvage'),
    ],
    versioning: await known(async () => (await inspection.getBucketVersioning({ Bucket })).Status),
    encryption: await known(() =>
      unlessUnset([], async () => {
        const answer = await inspection.getBucketEncryption({ Bucket })
        return answer.ServerSideEncryptionConfiguration?.Rules ?? []
      }),
    ),
    lifecycle: await known(() =>
      unlessUnset([], async () => (await inspection.getBucketLifecycleConfiguration({ Bucket })).Rules ?? []),
    ),
    bucketPolicy: await known(() =>
      unlessUnset(undefined, async () => (await inspection.getBucketPolicy({ Bucket })).Policy),
    ),
    heard: await known(() => heard(deployment, now)),
    functions: await functionFacts(deployment, configurations),
    crashes: await known(() => deployment.crashes(now - CRASHES_MS)),
    alarms: await known(() => alarmFacts(deployment)),
  }
}

type FunctionConfiguration = Awaited<ReturnType<Deployment['aws']['getFunctionConfiguration']>>

async function unlessUnset<Value>(unset: Value, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    if (UNSET.test(reasonOf(error))) return unset
    throw error
  }
}

async function documentFacts(
  { inspection }: Deployment,
  name: string,
  kind: DocumentKind,
): Promise<DocumentFacts> {
  const parameters = await known(() =>
    unlessUnset(undefined, async () => {
      const { Content = '' } = await inspection.getDocument({ Name: name, DocumentFormat: 'JSON' })
      return Object.keys((JSON.parse(Content) as { parameters?: object }).parameters ?? {})
    }),
  )
  return { name, kind, parameters }
}

async function heard({ journal }: Deployment, now: number): Promise<Heard> {
  const newest = { sweepAt: 0, auditAt: 0, notificationAt: 0, enrolmentAt: 0 }
  let enrolment: Heard['enrolment']
  for await (const lines of journal.read(parseJournalLine, now - HEARD_MS))
    for (const { at, event } of lines) {
      if (event.event === 'sweep') newest.sweepAt = Math.max(newest.sweepAt, at)
      if (event.event === 'audit') newest.auditAt = Math.max(newest.auditAt, at)
      if (event.event === 'enrolment' && at >= newest.enrolmentAt) {
        newest.enrolmentAt = at
        enrolment = event
      }
      if (isNotification(event)) newest.notificationAt = Math.max(newest.notificationAt, at)
    }
  const { sweepAt, auditAt, notificationAt } = newest
  return {
    sweepAt: sweepAt || undefined,
    auditAt: auditAt || undefined,
    notificationAt: notificationAt || undefined,
    enrolment,
  }
}

/** Of an action, or by which Auto Scaling tries the queue when a hook is put. */
function isNotification(event: JournalEvent): boolean {
  if (event.event === 'message-ignored') return event.why === QUEUE_WAS_TESTED
  return event.event === 'pass' && event.trigger === 'notification'
}

async function functionFacts(
  deployment: Deployment,
  configurations: ReadonlyMap<string, Asked<FunctionConfiguration>>,
): Promise<FunctionFacts[]> {
  const facts: FunctionFacts[] = []
  for (const [name, asked] of configurations) {
    facts.push({
      name: `${deployment.name}-${name}`,
      state: stateOf(asked),
      rolePolicies:
        asked.is === 'answered'
          ? await known(() => rolePolicies(deployment, asked.answer.Role ?? ''))
          : asked,
    })
  }
  return facts
}

function stateOf(asked: Asked<FunctionConfiguration>): Asked<string> {
  if (asked.is === 'refused') return asked
  const { State: answer } = asked.answer
  return answer ? { is: 'answered', answer } : { is: 'refused', why: 'Lambda tells no state' }
}

async function rolePolicies(
  { inspection }: Deployment,
  roleArn: string,
): Promise<{ inlineCharacters: number; managed: number }> {
  const RoleName = roleArn.split('/').at(-1) ?? ''
  const { PolicyNames = [] } = await inspection.listRolePolicies({ RoleName })
  let inlineCharacters = 0
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = '' } = await inspection.getRolePolicy({ RoleName, PolicyName })
    // IAM counts no white space, and answers URL-encoded.
    inlineCharacters += decodeURIComponent(PolicyDocument).replaceAll(/\s/g, '').length
  }
  const { AttachedPolicies = [] } = await inspection.listAttachedRolePolicies({ RoleName })
  return { inlineCharacters, managed: AttachedPolicies.length }
}

async function alarmFacts({ inspection, name }: Deployment): Promise<AlarmFacts> {
  const alarms: AlarmFacts['alarms'][number][] = []
  let next: string | undefined
  do {
    const page = await inspection.describeAlarms({
      AlarmNamePrefix: `${name}-`,
      ...(next && { NextToken: next }),
    })
    alarms.push(...(page.MetricAlarms ?? []))
    next = page.NextToken
  } while (next)
  const topics = new Set(alarms.flatMap(({ AlarmActions = [] }) => AlarmActions))
  const subscribers = new Map<string, Asked<number>>()
  for (const TopicArn of topics)
    subscribers.set(
      TopicArn,
      await known(async () => {
        const { Subscriptions = [] } = await inspection.listSubscriptionsByTopic({ TopicArn })
        // One that waits for its confirmation has `PendingConfirmation` instead of an ARN.
        return Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:')).length
      }),
    )
  return { alarms, subscribers }
}
