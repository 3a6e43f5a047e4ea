/** Conditional requests: RFC 9110's headers, as S3 reads them. */
import type { StoredObject } from './s3-buckets.ts'
import { noSuchKey, notImplemented, preconditionFailed, S3Error } from './s3-errors.ts'
import { headerOfRequest, type S3Request } from './s3-request.ts'

type Requested = Pick<S3Request, 'headers' | 'key'>

/** Of GET and HEAD. Throws 412 or 304; an ETag outranks a date. */
export function checkRead(request: Requested, object: StoredObject): void {
  const failed = failedCondition(request, '', object)
  if (failed === undefined) return
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed)
  throw new S3Error('NotModified', 'Not Modified', 304, {
    headers: { etag: `"${object.etag}"`, 'last-modified': object.lastModified.toUTCString() },
  })
}

/** Of a copy's source: never 304. */
export function checkCopySource(request: Requested, source: StoredObject): void {
  const failed = failedCondition(request, 'x-amz-copy-source-', source)
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`)
}

/**
 * Of whatever writes a key. Looks at what is there at that moment, so call it where nothing comes in between. What was there `before`,
 * when the upload began, and is deleted now is a conflict, which the same request does not meet again.
 */
export function checkWrite(
  request: Requested,
  current: StoredObject | undefined,
  before?: StoredObject,
): void {
  const none = headerOfRequest(request, 'if-none-match')
  const match = headerOfRequest(request, 'if-match')
  if (none !== undefined && (none !== '*' || match !== undefined)) throw notImplemented('If-None-Match')
  if (none === '*' && current !== undefined) throw preconditionFailed('If-None-Match')
  if (none === '*' && before !== undefined)
    throw new S3Error(
      'ConditionalRequestConflict',
      'A conflicting conditional operation is currently in progress against this resource. Please try again.',
      409,
      { elements: { Condition: 'If-None-Match', Key: request.key } },
    )
  if (match === undefined) return
  if (current === undefined) throw noSuchKey(request.key)
  if (!namesTag(match, current.etag)) throw preconditionFailed('If-Match')
}

type Condition = 'If-Match' | 'If-Unmodified-Since' | 'If-None-Match' | 'If-Modified-Since'

function failedCondition(
  request: Requested,
  prefix: string,
  { etag, lastModified }: StoredObject,
): Condition | undefined {
  const given = (name: string) => headerOfRequest(request, `${prefix}${name}`)
  const modified = lastModified.getTime()
  const date = (name: string) => Date.parse(given(name) ?? '')
  const match = given('if-match')
  const none = given('if-none-match')
  if (match !== undefined) {
    if (!namesTag(match, etag)) return 'If-Match'
  } else if (modified > date('if-unmodified-since')) return 'If-Unmodified-Since'
  if (none !== undefined) {
    if (namesTag(none, etag)) return 'If-None-Match'
  } else if (modified <= date('if-modified-since')) return 'If-Modified-Since'
  return undefined
}

function namesTag(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const tag = one
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1')
    return tag === '*' || tag === etag
  })
}
