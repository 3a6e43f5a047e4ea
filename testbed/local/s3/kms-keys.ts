/** The keys of the local KMS: S3 encrypts nothing with them, but refuses where a key cannot be used. */
import { randomUUID } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import { isAllowed } from './access-policy.ts'

export interface KmsKey {
  readonly id: string
  readonly arn: string
  readonly createdAt: Date
  isEnabled: boolean
  /** JSON. */
  policy: string
}

export interface KmsKeys {
  /** AWS's own for S3, `alias/aws/s3`. */
  readonly forS3: KmsKey
  create(policy?: string): KmsKey
  /** By id, ARN or alias. Throws NotFoundException. */
  find(reference: string): KmsKey
  /** Throws what KMS answers where the caller cannot use the key now. */
  use(reference: string, action: KmsAction, caller: string): Promise<KmsKey>
}

export type KmsAction = 'kms:GenerateDataKey' | 'kms:Decrypt'

export function createKmsKeys(region: string, accountId: string): KmsKeys {
  const keys = new Map<string, KmsKey>()
  const ownersPolicy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  }
  const create = (policy = JSON.stringify(ownersPolicy)) => {
    const id = randomUUID()
    const arn = `arn:aws:kms:${region}:${accountId}:key/${id}`
    const key: KmsKey = { id, arn, createdAt: new Date(), isEnabled: true, policy }
    keys.set(id, key)
    return key
  }
  const forS3 = create()
  const find = (reference: string) => {
    // Keys of other Regions and accounts are nobody's here.
    const home = `arn:aws:kms:${region}:${accountId}:`
    const name = reference.startsWith(home) ? reference.slice(home.length).replace(/^key\//, '') : reference
    const key = name === 'alias/aws/s3' ? forS3 : keys.get(name)
    if (key !== undefined) return key
    throw new AwsError('NotFoundException', `Key '${reference}' does not exist`)
  }
  return {
    forS3,
    create,
    find,
    async use(reference, action, caller) {
      const key = find(reference)
      if (!key.isEnabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`)
      const request = { accountId, caller, action, resource: key.arn, context: {} }
      if (await isAllowed(key.policy, request)) return key
      throw new AwsError(
        'AccessDeniedException',
        `User: ${request.caller} is not authorized to perform: ${action} on resource: ${key.arn}`,
        403,
      )
    },
  }
}
