/** What stands between a request and its bucket: is it there, in this Region, its owner's, and does its policy allow it? */

import { isAllowed } from './access-policy.ts'
import type { Bucket } from './s3-buckets.ts'
import { accessDenied, S3Error } from './s3-errors.ts'
import { headerOfRequest, type S3Request } from './s3-request.ts'

export function requestedBucket(request: S3Request): Bucket {
  const { s3, bucketName, region } = request
  const bucket = s3.buckets.get(bucketName)
  if (bucket === undefined)
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', 404, {
      elements: { BucketName: bucketName },
    })
  if (bucket.region !== region) throw elsewhere(bucket, region)
  requireSomebody(request)
  const owner = headerOfRequest(request, 'x-amz-expected-bucket-owner')
  requireOwner(owner, s3.accountId)
  return bucket
}

/** Buckets are made with public access blocked, and nobody can lift that here: who did not sign may do nothing. */
export function requireSomebody({ caller }: Pick<S3Request, 'caller'>): void {
  if (caller === '') throw accessDenied()
}

/** Whom a request says that a bucket belongs to. */
export function requireOwner(said: string | undefined, owner: string): void {
  if (said === undefined || said === owner) return
  if (/^\d{12}$/.test(said)) throw accessDenied()
  throw new S3Error(
    'InvalidBucketOwnerAWSAccountID',
    'The value of the expected bucket owner parameter must be an AWS Account ID',
  )
}

/** The global endpoint, which clients of us-east-1 mean, leads on and finds the signature wrong; the others do not lead. */
function elsewhere({ name, region }: Bucket, signedFor: string): S3Error {
  const headers = { 'x-amz-bucket-region': region }
  if (signedFor === 'us-east-1')
    return new S3Error(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${signedFor}' is wrong; expecting '${region}'`,
      400,
      { elements: { Region: region }, headers },
    )
  return new S3Error(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { elements: { Endpoint: `s3.${region}.amazonaws.com`, Bucket: name }, headers },
  )
}

/** Who owns the bucket can always look at its policy and change it. */
const owners = new Set(['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'])

/** What the policy is asked about: the request's own key, or one that it names besides. */
type Asked = Pick<S3Request, 's3' | 'caller' | 'operation' | 'headers' | 'key' | 'query'>

export async function requirePermission(request: Asked, bucket: Bucket, action: string): Promise<void> {
  const { s3, caller, operation } = request
  if (!(await isPermitted(request, bucket, action)))
    throw accessDenied(
      `User: arn:aws:iam::${s3.accountId}:user/${caller} is not authorized to perform: s3:${operation} with an explicit deny in a resource-based policy`,
    )
  // To compare an object with what is known of it is to read it.
  const match = headerOfRequest(request, 'if-match')
  if (match !== undefined && match !== '*' && /^(Put|Delete)Object$/.test(action))
    await requirePermission({ ...request, headers: {} }, bucket, 'GetObject')
}

/** Whoever may not list a bucket is not told either that a key is missing. */
export async function requireSight(request: Asked, bucket: Bucket): Promise<void> {
  const asked = { ...request, key: '', query: new URLSearchParams() }
  if (!(await isPermitted(asked, bucket, 'ListBucket'))) throw accessDenied()
}

async function isPermitted(request: Asked, bucket: Bucket, action: string): Promise<boolean> {
  const { s3, caller, key, query } = request
  if (bucket.policy === undefined || owners.has(action)) return true
  const withVersion = query.has('versionId') && /^(Get|Delete)Object$/.test(action)
  return isAllowed(bucket.policy, {
    accountId: s3.accountId,
    caller,
    action: `s3:${action}${withVersion ? 'Version' : ''}`,
    resource: `arn:aws:s3:::${bucket.name}${key === '' ? '' : `/${key}`}`,
    context: contextOf(request),
  })
}

const conditionHeaders = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-acl',
  'x-amz-storage-class',
  'if-none-match',
  'if-match',
]

function contextOf(request: Asked): Record<string, string> {
  const headers = conditionHeaders.flatMap((name) => {
    const value = headerOfRequest(request, name)
    return value === undefined ? [] : [[`s3:${name}`, value] as const]
  })
  const parameters = ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
    const value = request.query.get(name)
    return value === null ? [] : [[`s3:${name}`, value] as const]
  })
  return Object.fromEntries([...headers, ...parameters])
}
