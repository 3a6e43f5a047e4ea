/** Encryption as far as it shows: headers, ETags that are no MD5, and keys that cannot be used. */
import { randomBytes } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import type { KmsAction, KmsKeys } from './kms-keys.ts'
import type { Encryption } from './s3-buckets.ts'
import { accessDenied, invalidArgument, notImplemented, S3Error } from './s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Request } from './s3-request.ts'

const algorithmHeader = 'x-amz-server-side-encryption'
const keyHeader = 'x-amz-server-side-encryption-aws-kms-key-id'
const bucketKeyHeader = 'x-amz-server-side-encryption-bucket-key-enabled'
const customerKeyHeader = 'x-amz-server-side-encryption-customer-algorithm'

/** What the request asks for, or else the bucket's default. Throws where the key cannot be used. */
export async function requestedEncryption(request: BucketRequest): Promise<Encryption> {
  if (headerOfRequest(request, customerKeyHeader) !== undefined) throw notImplemented(customerKeyHeader)
  const asked = headerOfRequest(request, algorithmHeader)
  const keyId = headerOfRequest(request, keyHeader)
  if (keyId !== undefined && !asked?.startsWith('aws:kms'))
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      algorithmHeader,
      asked,
    )
  const { encryption: standard } = request.bucket
  const encryption =
    asked === undefined
      ? standard
      : {
          algorithm: encryptionAlgorithm(asked),
          keyArn: keyId,
          bucketKey: headerOfRequest(request, bucketKeyHeader) === 'true',
        }
  if (encryption.algorithm === 'AES256') return encryption
  const keyArn = await useKey(request, encryption, 'kms:GenerateDataKey')
  return { ...encryption, keyArn }
}

export function encryptionAlgorithm(name: string): Encryption['algorithm'] {
  if (name === 'AES256' || name === 'aws:kms' || name === 'aws:kms:dsse') return name
  throw invalidArgument('The encryption method specified is not supported', algorithmHeader, name)
}

/** Throws where what is encrypted cannot be read by the caller. */
export async function requireDecryption(request: S3Request, encryption: Encryption): Promise<void> {
  if (encryption.algorithm !== 'AES256') await useKey(request, encryption, 'kms:Decrypt')
}

async function useKey({ s3, caller }: S3Request, { keyArn }: Encryption, action: KmsAction): Promise<string> {
  const keys: KmsKeys = s3.keys
  try {
    return (await keys.use(keyArn ?? keys.forS3.arn, action, caller)).arn
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.name === 'AccessDeniedException') throw accessDenied(error.message)
    throw new S3Error(`KMS.${error.name}`, error.message)
  }
}

/** S3 gives an MD5 away only of what it keeps under its own keys. */
export function etagUnder({ algorithm }: Encryption, md5: string): string {
  return algorithm === 'AES256' ? md5 : randomBytes(16).toString('hex')
}

export function encryptionHeaders(encryption: Encryption): Record<string, string> {
  const { algorithm, keyArn, bucketKey } = encryption
  return {
    [algorithmHeader]: algorithm,
    ...(keyArn === undefined ? {} : { [keyHeader]: keyArn }),
    ...(bucketKey ? { [bucketKeyHeader]: 'true' } : {}),
  }
}
