import { algorithms, headerOf } from '../checksums.ts'
import { receiveDocument } from '../receive-document.ts'
import { invalidRequest, malformedXml } from '../s3-errors.ts'
import { headerOfRequest, type S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { childrenOf, textOf } from '../xml-reader.ts'
import { deleteKey } from './delete-object.ts'

const most = 1000

/** Up to 1,000 keys. The list itself must come with a digest. */
export const deleteObjects: S3Operation = async (request) => {
  const digests = ['content-md5', 'x-amz-trailer', ...algorithms.map(headerOf)]
  if (digests.every((name) => headerOfRequest(request, name) === undefined))
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
  const list = await receiveDocument(request, 'Delete')
  const objects = childrenOf(list, 'Object')
  if (objects.length === 0 || objects.length > most) throw malformedXml()
  const deleted = objects.map((object) => {
    const Key = textOf(object, 'Key')
    if (!Key) throw malformedXml()
    const VersionId = textOf(object, 'VersionId')
    const { versionId, isMarker } = deleteKey(request.bucket, Key, VersionId)
    return {
      Key,
      VersionId,
      ...(isMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {}),
    }
  })
  const isQuiet = textOf(list, 'Quiet') === 'true'
  return { body: s3Document('DeleteResult', isQuiet ? {} : { Deleted: deleted }) }
}
