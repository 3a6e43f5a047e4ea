import { AwsError } from '../../../aws-error.ts'
import { requirePermission } from '../access.ts'
import { algorithms, headerOf } from '../checksums.ts'
import { checkWrite } from '../conditions.ts'
import { versionAsked } from '../find-version.ts'
import { receiveDocument } from '../receive-document.ts'
import { currentOf } from '../s3-buckets.ts'
import { invalidRequest, malformedXml } from '../s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { childrenOf, textOf } from '../xml-reader.ts'
import { deleteKey } from './delete-object.ts'

const most = 1000

interface Named {
  readonly Key: string
  readonly VersionId: string | undefined
  /** Of the object that is meant: another one stays. */
  readonly ETag: string | undefined
}

/** Up to 1,000 keys, each for itself: the answer is 200 where some of them may not be deleted. The list itself must come with a digest. */
export const deleteObjects: S3Operation = async (request) => {
  const digests = ['content-md5', 'x-amz-trailer', ...algorithms.map(headerOf)]
  if (digests.every((name) => headerOfRequest(request, name) === undefined))
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
  const list = await receiveDocument(request, 'Delete')
  const objects = childrenOf(list, 'Object').map((object): Named => {
    const Key = textOf(object, 'Key')
    if (!Key) throw malformedXml()
    return { Key, VersionId: textOf(object, 'VersionId'), ETag: textOf(object, 'ETag') }
  })
  if (objects.length === 0 || objects.length > most) throw malformedXml()
  const deleted: object[] = []
  const refused: object[] = []
  for (const object of objects) {
    const { Key, VersionId } = object
    try {
      const { versionId, isMarker } = await deleteOne(request, object)
      const marker = isMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {}
      deleted.push({ Key, VersionId, ...marker })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      refused.push({ Key, VersionId, Code: error.name, Message: error.message })
    }
  }
  const isQuiet = textOf(list, 'Quiet') === 'true'
  return { body: s3Document('DeleteResult', { ...(isQuiet ? {} : { Deleted: deleted }), Error: refused }) }
}

/** As if it had been asked for by itself. */
async function deleteOne(request: BucketRequest, { Key: key, VersionId: versionId, ETag: etag }: Named) {
  const { bucket } = request
  const one = {
    ...request,
    key,
    headers: etag === undefined ? {} : { 'if-match': etag },
    query: new URLSearchParams(versionId === undefined ? {} : { versionId }),
  }
  await requirePermission(one, bucket, 'DeleteObject')
  if (etag !== undefined) checkWrite(one, currentOf(bucket, key))
  return deleteKey(bucket, key, versionAsked(one.query))
}
