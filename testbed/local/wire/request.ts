import type { IncomingMessage } from 'node:http'

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

/** Who signed the request. Nobody is refused: credentials are names here. */
export function callerOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return /Credential=([^/,\s]+)\//.exec(headers.authorization ?? '')?.[1] ?? ''
}

/** The Region that the request was signed for. */
export function regionOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  return scopeOf(request)?.region
}

/** The service that the request was signed for, as its endpoint is called. */
export function signedServiceOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  return scopeOf(request)?.service
}

function scopeOf({ headers }: Pick<IncomingMessage, 'headers'>) {
  const [, region, service] =
    /Credential=[^/,\s]+\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\//.exec(headers.authorization ?? '') ?? []
  return region === undefined || service === undefined ? undefined : { region, service }
}
