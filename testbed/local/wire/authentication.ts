/** Who may ask: the keys of the account, and whether a request was signed with the secret of one, lately. */
import { createHash, randomBytes } from 'node:crypto'
import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import { queryOf, readSignature, type Signature, type SignedRequest } from './signature.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What is wrong with a request's signature. Each protocol has words of its own for it. */
export type Flaw =
  | { readonly is: 'unsigned' }
  | { readonly is: 'unreadable'; readonly why: string }
  | { readonly is: 'of an unknown key'; readonly accessKeyId: string }
  | { readonly is: 'with an unknown token' }
  | { readonly is: 'for another service'; readonly service: string; readonly signature: Signature }
  | {
      readonly is: 'early' | 'late' | 'expired' | 'different'
      readonly signature: Signature
      readonly now: number
    }

/** How a service has requests signed. */
export interface Terms {
  /** As signatures name it. */
  readonly service: string
  /** What was sent; where it is not given, the request's own digest of it is believed, and its reader's to check. */
  readonly body?: Buffer
  /** How far the clock of who signs may be off. */
  readonly skewMs: number
  /** S3 signs a path as it is sent; the others encode it once more. */
  readonly signsPathAsSent: boolean
}

export interface Authentication {
  /** The time by which a caller's signatures are judged, and which its answers are dated with. */
  now(caller: string): number
  /** A caller's key, whose id is its name. It is made when it is first asked for. */
  credentialsOf(caller: string): Credentials
  /** `undefined` = the signature is good. */
  flawOf(request: SignedRequest, terms: Terms): Promise<Flaw | undefined>
}

/** `behindMsOf` is how far a caller's clock is behind the account's. */
export function createAuthentication(behindMsOf: (caller: string) => number = () => 0): Authentication {
  const now = (caller: string) => Date.now() + behindMsOf(caller)
  const secrets = new Map<string, string>()
  return {
    now,
    credentialsOf(caller) {
      const secretAccessKey = secrets.get(caller) ?? randomBytes(30).toString('base64')
      secrets.set(caller, secretAccessKey)
      return { accessKeyId: caller, secretAccessKey }
    },
    async flawOf(request, terms) {
      const signature = readSignature(request)
      if (signature === undefined) return { is: 'unsigned' }
      if (typeof signature === 'string') return { is: 'unreadable', why: signature }
      const { accessKeyId } = signature
      const secretAccessKey = secrets.get(accessKeyId)
      if (secretAccessKey === undefined) return { is: 'of an unknown key', accessKeyId }
      // Only sessions have one, and nobody's is made here.
      const hasToken = request.headers['x-amz-security-token'] ?? queryOf(request.url ?? '').get(tokenField)
      if (hasToken) return { is: 'with an unknown token' }
      if (signature.service !== terms.service)
        return { is: 'for another service', service: terms.service, signature }
      const at = now(accessKeyId)
      const is = untimely(signature, at, terms.skewMs)
      if (is !== undefined) return { is, signature, now: at }
      const right = await signedAgain({ accessKeyId, secretAccessKey }, signature, request, terms)
      return right === signature.signature ? undefined : { is: 'different', signature, now: at }
    },
  }
}

const tokenField = 'X-Amz-Security-Token'
const digestHeader = 'x-amz-content-sha256'

function untimely({ signedAt, expiresSeconds }: Signature, now: number, skewMs: number) {
  if (signedAt > now + skewMs) return 'early'
  if (expiresSeconds === undefined) return signedAt < now - skewMs ? 'late' : undefined
  return now > signedAt + expiresSeconds * 1000 ? 'expired' : undefined
}

/** What the signature would be, were it made with this secret, and of what arrived. */
async function signedAgain(
  credentials: Credentials,
  { signedAt, region, service, expiresSeconds: expiresIn, signedHeaders }: Signature,
  { method = '', url = '', headers }: SignedRequest,
  { body, signsPathAsSent }: Terms,
): Promise<string | undefined> {
  // Whoever signs no host lets the request be sent to another.
  if (!signedHeaders.includes('host')) return undefined
  const digest = headers[digestHeader]
  if (body !== undefined && digest !== undefined && digest !== sha256(body)) return undefined
  const given = signedHeaders.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])]],
  )
  const query = queryOf(url)
  const request = {
    ...{ method, path: url.split('?')[0] ?? '', protocol: 'http:', hostname: '' },
    query: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
    headers: Object.fromEntries(given) as Record<string, string>,
    ...(body === undefined ? {} : { body }),
  }
  const signer = new SignatureV4({
    ...{ credentials, region, service, sha256: Sha256, applyChecksum: false },
    uriEscapePath: !signsPathAsSent,
  })
  const how = { signingDate: new Date(signedAt), signableHeaders: new Set(signedHeaders) }
  if (expiresIn === undefined) {
    const { headers: signed } = await signer.sign(request, how)
    return /Signature=(\w+)/.exec(signed.authorization ?? '')?.[1]
  }
  // Of what is sent later nothing is known when it is signed, unless it is nothing.
  if (signsPathAsSent) request.headers[digestHeader] ??= 'UNSIGNED-PAYLOAD'
  const presigned = await signer.presign(request, {
    ...{ ...how, expiresIn, unsignableHeaders: new Set([digestHeader]) },
    unhoistableHeaders: new Set(Object.keys(request.headers)),
  })
  return presigned.query?.['X-Amz-Signature']?.toString()
}

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex')
}

class Sha256 extends Hash {
  constructor(secret?: ConstructorParameters<typeof Hash>[1]) {
    super('sha256', secret)
  }
}
