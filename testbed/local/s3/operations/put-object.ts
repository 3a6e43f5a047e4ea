import { checksumHeaders, defaultAlgorithm } from '../checksums.ts'
import { checkWrite } from '../conditions.ts'
import { arrived } from '../cut-upload.ts'
import { etagUnder, requestedEncryption } from '../encryption.ts'
import { givenHeaders, writtenHeaders } from '../object-headers.ts'
import { claimedChecksum, receiveBody } from '../receive-body.ts'
import { currentOf, putVersion } from '../s3-buckets.ts'
import type { S3Operation } from '../s3-request.ts'

/** Nothing of it is seen before all of it is there and is what the request says it is. */
export const putObject: S3Operation = async (request) => {
  const { bucket, key } = request
  const before = currentOf(bucket, key)
  const claim = claimedChecksum(request)
  const headers = givenHeaders(request)
  const encryption = await requestedEncryption(request)
  const algorithm = claim?.algorithm ?? defaultAlgorithm
  const {
    body,
    md5,
    checksum: value,
  } = await arrived(request, algorithm, await receiveBody(request, algorithm, claim))
  try {
    checkWrite(request, currentOf(bucket, key), before)
  } catch (refusal) {
    await body.discard()
    throw refusal
  }
  const object = putVersion(bucket, key, {
    body,
    headers,
    encryption,
    etag: etagUnder(encryption, md5),
    checksum: { algorithm, type: 'FULL_OBJECT', value },
    parts: undefined,
  })
  return {
    headers: {
      etag: `"${object.etag}"`,
      ...checksumHeaders(object.checksum),
      ...writtenHeaders(bucket, object),
    },
  }
}
