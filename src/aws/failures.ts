/**
 * What AWS's errors mean. What AWS answers as an error but the guard expects is a fact; a failure that will pass propagates, and the
 * message is seen again; one that lasts is a reason like any other, and patience goes on while it does.
 */

/** Codes of failures that the same call may not meet a minute later, whatever status they come with; those of KMS that S3 and SQS pass on, too. */
const PASSING =
  /^(?:KMS\.?|Kms)?(Throttl|RequestThrottled|TooManyRequests|RateExceeded|RequestLimitExceeded|SlowDown|ProvisionedThroughputExceeded|ServiceUnavailable|Unavailable|Internal|ResourceContention|RequestTimeout|TimeoutError|AbortError|ExpiredToken|RequestExpired|RequestTimeTooSkewed|PriorRequestNotComplete|OperationAborted|ConditionalRequestConflict)/
/** There is more than can be read in one pass: it lasts, and what was read of it proves nothing. */
export class TooMany extends Error {
  override name = 'TooMany'
}

/**
 * Whether a failure passes by itself: throttling, trouble within AWS, a time-out, and whatever is no answer of AWS at all (the network,
 * a bug of ours). Every other answer names a reason that lasts until somebody mends it: a bucket that is gone, a right that was
 * taken, a key that is disabled.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof TooMany) return false
  const status = statusOf(error)
  if (status === undefined || PASSING.test(nameOf(error))) return true
  return status >= 500 || status === 429
}

/** Whether AWS answered at all: where it did not, the same is to be expected of the next call. */
export function isAnswer(error: unknown): boolean {
  return statusOf(error) !== undefined
}

/** What AWS answered, in one line for an operator. */
export function reasonOf(error: unknown): string {
  const [name, text] = [nameOf(error), textOf(error).replaceAll(/\s+/g, ' ').trim()]
  return text && text !== name ? `${name}: ${text}` : name || String(error)
}

/**
 * The action is over, or not there yet: Auto Scaling has one answer for both, a generic ValidationError whose text may end
 * right after "with token" (seen in public logs), so the code and the beginning of the text are all there is to match.
 */
export function isNoActiveAction(error: unknown): boolean {
  return nameOf(error) === 'ValidationError' && textOf(error).startsWith('No active Lifecycle Action found')
}

/** The group itself is gone, or not this account's: a ValidationError as well, `AutoScalingGroup name not found - null`. */
export function isGroupMissing(error: unknown): boolean {
  return nameOf(error) === 'ValidationError' && /AutoScalingGroup name not found/i.test(textOf(error))
}

/** One error for an agent that is dead, was never there or lacks permission, and for a machine that is gone (SSM API reference). */
export function isUnreachable(error: unknown): boolean {
  return nameOf(error) === 'InvalidInstanceId'
}

/** GetCommandInvocation is eventually consistent: normal right after SendCommand. */
export function isInvocationMissing(error: unknown): boolean {
  return nameOf(error) === 'InvocationDoesNotExist'
}

/** HeadObject's errors have no body, so the code may be the status alone. Without s3:ListBucket S3 says 403 of a missing key: not this. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', '404'].includes(nameOf(error)) || statusOf(error) === 404
}

/** A conditional write found something there already (`If-None-Match: *`). */
export function isThereAlready(error: unknown): boolean {
  return nameOf(error) === 'PreconditionFailed' || statusOf(error) === 412
}

/** EC2 forgets a terminated instance after about an hour. */
export function isUnknownInstance(error: unknown): boolean {
  return nameOf(error) === 'InvalidInstanceID.NotFound'
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
}
