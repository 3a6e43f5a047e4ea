import { checkWrite } from '../conditions.ts'
import { versionAsked } from '../find-version.ts'
import { type Bucket, currentOf, deleteCurrent, removeVersion } from '../s3-buckets.ts'
import { noSuchKey } from '../s3-errors.ts'
import type { S3Operation } from '../s3-request.ts'

/** What is not there can be deleted as well. */
export const deleteObject: S3Operation = (request) => {
  const { bucket, key, query } = request
  if (request.headers['if-match'] !== undefined) checkWrite(request, currentOf(bucket, key))
  const { versionId, isMarker } = deleteKey(bucket, key, versionAsked(query))
  return {
    status: 204,
    headers: {
      'x-amz-version-id': versionId,
      ...(isMarker ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  }
}

/** The version that was removed, or the marker that was made. */
export function deleteKey(
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): { readonly versionId: string | undefined; readonly isMarker: boolean } {
  if (key === '') throw noSuchKey(key)
  if (versionId === undefined) {
    const marker = deleteCurrent(bucket, key)
    return { versionId: marker?.versionId, isMarker: marker !== undefined }
  }
  const removed = removeVersion(bucket, key, versionId)
  return { versionId, isMarker: removed?.kind === 'delete-marker' }
}
