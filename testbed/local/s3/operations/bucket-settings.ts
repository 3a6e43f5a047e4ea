/** What a bucket is set to: versioning, default encryption, its policy. */

import { isPolicy } from '../access-policy.ts'
import { encryptionAlgorithm } from '../encryption.ts'
import { receiveDocument, receiveText } from '../receive-document.ts'
import { malformedXml, S3Error } from '../s3-errors.ts'
import type { S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { childrenOf, textOf } from '../xml-reader.ts'

export const getBucketVersioning: S3Operation = ({ bucket }) => ({
  body: s3Document('VersioningConfiguration', { Status: bucket.versioning }),
})

export const putBucketVersioning: S3Operation = async (request) => {
  const status = textOf(await receiveDocument(request, 'VersioningConfiguration'), 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml()
  request.bucket.versioning = status
  return {}
}

export const getBucketEncryption: S3Operation = ({ bucket: { encryption } }) => ({
  body: s3Document('ServerSideEncryptionConfiguration', {
    Rule: {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: encryption.algorithm,
        KMSMasterKeyID: encryption.keyArn,
      },
      BucketKeyEnabled: encryption.bucketKey,
    },
  }),
})

export const putBucketEncryption: S3Operation = async (request) => {
  const [rule] = childrenOf(await receiveDocument(request, 'ServerSideEncryptionConfiguration'), 'Rule')
  const [standard] = rule === undefined ? [] : childrenOf(rule, 'ApplyServerSideEncryptionByDefault')
  const algorithm = standard && textOf(standard, 'SSEAlgorithm')
  if (rule === undefined || standard === undefined || algorithm === undefined) throw malformedXml()
  request.bucket.encryption = {
    algorithm: encryptionAlgorithm(algorithm),
    keyArn: textOf(standard, 'KMSMasterKeyID'),
    bucketKey: textOf(rule, 'BucketKeyEnabled') === 'true',
  }
  return {}
}

export const deleteBucketEncryption: S3Operation = ({ bucket }) => {
  bucket.encryption = { algorithm: 'AES256', keyArn: undefined, bucketKey: false }
  return { status: 204 }
}

export const getBucketPolicy: S3Operation = ({ bucket }) => {
  if (bucket.policy !== undefined)
    return { headers: { 'content-type': 'application/json' }, body: bucket.policy }
  throw new S3Error('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, {
    elements: { BucketName: bucket.name },
  })
}

export const putBucketPolicy: S3Operation = async (request) => {
  const { bucket, s3, caller } = request
  const text = await receiveText(request)
  const resource = `arn:aws:s3:::${bucket.name}/key`
  const asked = { accountId: s3.accountId, caller, action: 's3:PutObject', resource, context: {} }
  if (!(await isPolicy(text, asked)))
    throw new S3Error('MalformedPolicy', 'Policies must be valid JSON and the first byte must be {')
  bucket.policy = text
  return { status: 204 }
}

export const deleteBucketPolicy: S3Operation = ({ bucket }) => {
  bucket.policy = undefined
  return { status: 204 }
}
