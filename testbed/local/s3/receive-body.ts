/** Takes the bytes of an object in, and refuses them where they are not what the request says of them. */
import { createHash } from 'node:crypto'
import { decodeChunks } from './aws-chunked.ts'
import { type Body, isZero } from './bodies.ts'
import {
  type Algorithm,
  algorithmNamed,
  algorithmOfHeader,
  createDigest,
  isChecksumValue,
} from './checksums.ts'
import { incompleteBody, invalidArgument, invalidRequest, notImplemented, S3Error } from './s3-errors.ts'
import { headerOfRequest, type S3Request } from './s3-request.ts'

export interface Received {
  readonly body: Body
  /** Hexadecimal. */
  readonly md5: string
  /** Base64, of the algorithm that was asked for. */
  readonly checksum: string
}

/** What a request says its checksum is. The value may come behind the body. */
export interface Claim {
  readonly algorithm: Algorithm
  readonly value: string | undefined
}

const maxSinglePut = 5 * 1024 ** 3
const streaming =
  /^STREAMING-(UNSIGNED-PAYLOAD-TRAILER|AWS4-(HMAC-SHA256|ECDSA-P256-SHA256)-PAYLOAD(-TRAILER)?)$/

/** The checksum that the headers name. Refuses those that contradict each other. */
export function claimedChecksum(request: S3Request): Claim | undefined {
  const given = Object.keys(request.headers).flatMap((name) => {
    const algorithm = algorithmOfHeader(name)
    return algorithm === undefined ? [] : [{ algorithm, value: headerOfRequest(request, name) ?? '' }]
  })
  const trailer = algorithmOfHeader(headerOfRequest(request, 'x-amz-trailer') ?? '')
  if (given.length > 1 || (given.length > 0 && trailer !== undefined))
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  const [only] = given
  if (only !== undefined && !isChecksumValue(only.algorithm, only.value)) throw invalidValue(only.algorithm)
  const claim = only ?? (trailer && { algorithm: trailer, value: undefined })
  const said = headerOfRequest(request, 'x-amz-sdk-checksum-algorithm')
  if (said !== undefined && claim === undefined)
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  if (said !== undefined && algorithmNamed(said) !== claim?.algorithm)
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  return claim
}

/** Reads the body to its end. Nothing is kept of what is refused. */
export async function receiveBody(
  request: S3Request,
  algorithm: Algorithm,
  claim: Claim | undefined,
): Promise<Received> {
  const expected = expectationsOf(request)
  const trailers = new Map<string, string>()
  const source: AsyncIterable<Buffer> = request.message
  const writer = request.s3.newBody()
  const digests = { md5: createHash('md5'), checksum: createDigest(algorithm) }
  const sha256 = expected.sha256 === undefined ? undefined : createHash('sha256')
  let size = 0
  try {
    for await (const piece of expected.isChunked ? decodeChunks(source, trailers) : source) {
      size += piece.length
      digests.md5.update(piece)
      sha256?.update(piece)
      if (isZero(piece)) {
        digests.checksum.updateZeros(piece)
        await writer.skip(piece)
      } else {
        digests.checksum.update(piece)
        await writer.write(piece)
      }
    }
    if (size !== expected.size) throw incompleteBody()
    const md5 = digests.md5.digest()
    if (expected.md5 !== undefined && expected.md5 !== md5.toString('base64'))
      throw badDigest('The Content-MD5 you specified did not match what we received.')
    if (sha256 !== undefined && sha256.digest('hex') !== expected.sha256)
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      )
    const checksum = digests.checksum.value()
    if (claim !== undefined) checkClaim(claim, trailers, checksum)
    return { body: await writer.finish(), md5: md5.toString('hex'), checksum }
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

function checkClaim(
  { algorithm, value }: Claim,
  trailers: ReadonlyMap<string, string>,
  computed: string,
): void {
  const claimed = value ?? trailers.get(`x-amz-checksum-${algorithm.toLowerCase()}`)
  if (claimed === undefined)
    throw new S3Error(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    )
  if (!isChecksumValue(algorithm, claimed)) throw invalidValue(algorithm)
  if (claimed !== computed)
    throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`)
}

interface Expectations {
  readonly size: number
  readonly isChunked: boolean
  /** Base64. */
  readonly md5: string | undefined
  /** Hexadecimal: of the body as it is signed. */
  readonly sha256: string | undefined
}

function expectationsOf(request: S3Request): Expectations {
  const signed = headerOfRequest(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  const isChunked = streaming.test(signed)
  const isDigest = /^[0-9a-f]{64}$/.test(signed)
  if (!isChunked && !isDigest && signed !== 'UNSIGNED-PAYLOAD')
    throw invalidArgument(
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      'x-amz-content-sha256',
      signed,
    )
  return {
    size: sizeOf(request, isChunked ? 'x-amz-decoded-content-length' : 'content-length'),
    isChunked,
    md5: contentMd5(request),
    sha256: isDigest ? signed : undefined,
  }
}

function sizeOf(request: S3Request, header: string): number {
  const length = headerOfRequest(request, header)
  if (length === undefined && headerOfRequest(request, 'transfer-encoding') !== undefined)
    throw notImplemented('Transfer-Encoding')
  if (length === undefined || !/^\d+$/.test(length))
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411)
  if (Number(length) > maxSinglePut)
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      elements: { ProposedSize: length, MaxSizeAllowed: String(maxSinglePut) },
    })
  return Number(length)
}

function contentMd5(request: S3Request): string | undefined {
  const claimed = headerOfRequest(request, 'content-md5')
  if (claimed === undefined) return undefined
  const bytes = Buffer.from(claimed, 'base64')
  if (bytes.length === 16 && bytes.toString('base64') === claimed) return claimed
  throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.')
}

function badDigest(message: string): S3Error {
  return new S3Error('BadDigest', message)
}

function invalidValue(algorithm: Algorithm): S3Error {
  return invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`)
}
