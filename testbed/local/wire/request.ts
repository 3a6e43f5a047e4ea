import { readSignature, type Signature, type SignedRequest } from './signature.ts'

export type Service =
  | 'autoscaling'
  | 'ec2'
  | 'elasticloadbalancing'
  | 'rbin'
  | 'ssm'
  | 'sqs'
  | 's3'
  | 'sns'
  | 'sts'
  | 'unknown'

/** One AWS request as it arrived, before anything was done about it. */
export interface AwsRequest {
  readonly service: Service
  /** AWS's name, as in IAM: `CompleteLifecycleAction`, `PutObject`. */
  readonly operation: string
  /** The access key that signed it, by which callers are told apart. Empty when unsigned. */
  readonly caller: string
  /** `PUT /bucket/key` and so on, for people. */
  readonly line: string
}

/** Sees every request. What it throws answers the request: an `AwsError` as itself, `ConnectionDropped` with silence. */
export interface RequestObserver {
  before?(request: AwsRequest): void | Promise<void>
  /** After its effect, before its answer. */
  after?(request: AwsRequest, httpStatusCode: number): void | Promise<void>
}

/** Thrown by an observer: the caller gets no answer. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped'
}

/** The access key that the request says it was signed with. */
export function callerOf(request: SignedRequest): string {
  return scopeOf(request)?.accessKeyId ?? ''
}

/** The Region that the request was signed for. */
export function regionOf(request: SignedRequest): string | undefined {
  return scopeOf(request)?.region
}

/** The service that the request was signed for, as its endpoint is called. */
export function signedServiceOf(request: SignedRequest): string | undefined {
  return scopeOf(request)?.service
}

function scopeOf(request: SignedRequest): Signature | undefined {
  const signature = readSignature(request)
  return typeof signature === 'object' ? signature : undefined
}
