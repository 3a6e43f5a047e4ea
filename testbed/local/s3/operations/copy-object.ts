import { createHash } from 'node:crypto'
import { type Body, isZero } from '../bodies.ts'
import { type Algorithm, algorithmNamed, checksumElements, createDigest } from '../checksums.ts'
import { checkWrite } from '../conditions.ts'
import { copySource } from '../copy-source.ts'
import { encryptionHeaders, etagUnder, requestedEncryption } from '../encryption.ts'
import { givenHeaders, versionHeaders, writtenHeaders } from '../object-headers.ts'
import { currentOf, putVersion, type StoredObject } from '../s3-buckets.ts'
import { invalidArgument, invalidRequest } from '../s3-errors.ts'
import { headerOfRequest, type S3Operation, type S3Request } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'

const most = 5 * 1024 ** 3

/** A copy is one object with a checksum of its own, however its source came to be. */
export const copyObject: S3Operation = async (request) => {
  const { bucket, key, s3 } = request
  const source = await copySource(request)
  if (source.object.body.size > most)
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${most}`,
    )
  const directive = headerOfRequest(request, 'x-amz-metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive)
  const given = givenHeaders(request)
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => isOfTheCopy(name)))
  const encryption = await requestedEncryption(request)
  const isItself = source.bucket === bucket && source.object === currentOf(bucket, key)
  const isChanged =
    directive === 'REPLACE' ||
    headerOfRequest(request, 'x-amz-server-side-encryption') !== undefined ||
    headerOfRequest(request, 'x-amz-storage-class') !== undefined
  if (isItself && !isChanged)
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  const algorithm = wantedAlgorithm(request) ?? source.object.checksum.algorithm
  const copied = await copyBytes(s3, source.object.body, 0, source.object.body.size, algorithm)
  try {
    checkWrite(request, currentOf(bucket, key))
  } catch (refusal) {
    await copied.body.discard()
    throw refusal
  }
  const object = putVersion(bucket, key, {
    body: copied.body,
    headers: directive === 'COPY' ? { ...copiedHeaders(source.object), ...own } : given,
    encryption,
    etag: etagUnder(encryption, copied.md5),
    checksum: { algorithm, type: 'FULL_OBJECT', value: copied.checksum },
    parts: undefined,
  })
  const { 'x-amz-version-id': sourceVersion } = versionHeaders(source.bucket, source.object)
  return {
    headers: {
      ...encryptionHeaders(encryption),
      ...writtenHeaders(bucket, object),
      'x-amz-copy-source-version-id': sourceVersion,
    },
    body: s3Document('CopyObjectResult', {
      LastModified: object.lastModified,
      ETag: `"${object.etag}"`,
      ...checksumElements(object.checksum),
    }),
  }
}

/** What a copy does not take over, whatever the directive says. */
function isOfTheCopy(name: string): boolean {
  return name === 'x-amz-storage-class' || name === 'x-amz-website-redirect-location'
}

function copiedHeaders({ headers }: StoredObject): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfTheCopy(name)))
}

function wantedAlgorithm(request: S3Request): Algorithm | undefined {
  const name = headerOfRequest(request, 'x-amz-checksum-algorithm')
  const algorithm = name === undefined ? undefined : algorithmNamed(name)
  if (name !== undefined && algorithm === undefined)
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  return algorithm
}

/** Reads and writes them, so that a copy depends on nothing. */
export async function copyBytes(
  s3: S3Request['s3'],
  source: Body,
  start: number,
  end: number,
  algorithm: Algorithm,
): Promise<{ readonly body: Body; readonly md5: string; readonly checksum: string }> {
  const writer = s3.newBody()
  const md5 = createHash('md5')
  const digest = createDigest(algorithm)
  try {
    for await (const piece of source.read(start, end)) {
      md5.update(piece)
      digest.update(piece)
      await (isZero(piece) ? writer.skip(piece) : writer.write(piece))
    }
    return { body: await writer.finish(), md5: md5.digest('hex'), checksum: digest.value() }
  } catch (error) {
    await writer.abandon()
    throw error
  }
}
