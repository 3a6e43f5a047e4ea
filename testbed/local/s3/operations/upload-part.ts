import { headerOf } from '../checksums.ts'
import { copySource } from '../copy-source.ts'
import { encryptionHeaders, etagUnder, requireDecryption } from '../encryption.ts'
import { type Claim, claimedChecksum, receiveBody } from '../receive-body.ts'
import { currentTime, discard, type Part, type Upload } from '../s3-buckets.ts'
import { invalidArgument, invalidRequest } from '../s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { copyBytes } from './copy-object.ts'
import { requestedUpload } from './multipart-uploads.ts'

const mostParts = 10_000

/** A part that comes again replaces the one before. */
export const uploadPart: S3Operation = async (request) => {
  const number = partNumber(request)
  const upload = requestedUpload(request)
  const claim = claimedChecksum(request)
  checkAlgorithm(upload, claim)
  await requireDecryption(request, upload.encryption)
  const algorithm = upload.isAlgorithmGiven ? upload.algorithm : (claim?.algorithm ?? upload.algorithm)
  const received = await receiveBody(request, algorithm, claim)
  const checksum =
    algorithm === upload.algorithm
      ? received.checksum
      : (await copyChecksum(request, received.body, upload)).checksum
  const part = keepPart(request, number, { ...received, checksum })
  return {
    headers: {
      etag: `"${part.etag}"`,
      ...encryptionHeaders(upload.encryption),
      ...(claim === undefined ? {} : { [headerOf(algorithm)]: received.checksum }),
    },
  }
}

export const uploadPartCopy: S3Operation = async (request) => {
  const number = partNumber(request)
  const upload = requestedUpload(request)
  const { object } = await copySource(request)
  const range = headerOfRequest(request, 'x-amz-copy-source-range')
  await requireDecryption(request, upload.encryption)
  const { start, end } =
    range === undefined ? { start: 0, end: object.body.size } : copiedRange(range, object.body.size)
  const part = keepPart(
    request,
    number,
    await copyBytes(request.s3, object.body, start, end, upload.algorithm),
  )
  return {
    headers: encryptionHeaders(upload.encryption),
    body: s3Document('CopyPartResult', {
      LastModified: part.lastModified,
      ETag: `"${part.etag}"`,
      ...(upload.isAlgorithmGiven ? { [`Checksum${upload.algorithm}`]: part.checksum } : {}),
    }),
  }
}

/** Unlike a range that is read, it must lie within the object. */
function copiedRange(range: string, size: number): { readonly start: number; readonly end: number } {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
  const refuse = (message: string) => invalidArgument(message, 'x-amz-copy-source-range', range)
  if (first === undefined || last === undefined)
    throw refuse(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    )
  if (Number(first) <= Number(last) && Number(last) < size)
    return { start: Number(first), end: Number(last) + 1 }
  throw refuse(`Range specified is not valid for source object of size: ${size}`)
}

/** The upload may have ended while the part came. */
function keepPart(
  request: BucketRequest,
  number: number,
  { body, md5, checksum }: Pick<Part, 'body' | 'checksum'> & { readonly md5: string },
): Part {
  let upload: Upload
  try {
    upload = requestedUpload(request)
  } catch (refusal) {
    discard(body)
    throw refusal
  }
  const before = upload.parts.get(number)
  const etag = etagUnder(upload.encryption, md5)
  const part = { number, etag, body, checksum, lastModified: currentTime() }
  upload.parts.set(number, part)
  if (before !== undefined) discard(before.body)
  return part
}

/** An upload without an algorithm of its own takes parts with any, and keeps its default. */
async function copyChecksum(request: BucketRequest, body: Part['body'], { algorithm }: Upload) {
  const copied = await copyBytes(request.s3, body, 0, body.size, algorithm)
  await copied.body.discard()
  return copied
}

function checkAlgorithm({ algorithm, type, isAlgorithmGiven }: Upload, claim: Claim | undefined): void {
  if (!isAlgorithmGiven || claim?.algorithm === algorithm) return
  if (claim === undefined && type === 'FULL_OBJECT') return
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${claim?.algorithm.toLowerCase() ?? 'null'}`,
  )
}

function partNumber({ query }: BucketRequest): number {
  const given = query.get('partNumber') ?? ''
  const number = Number(given)
  if (/^\d+$/.test(given) && number >= 1 && number <= mostParts) return number
  throw invalidArgument(
    `Part number must be an integer between 1 and ${mostParts}, inclusive`,
    'partNumber',
    given,
  )
}
