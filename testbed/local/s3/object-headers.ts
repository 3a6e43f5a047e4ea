/** What comes with an object and goes back with it. */

import { checksumHeaders } from './checksums.ts'
import { encryptionHeaders } from './encryption.ts'
import type { Bucket, StoredObject, Version } from './s3-buckets.ts'
import { S3Error } from './s3-errors.ts'
import { headerOfRequest, type S3Request } from './s3-request.ts'

const kept = [
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
]
const metadata = 'x-amz-meta-'
const maxMetadataBytes = 2048

const storageClasses = [
  ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING'],
  ...['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR'],
]
/** What these hold is read only after it was restored, which takes hours. */
const coldClasses = ['GLACIER', 'DEEP_ARCHIVE']

/** Of the request that makes an object. Refuses what its bucket does not have: other classes, lists of access rights, locks. */
export function givenHeaders(request: S3Request): Record<string, string> {
  refuseUnfit(request)
  const given = (name: string) => {
    const value = headerOfRequest(request, name)
    return value === undefined || value === '' ? [] : [[name, value] as const]
  }
  const own = Object.keys(request.headers)
    .filter((name) => name.startsWith(metadata))
    .flatMap(given)
  const bytes = own.reduce((sum, [name, value]) => sum + name.length - metadata.length + value.length, 0)
  if (bytes > maxMetadataBytes)
    throw new S3Error(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      {
        elements: { Size: String(bytes), MaxSizeAllowed: String(maxMetadataBytes) },
      },
    )
  const encodings = (headerOfRequest(request, 'content-encoding') ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked')
  return {
    'content-type': headerOfRequest(request, 'content-type') || 'binary/octet-stream',
    ...(encodings.length > 0 ? { 'content-encoding': encodings.join(',') } : {}),
    ...Object.fromEntries([...kept.flatMap(given), ...own]),
  }
}

/** A bucket is made without access control lists and without locks, unless somebody asks for them. */
function refuseUnfit(request: S3Request): void {
  const acl = headerOfRequest(request, 'x-amz-acl') ?? 'private'
  const grants = Object.keys(request.headers).some((name) => name.startsWith('x-amz-grant-'))
  if (grants || !['private', 'bucket-owner-full-control'].includes(acl))
    throw new S3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs')
  if (Object.keys(request.headers).some((name) => name.startsWith('x-amz-object-lock-')))
    throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration')
  if (!storageClasses.includes(headerOfRequest(request, 'x-amz-storage-class') ?? 'STANDARD'))
    throw new S3Error('InvalidStorageClass', 'The storage class you specified is not valid')
}

/** Throws where the bytes of an object cannot be had at once. */
export function requireRestored(object: Pick<StoredObject, 'headers'>): void {
  const StorageClass = storageClassOf(object)
  if (!coldClasses.includes(StorageClass)) return
  const message = "The operation is not valid for the object's storage class"
  throw new S3Error('InvalidObjectState', message, 403, { elements: { StorageClass } })
}

export function versionHeaders({ versioning }: Bucket, version: Version | undefined): Record<string, string> {
  return versioning === undefined || version === undefined ? {} : { 'x-amz-version-id': version.versionId }
}

/** Of the answer to whatever wrote an object. */
export function writtenHeaders(bucket: Bucket, object: StoredObject): Record<string, string> {
  return { ...encryptionHeaders(object.encryption), ...versionHeaders(bucket, object) }
}

/** Of GET and HEAD. */
export function objectHeaders(
  { bucket }: { readonly bucket: Bucket },
  object: StoredObject,
  withChecksum: boolean,
): Record<string, string> {
  return {
    ...object.headers,
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
    ...encryptionHeaders(object.encryption),
    ...versionHeaders(bucket, object),
    ...(withChecksum ? checksumHeaders(object.checksum) : {}),
  }
}

export function storageClassOf({ headers }: Pick<StoredObject, 'headers'>): string {
  return headers['x-amz-storage-class'] ?? 'STANDARD'
}
