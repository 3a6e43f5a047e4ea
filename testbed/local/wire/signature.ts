/** What a request says of its signature: in its header, or in its query where it was signed beforehand. */
import type { IncomingMessage } from 'node:http'

/** A request as far as its signature goes. */
export type SignedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

export interface Signature {
  readonly accessKeyId: string
  readonly region: string
  /** As the service's endpoint is called. */
  readonly service: string
  /** In lower case. */
  readonly signedHeaders: readonly string[]
  /** Hexadecimal. */
  readonly signature: string
  readonly signedAt: number
  /** How long it is good, where it was made for later. */
  readonly expiresSeconds: number | undefined
}

/** `undefined` = unsigned; a text = why it cannot be read. */
export function readSignature({ headers, url = '' }: SignedRequest): Signature | string | undefined {
  const { authorization, 'x-amz-date': date } = headers
  if (authorization !== undefined) {
    if (!authorization.startsWith(`${algorithm} `)) return `It is not signed with ${algorithm}.`
    const field = (name: string) => new RegExp(`[ ,]${name}=([^,\\s]+)`).exec(authorization)?.[1]
    return signatureOf(field, String(date), undefined)
  }
  const query = queryOf(url)
  if (!query.has('X-Amz-Algorithm') && !query.has('X-Amz-Signature')) return undefined
  if (query.get('X-Amz-Algorithm') !== algorithm) return `It is not signed with ${algorithm}.`
  const expires = query.get('X-Amz-Expires') ?? ''
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > longestSeconds)
    return `X-Amz-Expires must be a number from 0 to ${longestSeconds}, a week in seconds.`
  return signatureOf((name) => query.get(`X-Amz-${name}`), query.get('X-Amz-Date') ?? '', Number(expires))
}

const algorithm = 'AWS4-HMAC-SHA256'
const longestSeconds = 604_800

/** Of the path as it was sent, whose `..` is a name like others. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('?').slice(1).join('?'))
}

function signatureOf(
  field: (name: string) => string | null | undefined,
  date: string,
  expiresSeconds: number | undefined,
): Signature | string {
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(field)
  if (!credential || !signedHeaders || !signature)
    return 'A signature has a Credential, SignedHeaders and a Signature.'
  const signedAt = readDate(date)
  if (signedAt === undefined) return 'A signature has an X-Amz-Date, such as 20260102T030405Z.'
  const [, accessKeyId, region, service] =
    /^(.+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential) ?? []
  if (accessKeyId === undefined || region === undefined || service === undefined)
    return `The Credential ${credential} is not a key, a day, a Region, a service and aws4_request.`
  return {
    ...{ accessKeyId, region, service, signedAt, expiresSeconds, signature },
    signedHeaders: signedHeaders.toLowerCase().split(';'),
  }
}

function readDate(text: string): number | undefined {
  const [, day, hour, minute, second] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  if (day === undefined) return undefined
  const time = Date.parse(`${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}
