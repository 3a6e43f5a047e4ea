/** Requests that no client would send, signed all the same. */
import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Credentials } from '../../../testbed/local/wire/authentication.ts'

export interface Signing {
  readonly service: string
  readonly credentials: Credentials
  readonly region?: string
  readonly signingDate?: Date
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | URLSearchParams
}

export function signer({ service, credentials, region = 'eu-west-1' }: Signing): SignatureV4 {
  const isS3 = service === 's3'
  const sha256 = Hash.bind(null, 'sha256')
  return new SignatureV4({ service, credentials, region, sha256, uriEscapePath: !isS3, applyChecksum: isS3 })
}

/** The headers with which a request is good. */
export async function signedHeaders(
  url: string,
  { method = 'GET', headers = {}, body }: Sent,
  signing: Signing,
): Promise<Record<string, string>> {
  const { host, search } = new URL(url)
  const request = {
    ...{ method, path: pathOf(url), protocol: 'http:', hostname: '' },
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { ...headers, host },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body.toString()) }),
  }
  const { signingDate } = signing
  const signed = await signer(signing).sign(request, signingDate ? { signingDate } : {})
  const { host: _, ...others } = signed.headers
  return others
}

/** An address that is good for so long. */
export async function presigned(url: string, expiresIn: number, signing: Signing): Promise<string> {
  const { signingDate } = signing
  const request = {
    ...{ method: 'GET', path: pathOf(url), protocol: 'http:', hostname: '', query: {} },
    headers: { host: new URL(url).host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  }
  const signed = await signer(signing).presign(request, {
    expiresIn,
    ...(signingDate ? { signingDate } : {}),
  })
  return `${url}?${new URLSearchParams(signed.query as Record<string, string>)}`
}

/** Sent with its signature. A form is sent as one. */
export async function signedFetch(url: string, sent: Sent, signing: Signing): Promise<Response> {
  const form =
    sent.body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
  const body = sent.body instanceof URLSearchParams ? sent.body.toString() : sent.body
  const { method = 'GET' } = sent
  const whole = { method, headers: { ...form, ...sent.headers }, ...(body === undefined ? {} : { body }) }
  return fetch(url, { ...whole, headers: await signedHeaders(url, whole, signing) })
}

/** As it is written: a URL would resolve its dots. */
function pathOf(url: string): string {
  return url.replace(/^\w+:\/\/[^/]*/, '').split('?')[0] || '/'
}
