/** Starting, looking at and giving up multipart uploads. */
import { randomBytes } from 'node:crypto'
import {
  type Algorithm,
  algorithmNamed,
  allowsType,
  type ChecksumType,
  defaultAlgorithm,
  defaultTypeOf,
} from '../checksums.ts'
import { encryptionHeaders, requestedEncryption } from '../encryption.ts'
import { countOf, listQuestion } from '../list-keys.ts'
import { givenHeaders } from '../object-headers.ts'
import { type Bucket, currentTime, discard, type Upload } from '../s3-buckets.ts'
import { invalidRequest, noSuchUpload } from '../s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Operation, type S3Request } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { ownerOf } from './list-objects.ts'

export const createMultipartUpload: S3Operation = async (request) => {
  const { bucket, key } = request
  const { algorithm, type, isAlgorithmGiven } = checksumPlan(request)
  const encryption = await requestedEncryption(request)
  const upload: Upload = {
    id: randomBytes(48).toString('base64url'),
    key,
    initiatedAt: currentTime(),
    headers: givenHeaders(request),
    encryption,
    algorithm,
    type,
    isAlgorithmGiven,
    parts: new Map(),
    completed: undefined,
  }
  bucket.uploads.set(upload.id, upload)
  return {
    headers: {
      ...encryptionHeaders(encryption),
      ...(isAlgorithmGiven ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } : {}),
    },
    body: s3Document('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: upload.id }),
  }
}

export const abortMultipartUpload: S3Operation = (request) => {
  const upload = requestedUpload(request)
  request.bucket.uploads.delete(upload.id)
  for (const { body } of upload.parts.values()) discard(body)
  return { status: 204 }
}

export const listParts: S3Operation = (request) => {
  const upload = requestedUpload(request)
  const { query, bucket } = request
  const marker = Number(query.get('part-number-marker') ?? 0)
  const max = countOf(query.get('max-parts'), 'max-parts')
  const rest = partsInOrder(upload).filter(({ number }) => number > marker)
  const shown = rest.slice(0, max)
  return {
    body: s3Document('ListPartsResult', {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      Initiator: ownerOf(request.s3.accountId),
      Owner: ownerOf(request.s3.accountId),
      StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
      PartNumberMarker: marker,
      NextPartNumberMarker: shown.at(-1)?.number ?? 0,
      MaxParts: max,
      IsTruncated: max > 0 && shown.length < rest.length,
      ...(upload.isAlgorithmGiven ? { ChecksumAlgorithm: upload.algorithm, ChecksumType: upload.type } : {}),
      Part: shown.map(({ number, etag, body, checksum, lastModified }) => ({
        PartNumber: number,
        LastModified: lastModified,
        ETag: `"${etag}"`,
        Size: body.size,
        ...(upload.isAlgorithmGiven ? { [`Checksum${upload.algorithm}`]: checksum } : {}),
      })),
    }),
  }
}

/** All on one page: nobody here has more than a thousand under way. */
export const listMultipartUploads: S3Operation = (request) => {
  const { bucket } = request
  const { prefix, encode, encodingType, max } = listQuestion(request, 'max-uploads')
  const open = openUploads(bucket)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  return {
    body: s3Document('ListMultipartUploadsResult', {
      Bucket: bucket.name,
      KeyMarker: '',
      UploadIdMarker: '',
      Prefix: encode(prefix),
      MaxUploads: max,
      EncodingType: encodingType,
      IsTruncated: false,
      Upload: open.map(({ id, key, initiatedAt, headers }) => ({
        UploadId: id,
        Key: encode(key),
        Initiated: initiatedAt,
        StorageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
        Initiator: ownerOf(request.s3.accountId),
        Owner: ownerOf(request.s3.accountId),
      })),
    }),
  }
}

/** Of this key, not completed. */
export function requestedUpload(request: BucketRequest): Upload {
  const id = request.query.get('uploadId') ?? ''
  const upload = request.bucket.uploads.get(id)
  if (upload === undefined || upload.key !== request.key || upload.completed !== undefined)
    throw noSuchUpload(id)
  return upload
}

export function partsInOrder({ parts }: Upload) {
  return [...parts.values()].sort((a, b) => a.number - b.number)
}

function openUploads({ uploads }: Bucket): Upload[] {
  return [...uploads.values()].filter(({ completed }) => completed === undefined)
}

interface ChecksumPlan {
  readonly algorithm: Algorithm
  readonly type: ChecksumType
  readonly isAlgorithmGiven: boolean
}

function checksumPlan(request: S3Request): ChecksumPlan {
  const name = headerOfRequest(request, 'x-amz-checksum-algorithm')
  const type = headerOfRequest(request, 'x-amz-checksum-type')?.toUpperCase()
  if (name === undefined) {
    if (type !== undefined)
      throw invalidRequest(
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      )
    return { algorithm: defaultAlgorithm, type: 'FULL_OBJECT', isAlgorithmGiven: false }
  }
  const algorithm = algorithmNamed(name)
  if (algorithm === undefined)
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  if (type === undefined) return { algorithm, type: defaultTypeOf(algorithm), isAlgorithmGiven: true }
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE')
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.')
  if (!allowsType(algorithm, type))
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`,
    )
  return { algorithm, type, isAlgorithmGiven: true }
}
