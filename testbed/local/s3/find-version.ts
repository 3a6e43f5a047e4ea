import { newestOf, type StoredObject, versionOf } from './s3-buckets.ts'
import { invalidArgument, noSuchKey, S3Error } from './s3-errors.ts'
import type { BucketRequest } from './s3-request.ts'

/** The object that a read means. Throws what S3 says where there is none, or a delete marker. */
export function requestedObject({
  bucket,
  key,
  query,
}: Pick<BucketRequest, 'bucket' | 'key' | 'query'>): StoredObject {
  const versionId = query.get('versionId')
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId')
  const found = versionId === null ? newestOf(bucket, key) : versionOf(bucket, key, versionId)
  if (found?.kind === 'object') return found
  if (found === undefined && versionId === null) throw noSuchKey(key)
  if (found === undefined)
    throw new S3Error('NoSuchVersion', 'The specified version does not exist.', 404, {
      elements: { Key: key, VersionId: versionId ?? '' },
    })
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId }
  if (versionId === null) throw noSuchKey(key, headers)
  throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    elements: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE' },
  })
}
