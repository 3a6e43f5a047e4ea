/** A prefix of a bucket, listed page by page. */
import type { _Object } from '@aws-sdk/client-s3'
import type { AwsApi } from '../aws/api.ts'
import { ask } from '../aws/ask.ts'
import type { ArchivedObject } from '../model.ts'

/** What lies under a prefix, as far as it was read. */
export interface Listing {
  readonly objects: readonly ArchivedObject[]
  readonly pages: number
  /** There is more than was asked for. */
  readonly isCut: boolean
  /** Why S3 does not let us look: what was listed until then says nothing of what is missing. */
  readonly unread: string | undefined
}

export async function list(aws: AwsApi, bucket: string, prefix: string, maxPages: number): Promise<Listing> {
  const request = { Bucket: bucket, Prefix: prefix }
  const objects: ArchivedObject[] = []
  let token: string | undefined
  for (let pages = 0; pages < maxPages; ) {
    const asked = await ask(() =>
      aws.listObjectsV2(token ? { ...request, ContinuationToken: token } : request),
    )
    if (asked.is === 'refused') return { objects: [], pages, isCut: false, unread: asked.why }
    pages++
    for (const one of asked.answer.Contents ?? []) {
      const object = readObject(one)
      if (object) objects.push(object)
    }
    token = asked.answer.IsTruncated ? asked.answer.NextContinuationToken : undefined
    if (!token) return { objects, pages, isCut: false, unread: undefined }
  }
  return { objects, pages: Math.max(0, maxPages), isCut: true, unread: undefined }
}

/** When the newest of them was put there: one by one, since an old machine's objects are more than one call takes for its arguments. */
export function newestAt(objects: readonly ArchivedObject[]): number | undefined {
  let newest: number | undefined
  for (const { lastModified } of objects)
    if (newest === undefined || lastModified > newest) newest = lastModified
  return newest
}

function readObject({ Key, Size, ETag, LastModified }: _Object): ArchivedObject | undefined {
  if (Key === undefined || Size === undefined) return undefined
  const etag = (ETag ?? '').replaceAll('"', '')
  return { key: Key, size: Size, etag, lastModified: LastModified?.getTime() ?? 0 }
}
