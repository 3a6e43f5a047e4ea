/**
 * Predicates over AWS error codes. What AWS answers as an error but the guard expects is a fact; everything else
 * propagates, and the message is seen again.
 */

/**
 * The action is over, or not there yet: Auto Scaling has one answer for both, a generic ValidationError whose text may end
 * right after "with token" (seen in public logs), so the code and the beginning of the text are all there is to match.
 */
export function isNoActiveAction(error: unknown): boolean {
  return nameOf(error) === 'ValidationError' && textOf(error).startsWith('No active Lifecycle Action found')
}

/** One error for an agent that is dead, was never there or lacks permission, and for a machine that is gone (SSM API reference). */
export function isUnreachable(error: unknown): boolean {
  return nameOf(error) === 'InvalidInstanceId'
}

/** GetCommandInvocation is eventually consistent: normal right after SendCommand. */
export function isInvocationMissing(error: unknown): boolean {
  return nameOf(error) === 'InvocationDoesNotExist'
}

/** HeadObject has no body to its errors, so the code is only the status. Without s3:ListBucket S3 says 403 for a missing key. */
export function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'Forbidden', '403'].includes(nameOf(error)) || statusOf(error) === 403
}

export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', '404'].includes(nameOf(error)) || statusOf(error) === 404
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
