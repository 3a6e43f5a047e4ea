import { requireOwner, requirePermission } from './access.ts'
import { checkCopySource } from './conditions.ts'
import { requireDecryption } from './encryption.ts'
import { requestedObject, versionAsked } from './find-version.ts'
import { requireRestored } from './object-headers.ts'
import { type Bucket, type StoredObject, versionOf } from './s3-buckets.ts'
import { invalidArgument, invalidRequest, S3Error } from './s3-errors.ts'
import { type BucketRequest, headerOfRequest } from './s3-request.ts'

export interface CopySource {
  readonly bucket: Bucket
  readonly object: StoredObject
}

/** What `x-amz-copy-source` names, if it may be read and fulfils the conditions. */
export async function copySource(request: BucketRequest): Promise<CopySource> {
  const source = headerOfRequest(request, 'x-amz-copy-source') ?? ''
  const [path = '', query = ''] = source.split('?')
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? []
  if (bucketName === undefined || key === undefined)
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      source,
    )
  requireOwner(headerOfRequest(request, 'x-amz-source-expected-bucket-owner'), request.s3.accountId)
  const bucket = request.s3.buckets.get(bucketName)
  if (bucket === undefined)
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', 404, {
      elements: { BucketName: bucketName },
    })
  const read = { ...request, headers: {}, bucket, key, query: new URLSearchParams(query) }
  await requirePermission(read, bucket, 'GetObject')
  const version = versionAsked(read.query)
  if (version !== undefined && versionOf(bucket, key, version)?.kind === 'delete-marker')
    throw invalidRequest(
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    )
  const object = await requestedObject(read)
  checkCopySource(request, object)
  requireRestored(object)
  await requireDecryption(request, object.encryption)
  return { bucket, object }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
