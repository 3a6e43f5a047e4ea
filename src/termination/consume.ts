/**
 * A batch of queue messages → bounded passes → which messages to keep, and until when. The message is the obligation: it is
 * acknowledged when its action is over or when it is no action at all and that was counted (S2); in every other case, a crash
 * included, it stays and is seen again.
 */
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import pMap from 'p-map'
import { ask } from '../aws/ask.ts'
import { type SharedFacts, sharingHooks } from '../aws/ask-once.ts'
import { countCalls } from '../aws/count-calls.ts'
import { grouped } from '../grouped.ts'
import { type Guard, guardUntil, passTimes } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { LifecycleAction, Trigger } from '../model.ts'
import { identify, type Subject } from './identify.ts'
import { comeBackInTime, lookAgain, lookAgainAfterFailure, watchSlowPass } from './look-again.ts'
import { type Message, parse, QUEUE_WAS_TESTED } from './message.ts'
import { NotOurs } from './not-ours.ts'
import type { Pass } from './pass.ts'
import { reconcile } from './reconcile.ts'
import { tell } from './tell.ts'

/** Instances that are looked at at once. Auto Scaling's and SSM's quotas are shared with the whole account. */
const CONCURRENT_PASSES = 5
/** Copies of messages that are no action are made first, in at most so much of the function's time. */
const SHARE_OF_DISMISSALS = 0.25
/** What is left after this is for handing the answer back. */
const SHARE_BEFORE_THE_ANSWER = 0.98
/** So late a notification may reach the queue. One that calls itself older would only spend our patience; and none is younger than its message. */
const LATEST_DELIVERY_MS = 3600 * 1000
/** What SQS does not take in an attribute. */
const UNPRINTABLE = /[^\x20-\x7e]/g

/** `keep`: the message is a batch item failure and comes back. */
type Verdict = 'acknowledge' | 'keep'
type Wakeable = Extract<Message, { kind: 'lifecycle-action' | 'command-status' }>
interface Work {
  readonly record: SQSRecord
  readonly message: Wakeable
}

export async function consume(
  guard: Guard,
  records: readonly SQSRecord[],
  remainingMs: () => number,
): Promise<SQSBatchResponse> {
  const kept: string[] = []
  const finish = (record: SQSRecord, verdict: Verdict) => {
    if (verdict === 'keep') kept.push(record.messageId)
  }

  const deferredBy = guard.clock.now() + SHARE_BEFORE_THE_ANSWER * remainingMs()
  const work: Work[] = []
  const dismissing = guardUntil(guard, guard.clock.now() + SHARE_OF_DISMISSALS * remainingMs())
  for (const record of records) {
    const message = parse(record.body)
    if (message.kind === 'lifecycle-action' || message.kind === 'command-status')
      work.push({ record, message })
    else finish(record, await dismiss(dismissing, record, message))
  }
  let deferred = 0
  const shared: SharedFacts = new Map()
  const deferring = guardUntil({ ...guard, aws: sharingHooks(guard.aws, shared) }, deferredBy)
  await pMap(
    byInstance(work),
    async (sameInstance) => {
      // One after the other: two passes at once on one instance could start two flushes (E1).
      for (const item of sameInstance) {
        const isInTime = remainingMs() >= guard.policy.passSeconds * 1000
        if (!isInTime) deferred++
        const verdict = isInTime
          ? await runPass(guard, shared, item, remainingMs())
          : await defer(deferring, item)
        finish(item.record, verdict)
      }
    },
    { concurrency: CONCURRENT_PASSES },
  )
  if (deferred > 0)
    guard.journal({ event: 'passes-deferred', messages: deferred, remainingMs: remainingMs() })
  return { batchItemFailures: kept.map((itemIdentifier) => ({ itemIdentifier })) }
}

function byInstance(work: readonly Work[]): Work[][] {
  return [...grouped(work, ({ message }) => message.instanceId).values()]
}

/** No time is left for its pass. */
async function defer(deferring: Guard, { record, message }: Work): Promise<Verdict> {
  if (message.kind === 'lifecycle-action') await comeBackInTime(deferring, record, message)
  return 'keep'
}

