import { requireDecryption } from '../encryption.ts'
import { requestedObject } from '../find-version.ts'
import { storageClassOf, versionHeaders } from '../object-headers.ts'
import { invalidArgument, invalidRequest } from '../s3-errors.ts'
import { headerOfRequest, type S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'

const known = new Set(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])

export const getObjectAttributes: S3Operation = async (request) => {
  const asked = (headerOfRequest(request, 'x-amz-object-attributes') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (asked.length === 0)
    throw invalidRequest('Missing required header for this request: x-amz-object-attributes')
  for (const name of asked)
    if (!known.has(name))
      throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', name)
  const object = await requestedObject(request)
  await requireDecryption(request, object.encryption)
  const { checksum, parts } = object
  const [value] = checksum.value.split('-')
  const attributes: Record<string, unknown> = {
    ETag: object.etag,
    Checksum: { [`Checksum${checksum.algorithm}`]: value, ChecksumType: checksum.type },
    ...(parts && {
      ObjectParts: {
        PartsCount: parts.length,
        IsTruncated: false,
        MaxParts: 1000,
        Part: parts.map((part) => ({
          PartNumber: part.number,
          Size: part.body.size,
          [`Checksum${checksum.algorithm}`]: part.checksum,
        })),
      },
    }),
    StorageClass: storageClassOf(object),
    ObjectSize: object.body.size,
  }
  return {
    headers: {
      'last-modified': object.lastModified.toUTCString(),
      ...versionHeaders(request.bucket, object),
    },
    body: s3Document(
      'GetObjectAttributesResponse',
      Object.fromEntries(Object.entries(attributes).filter(([name]) => asked.includes(name))),
    ),
  }
}
