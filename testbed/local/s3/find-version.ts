import { requireSight } from './access.ts'
import { newestOf, type StoredObject, versionOf } from './s3-buckets.ts'
import { invalidArgument, noSuchKey, S3Error } from './s3-errors.ts'
import type { BucketRequest } from './s3-request.ts'

/** The object that a read means. Throws what S3 says where there is none, or a delete marker. */
export async function requestedObject(
  request: Pick<BucketRequest, 'bucket' | 'key' | 'query' | 's3' | 'caller' | 'operation' | 'headers'>,
): Promise<StoredObject> {
  const { bucket, key, query } = request
  const versionId = versionAsked(query)
  const found = versionId === undefined ? newestOf(bucket, key) : versionOf(bucket, key, versionId)
  if (found?.kind === 'object') return found
  await requireSight(request, bucket)
  if (found === undefined && versionId === undefined) throw noSuchKey(key)
  if (found === undefined)
    throw new S3Error('NoSuchVersion', 'The specified version does not exist.', 404, {
      elements: { Key: key, VersionId: versionId ?? '' },
    })
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId }
  if (versionId === undefined) throw noSuchKey(key, headers)
  throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    elements: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE' },
  })
}

/** The version that a request names. Refuses what can be none. */
export function versionAsked(query: URLSearchParams): string | undefined {
  const asked = query.get('versionId')
  if (asked === null) return undefined
  if (asked === '') throw invalidArgument('Version id cannot be the empty string', 'versionId')
  if (asked === 'null' || /^[\w.-]{32}$/.test(asked)) return asked
  throw invalidArgument('Invalid version id specified', 'versionId', asked)
}
