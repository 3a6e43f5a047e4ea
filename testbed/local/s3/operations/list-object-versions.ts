import { commonPrefixOf, listKeys, listQuestion } from '../list-keys.ts'
import { storageClassOf } from '../object-headers.ts'
import { afterAllWith, justAfter } from '../ordered-keys.ts'
import type { Version } from '../s3-buckets.ts'
import { invalidArgument } from '../s3-errors.ts'
import type { S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'
import { ownerOf } from './list-objects.ts'

/** Keys in order, and the versions of each from the newest. */
export const listObjectVersions: S3Operation = (request) => {
  const { bucket, query } = request
  const { encode, ...asked } = listQuestion(request, 'max-keys')
  const keyMarker = query.get('key-marker') ?? ''
  const versionMarker = query.get('version-id-marker') ?? ''
  if (versionMarker !== '' && keyMarker === '')
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
    )
  const isCommon = commonPrefixOf(keyMarker, asked.prefix, asked.delimiter) === keyMarker
  const first =
    keyMarker === ''
      ? Buffer.alloc(0)
      : isCommon
        ? afterAllWith(keyMarker)
        : versionMarker === ''
          ? justAfter(keyMarker)
          : Buffer.from(keyMarker)
  const listing = listKeys(bucket, { ...asked, first }, (key) => {
    const versions = bucket.versions.get(key) ?? []
    const skipped =
      key === keyMarker ? versions.findIndex(({ versionId }) => versionId === versionMarker) : -1
    return versions.slice(skipped + 1)
  })
  const last = listing.isTruncated ? listing.entries.at(-1) : undefined
  const items = listing.entries.flatMap(({ item }) => item ?? [])
  const described = (version: Version) => ({
    Key: encode(version.key),
    VersionId: version.versionId,
    IsLatest: bucket.versions.get(version.key)?.[0] === version,
    LastModified: version.lastModified,
    Owner: ownerOf(request.s3.accountId),
  })
  return {
    body: s3Document('ListVersionsResult', {
      Name: bucket.name,
      Prefix: encode(asked.prefix),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionMarker,
      NextKeyMarker: last && encode(last.text),
      NextVersionIdMarker: last?.item?.versionId,
      MaxKeys: asked.max,
      Delimiter: asked.delimiter === '' ? undefined : encode(asked.delimiter),
      EncodingType: asked.encodingType,
      IsTruncated: listing.isTruncated,
      Version: items.flatMap((version) =>
        version.kind === 'object'
          ? [
              {
                ...described(version),
                ETag: `"${version.etag}"`,
                ChecksumAlgorithm: version.checksum.algorithm,
                ChecksumType: version.checksum.type,
                Size: version.body.size,
                StorageClass: storageClassOf(version),
              },
            ]
          : [],
      ),
      DeleteMarker: items.filter(({ kind }) => kind === 'delete-marker').map(described),
      CommonPrefixes: listing.entries.flatMap(({ item, text }) =>
        item === undefined ? [{ Prefix: encode(text) }] : [],
      ),
    }),
  }
}
