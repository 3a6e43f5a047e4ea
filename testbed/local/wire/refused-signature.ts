/** A flawed signature in the words of each protocol but S3's. */
import { AwsError } from '../../aws-error.ts'
import type { Authentication, Flaw } from './authentication.ts'
import type { SignedRequest } from './signature.ts'

export type Dialect = 'query' | 'ec2' | 'json' | 'rest-json'

/** How far a clock may be off. Services were seen with 15 minutes, too: this is the shorter of the two. */
const skewMs = 300_000

/** Throws what the service answers where it does not know who asks. */
export async function requireSignature(
  authentication: Authentication,
  dialect: Dialect,
  service: string,
  request: SignedRequest,
  body: Buffer,
): Promise<void> {
  const flaw = await signatureFlaw(authentication, service, request, body)
  if (flaw !== undefined) throw refusedSignature(dialect, flaw)
}

/** On the terms that all services have but S3. */
export function signatureFlaw(
  authentication: Authentication,
  service: string,
  request: SignedRequest,
  body: Buffer,
): Promise<Flaw | undefined> {
  return authentication.flawOf(request, { service, body, skewMs, signsPathAsSent: false })
}

export function refusedSignature(dialect: Dialect, flaw: Flaw): AwsError {
  if (dialect === 'ec2') return ofEc2(flaw)
  const [queryCode, jsonCode] = codes[flaw.is]
  // In JSON the code says what kind of error it is, and the status only whose.
  const status = dialect === 'json' ? 400 : 403
  if (dialect !== 'query') return new AwsError(jsonCode, textOf(flaw), status)
  return new AwsError(queryCode, textOf(flaw), flaw.is === 'unreadable' ? 400 : 403)
}

const different = ['SignatureDoesNotMatch', 'InvalidSignatureException'] as const
const unknown = ['InvalidClientTokenId', 'UnrecognizedClientException'] as const

/** In the Query protocols, and in JSON. */
export const codes: Readonly<Record<Flaw['is'], readonly [string, string]>> = {
  unsigned: ['MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
  unreadable: ['IncompleteSignature', 'IncompleteSignatureException'],
  'of an unknown key': unknown,
  'with an unknown token': unknown,
  'for another service': different,
  early: different,
  late: different,
  expired: different,
  different,
}

/** EC2 does not say what it is. By which code it refuses a wrong clock is not documented: both are seen, and clients know both. */
function ofEc2(flaw: Flaw): AwsError {
  if (flaw.is === 'unsigned')
    return new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  if (flaw.is === 'unreadable') return new AwsError('IncompleteSignature', flaw.why, 400)
  if (flaw.is === 'late' || flaw.is === 'expired')
    return new AwsError('RequestExpired', 'Request has expired.')
  return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401)
}

function textOf(flaw: Flaw): string {
  switch (flaw.is) {
    case 'unsigned':
      return 'Request is missing Authentication Token'
    case 'unreadable':
      return flaw.why
    case 'of an unknown key':
    case 'with an unknown token':
      return 'The security token included in the request is invalid.'
    case 'for another service':
      return `Credential should be scoped to correct service: '${flaw.service}'.`
    case 'early': {
      const { signature, now } = flaw
      return `Signature not yet current: ${written(signature.signedAt)} is still later than ${written(now + skewMs)} (${written(now)} + 5 min.)`
    }
    case 'late': {
      const { signature, now } = flaw
      return `Signature expired: ${written(signature.signedAt)} is now earlier than ${written(now - skewMs)} (${written(now)} - 5 min.)`
    }
    case 'expired': {
      const { signature, now } = flaw
      const until = signature.signedAt + (signature.expiresSeconds ?? 0) * 1000
      return `Signature expired: ${written(until)} is now earlier than ${written(now)}`
    }
    case 'different':
      return 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
  }
}

function written(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
