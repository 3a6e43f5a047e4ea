/** S3 has words of its own for a flawed signature, and lets those in who have none: as nobody. */
import type { Authentication, Flaw } from '../wire/authentication.ts'
import { readSignature, type Signature, type SignedRequest } from '../wire/signature.ts'
import { accessDenied, invalidRequest, S3Error } from './s3-errors.ts'

const skewMs = 900_000

/** Throws what S3 refuses. Whether somebody who did not sign may do what is asked is the bucket's to say. */
export async function requireS3Signature(
  authentication: Authentication,
  request: SignedRequest,
): Promise<void> {
  const flaw = await authentication.flawOf(request, { service: 's3', skewMs, signsPathAsSent: true })
  if (flaw?.is === 'unsigned') return
  if (flaw !== undefined) throw refused(flaw, request)
  const { authorization, 'x-amz-content-sha256': digest } = request.headers
  if (authorization !== undefined && digest === undefined)
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256')
  requireAllSigned(request)
}

/** A header of S3's own that was not signed may be somebody else's. */
function requireAllSigned(request: SignedRequest): void {
  const signature = readSignature(request)
  const signed = typeof signature === 'object' ? signature.signedHeaders : []
  const others = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signed.includes(name),
  )
  if (others.length > 0)
    throw new S3Error(
      'AccessDenied',
      'There were headers present in the request which were not signed',
      403,
      {
        elements: { HeadersNotSigned: others.join(', ') },
      },
    )
}

function refused(flaw: Exclude<Flaw, { readonly is: 'unsigned' }>, { headers }: SignedRequest): S3Error {
  switch (flaw.is) {
    case 'unreadable':
      return unreadable(flaw.why, headers.authorization)
    case 'of an unknown key':
      return new S3Error(
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        403,
        { elements: { AWSAccessKeyId: flaw.accessKeyId } },
      )
    case 'with an unknown token':
      return new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.')
    case 'for another service':
      return new S3Error(
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; incorrect service "${flaw.signature.service}". This endpoint belongs to "s3".`,
      )
    case 'expired':
      return expired(flaw)
    case 'early':
    case 'late':
      if (flaw.signature.expiresSeconds !== undefined) return accessDenied('Request is not valid yet')
      return new S3Error(
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
        403,
        {
          elements: {
            RequestTime: written(flaw.signature.signedAt).replace(/[-:]/g, ''),
            ServerTime: written(flaw.now),
            MaxAllowedSkewMilliseconds: String(skewMs),
          },
        },
      )
    case 'different':
      return new S3Error(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        403,
        {
          elements: {
            AWSAccessKeyId: flaw.signature.accessKeyId,
            SignatureProvided: flaw.signature.signature,
          },
        },
      )
  }
}

function expired({ signature, now }: { readonly signature: Signature; readonly now: number }): S3Error {
  const { signedAt, expiresSeconds = 0 } = signature
  return new S3Error('AccessDenied', 'Request has expired', 403, {
    elements: {
      'X-Amz-Expires': String(expiresSeconds),
      Expires: written(signedAt + expiresSeconds * 1000),
      ServerTime: written(now),
    },
  })
}

function unreadable(why: string, authorization: string | undefined): S3Error {
  if (authorization === undefined) return new S3Error('AuthorizationQueryParametersError', why)
  if (authorization.startsWith('AWS4-HMAC-SHA256 ')) return new S3Error('AuthorizationHeaderMalformed', why)
  return invalidRequest(
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  )
}

function written(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
