import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Bucket, S3 } from './s3-buckets.ts'

/** A request for S3, with its place found but its body unread. */
export interface S3Request {
  readonly s3: S3
  readonly operation: string
  readonly bucketName: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The access key that signed it. */
  readonly caller: string
  /** The Region that it was signed for, whose endpoint it thereby means. */
  readonly region: string
  readonly message: IncomingMessage
}

/** A request whose bucket is there. */
export interface BucketRequest extends S3Request {
  readonly bucket: Bucket
}

export interface S3Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Text is XML. */
  readonly body?: string | Readable
}

/** Carries an operation out, or throws an `AwsError`. */
export type S3Operation = (request: BucketRequest) => S3Answer | Promise<S3Answer>

/** A header's value; the first, where it was sent twice. */
export function headerOfRequest({ headers }: Pick<S3Request, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
