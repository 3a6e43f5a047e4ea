/** Which operation a request is, from its method, place and query. */

import {
  deleteBucketEncryption,
  deleteBucketPolicy,
  getBucketEncryption,
  getBucketPolicy,
  getBucketVersioning,
  putBucketEncryption,
  putBucketPolicy,
  putBucketVersioning,
} from './operations/bucket-settings.ts'
import { deleteBucket, getBucketLocation, headBucket } from './operations/buckets.ts'
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts'
import { copyObject } from './operations/copy-object.ts'
import { deleteObject } from './operations/delete-object.ts'
import { deleteObjects } from './operations/delete-objects.ts'
import { getObject, headObject } from './operations/get-object.ts'
import { listObjectVersions } from './operations/list-object-versions.ts'
import { listObjects, listObjectsV2 } from './operations/list-objects.ts'
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
} from './operations/multipart-uploads.ts'
import { getObjectAttributes } from './operations/object-attributes.ts'
import { putObject } from './operations/put-object.ts'
import { uploadPart, uploadPartCopy } from './operations/upload-part.ts'
import type { S3Operation } from './s3-request.ts'

interface Route {
  readonly on: 'bucket' | 'object'
  readonly method: string
  /** Names in the query, or headers (`x-…`), that make a request this one. */
  readonly with?: readonly string[]
  readonly name: string
  /** What IAM calls the right to it; `undefined` = the operation asks, key by key. */
  readonly action?: string
  readonly operation: S3Operation
}

const copy = 'x-amz-copy-source'

/** The first that fits. */
const routes: readonly Route[] = [
  {
    on: 'object',
    method: 'PUT',
    with: ['uploadId', copy],
    name: 'UploadPartCopy',
    action: 'PutObject',
    operation: uploadPartCopy,
  },
  {
    on: 'object',
    method: 'PUT',
    with: ['uploadId'],
    name: 'UploadPart',
    action: 'PutObject',
    operation: uploadPart,
  },
  {
    on: 'object',
    method: 'PUT',
    with: [copy],
    name: 'CopyObject',
    action: 'PutObject',
    operation: copyObject,
  },
  { on: 'object', method: 'PUT', name: 'PutObject', action: 'PutObject', operation: putObject },
  {
    on: 'object',
    method: 'POST',
    with: ['uploads'],
    name: 'CreateMultipartUpload',
    action: 'PutObject',
    operation: createMultipartUpload,
  },
  {
    on: 'object',
    method: 'POST',
    with: ['uploadId'],
    name: 'CompleteMultipartUpload',
    action: 'PutObject',
    operation: completeMultipartUpload,
  },
  {
    on: 'object',
    method: 'GET',
    with: ['uploadId'],
    name: 'ListParts',
    action: 'ListMultipartUploadParts',
    operation: listParts,
  },
  {
    on: 'object',
    method: 'GET',
    with: ['attributes'],
    name: 'GetObjectAttributes',
    action: 'GetObjectAttributes',
    operation: getObjectAttributes,
  },
  { on: 'object', method: 'GET', name: 'GetObject', action: 'GetObject', operation: getObject },
  { on: 'object', method: 'HEAD', name: 'HeadObject', action: 'GetObject', operation: headObject },
  {
    on: 'object',
    method: 'DELETE',
    with: ['uploadId'],
    name: 'AbortMultipartUpload',
    action: 'AbortMultipartUpload',
    operation: abortMultipartUpload,
  },
  { on: 'object', method: 'DELETE', name: 'DeleteObject', action: 'DeleteObject', operation: deleteObject },
  {
    on: 'bucket',
    method: 'POST',
    with: ['delete'],
    name: 'DeleteObjects',
    operation: deleteObjects,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['uploads'],
    name: 'ListMultipartUploads',
    action: 'ListBucketMultipartUploads',
    operation: listMultipartUploads,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['versions'],
    name: 'ListObjectVersions',
    action: 'ListBucketVersions',
    operation: listObjectVersions,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['versioning'],
    name: 'GetBucketVersioning',
    action: 'GetBucketVersioning',
    operation: getBucketVersioning,
  },
  {
    on: 'bucket',
    method: 'PUT',
    with: ['versioning'],
    name: 'PutBucketVersioning',
    action: 'PutBucketVersioning',
    operation: putBucketVersioning,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['encryption'],
    name: 'GetBucketEncryption',
    action: 'GetEncryptionConfiguration',
    operation: getBucketEncryption,
  },
  {
    on: 'bucket',
    method: 'PUT',
    with: ['encryption'],
    name: 'PutBucketEncryption',
    action: 'PutEncryptionConfiguration',
    operation: putBucketEncryption,
  },
  {
    on: 'bucket',
    method: 'DELETE',
    with: ['encryption'],
    name: 'DeleteBucketEncryption',
    action: 'PutEncryptionConfiguration',
    operation: deleteBucketEncryption,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['policy'],
    name: 'GetBucketPolicy',
    action: 'GetBucketPolicy',
    operation: getBucketPolicy,
  },
  {
    on: 'bucket',
    method: 'PUT',
    with: ['policy'],
    name: 'PutBucketPolicy',
    action: 'PutBucketPolicy',
    operation: putBucketPolicy,
  },
  {
    on: 'bucket',
    method: 'DELETE',
    with: ['policy'],
    name: 'DeleteBucketPolicy',
    action: 'DeleteBucketPolicy',
    operation: deleteBucketPolicy,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['location'],
    name: 'GetBucketLocation',
    action: 'GetBucketLocation',
    operation: getBucketLocation,
  },
  {
    on: 'bucket',
    method: 'GET',
    with: ['list-type'],
    name: 'ListObjectsV2',
    action: 'ListBucket',
    operation: listObjectsV2,
  },
  { on: 'bucket', method: 'GET', name: 'ListObjects', action: 'ListBucket', operation: listObjects },
  { on: 'bucket', method: 'HEAD', name: 'HeadBucket', action: 'ListBucket', operation: headBucket },
  { on: 'bucket', method: 'DELETE', name: 'DeleteBucket', action: 'DeleteBucket', operation: deleteBucket },
]

/** What S3 calls them, but for those of buckets as a whole: `ListBuckets` and `CreateBucket`. */
export const routedOperations: readonly string[] = routes.map(({ name }) => name)

/** Each of them makes a request something else than it would be without. */
const subresources = new Set(
  'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle location logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention select tagging torrent uploadId uploads versioning versions website'.split(
    ' ',
  ),
)

/** `undefined` = S3 has it, or nobody has: not here. */
export function routeOf(
  method: string,
  on: Route['on'],
  query: URLSearchParams,
  headers: Readonly<Record<string, unknown>>,
): Route | undefined {
  const found = routes.find(
    (route) =>
      route.on === on &&
      route.method === method &&
      (route.with ?? []).every((name) => query.has(name) || headers[name] !== undefined),
  )
  const isMore = [...query.keys()].some((name) => subresources.has(name) && !found?.with?.includes(name))
  return isMore ? undefined : found
}
