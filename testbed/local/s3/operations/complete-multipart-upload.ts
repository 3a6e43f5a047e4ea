import { createHash } from 'node:crypto'
import { joinedBody } from '../bodies.ts'
import {
  type Checksum,
  checksumElements,
  compositeChecksum,
  fullObjectChecksum,
  headerOf,
} from '../checksums.ts'
import { checkWrite } from '../conditions.ts'
import { requireDecryption } from '../encryption.ts'
import { writtenHeaders } from '../object-headers.ts'
import { receiveDocument } from '../receive-document.ts'
import { currentOf, discard, type Part, putVersion, type StoredObject, type Upload } from '../s3-buckets.ts'
import { invalidRequest, malformedXml, noSuchUpload, S3Error } from '../s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Answer, type S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { childrenOf, textOf, type XmlElement } from '../xml-reader.ts'

const leastPart = 5 * 1024 * 1024

/** The object appears whole, or not at all. Completing once more what is complete has the same answer. */
export const completeMultipartUpload: S3Operation = async (request) => {
  const { bucket, key, query } = request
  const id = query.get('uploadId') ?? ''
  // The checksum that this request carries is of the object, not of its own body.
  const { headers: all } = request
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('x-amz-checksum-')))
  const list = await receiveDocument({ ...request, headers: own }, 'CompleteMultipartUpload')
  const upload = bucket.uploads.get(id)
  if (upload === undefined || upload.key !== key) throw noSuchUpload(id)
  if (upload.completed !== undefined) return answer(request, upload.completed)
  const parts = chosenParts(upload, childrenOf(list, 'Part'))
  const checksum = checksumOf(upload, parts)
  checkWhole(request, upload, parts, checksum)
  // It reads the parts to make one object of them.
  await requireDecryption(request, upload.encryption)
  checkWrite(request, currentOf(bucket, key))
  for (const part of upload.parts.values()) if (!parts.includes(part)) discard(part.body)
  const { headers, encryption } = upload
  const object = putVersion(bucket, key, {
    body: joinedBody(parts.map(({ body }) => body)),
    headers,
    encryption,
    etag: etagOf(parts),
    checksum,
    parts,
  })
  upload.completed = object
  return answer(request, object)
}

function answer(request: BucketRequest, object: StoredObject): S3Answer {
  const { bucket, key } = request
  return {
    headers: writtenHeaders(bucket, object),
    body: s3Document('CompleteMultipartUploadResult', {
      Location: `http://${request.headers.host ?? ''}/${bucket.name}/${encodeURIComponent(key)}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${object.etag}"`,
      ...checksumElements(object.checksum),
    }),
  }
}

/** The MD5 of the parts' MD5s, and how many there are; of something else where S3 keeps them under another key. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'))
  return `${hash.digest('hex')}-${parts.length}`
}

function checksumOf({ algorithm, type }: Upload, parts: readonly Part[]): Checksum {
  const sums = parts.map(({ body, checksum }) => ({ size: body.size, value: checksum }))
  return type === 'COMPOSITE' ? compositeChecksum(algorithm, sums) : fullObjectChecksum(algorithm, sums)
}

function chosenParts(upload: Upload, listed: readonly XmlElement[]): readonly Part[] {
  if (listed.length === 0) throw malformedXml()
  let before = 0
  const parts = listed.map((element) => {
    const number = Number(textOf(element, 'PartNumber'))
    const etag = textOf(element, 'ETag')?.replaceAll('"', '')
    if (!Number.isInteger(number) || etag === undefined) throw malformedXml()
    // With checksums of their own, parts are numbered without a gap.
    if (number <= before || (upload.isAlgorithmGiven && number !== before + 1)) throw invalidPartOrder()
    before = number
    const part = upload.parts.get(number)
    if (part === undefined || part.etag !== etag) throw invalidPart()
    checkPartChecksum(upload, part, textOf(element, `Checksum${upload.algorithm}`))
    return part
  })
  for (const { number, body, etag } of parts.slice(0, -1))
    if (body.size < leastPart)
      throw new S3Error(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        {
          elements: {
            ProposedSize: String(body.size),
            MinSizeAllowed: String(leastPart),
            PartNumber: String(number),
            ETag: etag,
          },
        },
      )
  return parts
}

function checkPartChecksum(
  { algorithm, type, isAlgorithmGiven }: Upload,
  part: Part,
  given: string | undefined,
) {
  if (given === undefined && isAlgorithmGiven && type === 'COMPOSITE')
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    )
  if (given !== undefined && given !== part.checksum) throw invalidPart()
}

function checkWhole(
  request: BucketRequest,
  upload: Upload,
  parts: readonly Part[],
  checksum: Checksum,
): void {
  const size = headerOfRequest(request, 'x-amz-mp-object-size')
  const real = parts.reduce((sum, { body }) => sum + body.size, 0)
  if (size !== undefined && size !== String(real))
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${real}`,
    )
  if (!upload.isAlgorithmGiven) return
  const type = headerOfRequest(request, 'x-amz-checksum-type')?.toUpperCase()
  if (type !== undefined && type !== checksum.type)
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    )
  const claimed = headerOfRequest(request, headerOf(upload.algorithm))
  if (claimed === undefined) return
  const [value = ''] = checksum.value.split('-')
  if (claimed !== checksum.value && !(checksum.type === 'COMPOSITE' && claimed === value))
    throw new S3Error(
      'BadDigest',
      `The ${upload.algorithm.toLowerCase()} you specified did not match what we received.`,
    )
}

function invalidPart(): S3Error {
  return new S3Error(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  )
}

function invalidPartOrder(): S3Error {
  return new S3Error(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  )
}