/** One message's pass. Whatever fails leaves the message where it is. */
async function runPass(
  guard: Guard,
  shared: SharedFacts,
  { record, message }: Work,
  remainingMs: number,
): Promise<Verdict> {
  const startedAt = guard.clock.now()
  const { aws: counted, calls } = countCalls(guard.aws)
  const aws = sharingHooks(counted, shared)
  const { endsAt, closesAt } = passTimes(startedAt, remainingMs)
  const limited = guardUntil({ ...guard, aws }, endsAt)
  const closing = guardUntil({ ...guard, aws }, closesAt)
  const trigger = triggerOf(message)
  const endWatch = message.kind === 'lifecycle-action' ? watchSlowPass(closing, record, message) : undefined
  const cost = () => ({ trigger, durationMs: guard.clock.now() - startedAt, calls })
  let action: LifecycleAction | undefined
  try {
    const asked = await ask(() => subjectOf(limited, record, message))
    if (asked.is === 'refused') return ignore(guard, record, `${commandOf(message)}: ${asked.why}`)
    const found = asked.answer
    if (!found) return ignore(guard, record, `command ${commandOf(message)} is no flush of what is held now`)
    action = found.action
    const waking = { wokenBy: trigger, sentAt: sentAtOf(guard, record), listed: found.invocations }
    const pass = await reconcile(limited, action, waking)
    const verdict = isObligation(guard, message, pass) && !pass.over ? 'keep' : 'acknowledge'
    if (verdict === 'keep')
      await lookAgain(closing, record, soonerOf(pass.lookAgainSeconds, await endWatch?.()))
    tell(guard.journal, pass, cost())
    return verdict
  } catch (error) {
    if (error instanceof NotOurs) return await refuse(closing, record, error.message)
    await lookAgainAfterFailure(closing, record, action)
    const token = message.kind === 'lifecycle-action' ? message.token : undefined
    guard.journal({
      event: 'pass-failed',
      instanceId: message.instanceId,
      token,
      ...described(error),
      ...cost(),
    })
    return 'keep'
  } finally {
    await endWatch?.()
  }
}

/** What the pass could not ask, the watch beside it may have been told. Without seconds of the pass's own the message is left as it is. */
function soonerOf(seconds: number | undefined, watched = Number.POSITIVE_INFINITY): number | undefined {
  return seconds === undefined ? undefined : Math.min(seconds, watched)
}

/**
 * A notification is one until its action is over. A wake-up is none, except while the next attempt is due so soon that the
 * notification's own message could come back for it much later.
 */
function isObligation({ policy }: Guard, message: Wakeable, { decision }: Pass): boolean {
  if (message.kind === 'lifecycle-action') return true
  return decision.do === 'wait' && decision.waitsFor === 'retry' && decision.seconds < policy.lookAgainSeconds
}

/** The action that a message is about. */
async function subjectOf(guard: Guard, record: SQSRecord, message: Wakeable): Promise<Subject | undefined> {
  const { policy, clock } = guard
  if (message.kind === 'command-status') {
    return message.documentName === policy.documentName ? await identify(guard, message) : undefined
  }
  const { groupName, hookName, instanceId, token, time } = message
  if (hookName !== policy.hookName) throw new NotOurs(`hook ${hookName} is not ours (${policy.hookName})`)
  const sentAt = sentAtOf(guard, record)
  const startedAt = Math.min(Math.max(time ?? sentAt, sentAt - LATEST_DELIVERY_MS), sentAt, clock.now())
  return { action: { groupName, hookName, instanceId, token, startedAt } }
}

function sentAtOf({ clock }: Guard, { attributes }: SQSRecord): number {
  return (
    Number(attributes.SentTimestamp) || Number(attributes.ApproximateFirstReceiveTimestamp) || clock.now()
  )
}

function triggerOf(message: Wakeable): Trigger {
  if (message.kind === 'command-status') return 'command-status'
  return message.by === 'event' ? 'event' : 'notification'
}

function commandOf(message: Wakeable): string {
  return message.kind === 'command-status' ? message.commandId : ''
}

function ignore(guard: Guard, { messageId }: SQSRecord, why: string): Verdict {
  guard.journal({ event: 'message-ignored', messageId, why })
  return 'acknowledge'
}

async function dismiss(
  guard: Guard,
  record: SQSRecord,
  message: Exclude<Message, Wakeable>,
): Promise<Verdict> {
  switch (message.kind) {
    case 'refused':
      return await refuse(guard, record, message.why)
    case 'test-notification':
      return ignore(guard, record, QUEUE_WAS_TESTED)
  }
}

/** The copy comes first: a message that cannot be copied is kept. */
async function refuse({ aws, policy, journal }: Guard, record: SQSRecord, why: string): Promise<Verdict> {
  try {
    await aws.sendMessage({
      QueueUrl: policy.deadLetterQueueUrl,
      MessageBody: record.body,
      MessageAttributes: {
        RefusedBecause: { DataType: 'String', StringValue: why.replaceAll(UNPRINTABLE, '?').slice(0, 1024) },
        MessageId: { DataType: 'String', StringValue: record.messageId },
      },
    })
  } catch (error) {
    const failure = {
      ...described(error),
      instanceId: '',
      token: undefined,
      durationMs: 0,
      calls: { sendMessage: 1 },
    }
    journal({ event: 'pass-failed', trigger: 'notification', ...failure })
    return 'keep'
  }
  journal({ event: 'message-refused', messageId: record.messageId, why })
  return 'acknowledge'
}
