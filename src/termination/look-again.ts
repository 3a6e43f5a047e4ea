/**
 * When a message that is kept comes back. Left alone it does when the queue's own visibility timeout is over, which fits the hook
 * that we deploy; a person may have set the hook to less, and then each kept message must come back within its heartbeat (S3).
 */
import type { SQSRecord } from 'aws-lambda'
import { after } from '../aws/timer.ts'
import { type Guard, guardUntil } from '../guard.ts'
import { type Hooked, hookTimes, isShort } from './hook.ts'

/** Kept messages come back spread over ±10 %, so that a mass termination does not throttle itself, and at most so much late. */
const JITTER = 0.1
const MOST_JITTER_SECONDS = 30
/** ChangeMessageVisibility takes at most 12 hours. */
const MAX_VISIBILITY_SECONDS = 43_200
/** A pass that takes longer may not get to its end: what becomes of its message is seen to meanwhile. */
const SLOW_PASS_MS = 10_000

/** When it cannot be set, the queue's own visibility timeout brings the message back. */
export async function lookAgain(
  { aws, policy, random }: Guard,
  record: SQSRecord,
  seconds: number | undefined,
): Promise<void> {
  if (seconds === undefined) return
  const spread = Math.min(JITTER * seconds, MOST_JITTER_SECONDS)
  const jittered = Math.round(seconds + spread * (2 * random() - 1))
  const VisibilityTimeout = Math.min(jittered, MAX_VISIBILITY_SECONDS)
  try {
    await aws.changeMessageVisibility({
      QueueUrl: policy.queueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout,
    })
  } catch {
    // Nothing is lost: see above.
  }
}

/** After a pass that failed. Doubles with every receive, so that throttling costs time and never an action. */
export async function lookAgainAfterFailure(
  closing: Guard,
  record: SQSRecord,
  action: Hooked | undefined,
): Promise<void> {
  const { pendingSeconds, lookAgainSeconds } = closing.policy
  const receives = Math.max(1, Number(record.attributes.ApproximateReceiveCount) || 1)
  const backOff = pendingSeconds * 2 ** (receives - 1)
  const heartbeatSeconds = await heartbeatOf(closing, action)
  await lookAgain(closing, record, Math.min(backOff, lookAgainSeconds, heartbeatSeconds / 3))
}

/**
 * For a message that nothing else is done about: it comes back within a hook that is shorter than the queue's visibility timeout. Answers
 * how many seconds that hook leaves until a look.
 */
export async function comeBackInTime(closing: Guard, record: SQSRecord, action: Hooked): Promise<number> {
  const heartbeatSeconds = await heartbeatOf(closing, action)
  const seconds = heartbeatSeconds / 3
  if (isShort(heartbeatSeconds, closing.policy)) await lookAgain(closing, record, seconds)
  return seconds
}

/**
 * The same beside a pass that has become slow, since it may be killed, or spend all its time, before it can say when it looks again, or
 * could ask for the hook itself. Answers what ends the watch, and tells what it found.
 */
export function watchSlowPass(
  closing: Guard,
  record: SQSRecord,
  action: Hooked,
): () => Promise<number | undefined> {
  let coming: Promise<number> | undefined
  const takeBack = after(closing.clock, SLOW_PASS_MS, () => {
    coming = comeBackInTime(closing, record, action)
  })
  return async () => {
    takeBack()
    return await coming
  }
}

/** What the hook is really set to, where it can be asked and is less than what we deploy. */
async function heartbeatOf(closing: Guard, action: Hooked | undefined): Promise<number> {
  const { clock, policy, endsAt = Number.POSITIVE_INFINITY } = closing
  // Half of what is left, so that what is asked for cannot cost the answer.
  const { aws } = guardUntil(closing, (clock.now() + endsAt) / 2)
  const times = action && (await hookTimes(aws, action).catch(() => undefined))
  return Math.min(times?.heartbeatTimeoutSeconds ?? Number.POSITIVE_INFINITY, policy.heartbeatTimeoutSeconds)
}
