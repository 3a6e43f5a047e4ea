/** Buckets themselves. */

import { requireSomebody } from '../access.ts'
import { receiveText } from '../receive-document.ts'
import { newBucket } from '../s3-buckets.ts'
import { S3Error } from '../s3-errors.ts'
import type { S3Answer, S3Operation, S3Request } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { readXml, textOf } from '../xml-reader.ts'
import { ownerOf } from './list-objects.ts'

const oldest = 'us-east-1'

/** The Region that the endpoint is in must be asked for, except in the oldest one, where it must not. */
export async function createBucket(request: S3Request): Promise<S3Answer> {
  const { s3, bucketName, region } = request
  requireSomebody(request)
  if (!isBucketName(bucketName)) throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.')
  const text = await receiveText(request)
  const asked =
    text === '' ? undefined : textOf(readXml(text, 'CreateBucketConfiguration'), 'LocationConstraint')
  if ((asked ?? oldest) !== region || asked === oldest)
    throw new S3Error(
      'IllegalLocationConstraintException',
      `The ${asked ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    )
  const there = s3.buckets.get(bucketName)
  if (there !== undefined && (there.region !== oldest || region !== oldest))
    throw new S3Error(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
      { elements: { BucketName: bucketName } },
    )
  if (there === undefined) s3.buckets.set(bucketName, newBucket(bucketName, region))
  // In the oldest Region a path, in others a whole address.
  const location = region === oldest ? `/${bucketName}` : `http://${bucketName}.s3.amazonaws.com/`
  return { headers: { location } }
}

export function listBuckets({ s3, caller }: S3Request): S3Answer {
  requireSomebody({ caller })
  const buckets = [...s3.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    body: s3Document('ListAllMyBucketsResult', {
      Owner: ownerOf(s3.accountId),
      Buckets: {
        Bucket: buckets.map(({ name, createdAt, region }) => ({
          Name: name,
          CreationDate: createdAt,
          BucketRegion: region,
        })),
      },
    }),
  }
}

export const headBucket: S3Operation = ({ bucket }) => ({ headers: { 'x-amz-bucket-region': bucket.region } })

export const deleteBucket: S3Operation = ({ s3, bucket }) => {
  if (bucket.versions.size > 0)
    throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
      elements: { BucketName: bucket.name },
    })
  s3.buckets.delete(bucket.name)
  return { status: 204 }
}

export const getBucketLocation: S3Operation = ({ bucket: { region } }) => {
  const location = region === oldest ? '' : region
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${location}</LocationConstraint>`,
  }
}

function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^\d+(\.\d+){3}$/.test(name)
  )
}
