import type { IncomingMessage } from 'node:http'

export type Service = 'autoscaling' | 'ec2' | 'ssm' | 'sqs' | 's3' | 'sts' | 'unknown'

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

/** What SQS or S3 request this is, from what is known before its body is read. */
export function identifyStorage(method: string, url: string, target: string | undefined): [Service, string] {
  if (target !== undefined) return ['sqs', target.split('.').at(-1) ?? '']
  const [path = '', query = ''] = url.split('?')
  const parameters = new URLSearchParams(query)
  const isObject = path.split('/').filter((part) => part !== '').length > 1
  return ['s3', isObject ? objectOperation(method, parameters) : bucketOperation(method, parameters)]
}

function objectOperation(method: string, parameters: URLSearchParams): string {
  if (parameters.has('uploads')) return 'CreateMultipartUpload'
  if (parameters.has('uploadId')) {
    const multipart: Record<string, string> = {
      PUT: 'UploadPart',
      POST: 'CompleteMultipartUpload',
      DELETE: 'AbortMultipartUpload',
      GET: 'ListParts',
    }
    return multipart[method] ?? method
  }
  if (parameters.has('attributes')) return 'GetObjectAttributes'
  return { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' }[method] ?? method
}

function bucketOperation(method: string, parameters: URLSearchParams): string {
  if (method === 'POST' && parameters.has('delete')) return 'DeleteObjects'
  if (method === 'GET' && parameters.get('list-type') === '2') return 'ListObjectsV2'
  return (
    { GET: 'ListObjects', HEAD: 'HeadBucket', PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? method
  )
}
