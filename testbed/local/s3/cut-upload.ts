/** An upload that arrives cut. */
import type { Algorithm } from './checksums.ts'
import { copyBytes } from './operations/copy-object.ts'
import type { Received } from './receive-body.ts'
import type { S3Request } from './s3-request.ts'

/**
 * What is stored of a body that was taken in and found to be what the request says: all of it, or, where the caller's uploads are
 * cut, its first half. Everything that S3 tells from then on is true of what it has.
 */
export async function arrived(
  { s3, caller }: S3Request,
  algorithm: Algorithm,
  received: Received,
): Promise<Received> {
  if (!s3.cuts(caller)) return received
  const { body } = received
  const half = await copyBytes(s3, body, 0, Math.floor(body.size / 2), algorithm)
  await body.discard()
  return half
}
