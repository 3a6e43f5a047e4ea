import { commonPrefixOf, type Listing, listKeys, listQuestion } from '../list-keys.ts'
import { storageClassOf } from '../object-headers.ts'
import { afterAllWith, justAfter } from '../ordered-keys.ts'
import { type Bucket, currentOf, type StoredObject } from '../s3-buckets.ts'
import { invalidArgument } from '../s3-errors.ts'
import type { S3Operation } from '../s3-request.ts'
import { s3Document } from '../s3-xml.ts'

export const listObjectsV2: S3Operation = (request) => {
  const { bucket, query } = request
  const question = listQuestion(request, 'max-keys')
  const { encode, ...asked } = question
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after') ?? undefined
  const first = token === null ? justAfter(startAfter ?? '') : tokenPosition(token)
  const listing = listKeys(
    bucket,
    { ...asked, first: startAfter || token !== null ? first : noWhere },
    current(bucket),
  )
  const owner = query.get('fetch-owner') === 'true' ? ownerOf(request.s3.accountId) : undefined
  return {
    body: s3Document('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(asked.prefix),
      StartAfter: startAfter && encode(startAfter),
      ContinuationToken: token ?? undefined,
      NextContinuationToken: listing.isTruncated ? tokenAfter(listing) : undefined,
      KeyCount: listing.entries.length,
      MaxKeys: asked.max,
      Delimiter: asked.delimiter === '' ? undefined : encode(asked.delimiter),
      EncodingType: asked.encodingType,
      IsTruncated: listing.isTruncated,
      ...entriesOf(listing, encode, owner),
    }),
  }
}

/** The first version of it: a page ends in a marker that is a key. */
export const listObjects: S3Operation = (request) => {
  const { bucket, query } = request
  const { encode, ...asked } = listQuestion(request, 'max-keys')
  const marker = query.get('marker') ?? ''
  const isCommon = marker !== '' && commonPrefixOf(marker, asked.prefix, asked.delimiter) === marker
  const first = marker === '' ? noWhere : isCommon ? afterAllWith(marker) : justAfter(marker)
  const listing = listKeys(bucket, { ...asked, first }, current(bucket))
  const last = listing.entries.at(-1)
  return {
    body: s3Document('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(asked.prefix),
      Marker: encode(marker),
      NextMarker: listing.isTruncated && asked.delimiter !== '' && last ? encode(last.text) : undefined,
      MaxKeys: asked.max,
      Delimiter: asked.delimiter === '' ? undefined : encode(asked.delimiter),
      EncodingType: asked.encodingType,
      IsTruncated: listing.isTruncated,
      ...entriesOf(listing, encode, ownerOf(request.s3.accountId)),
    }),
  }
}

const noWhere = Buffer.alloc(0)

export function ownerOf(accountId: string): object {
  return { ID: accountId.padStart(64, '0') }
}

function current(bucket: Bucket): (key: string) => readonly StoredObject[] {
  return (key) => {
    const object = currentOf(bucket, key)
    return object === undefined ? [] : [object]
  }
}

function entriesOf(
  { entries }: Listing<StoredObject>,
  encode: (text: string) => string,
  Owner: object | undefined,
): object {
  return {
    Contents: entries.flatMap(({ item }) =>
      item === undefined
        ? []
        : [
            {
              Key: encode(item.key),
              LastModified: item.lastModified,
              ETag: `"${item.etag}"`,
              ChecksumAlgorithm: item.checksum.algorithm,
              ChecksumType: item.checksum.type,
              Size: item.body.size,
              Owner,
              StorageClass: storageClassOf(item),
            },
          ],
    ),
    CommonPrefixes: entries.flatMap(({ item, text }) =>
      item === undefined ? [{ Prefix: encode(text) }] : [],
    ),
  }
}

/** Opaque: the bytes of the key or prefix that the page ended with, and which of both it was. */
function tokenAfter({ entries }: Listing<StoredObject>): string {
  const last = entries.at(-1)
  return Buffer.from(`${last?.item === undefined ? 'p' : 'k'}${last?.text ?? ''}`).toString('base64')
}

function tokenPosition(token: string): Buffer {
  const said = Buffer.from(token, 'base64').toString('utf8')
  const text = said.slice(1)
  if (Buffer.from(said).toString('base64') === token) {
    if (said.startsWith('k')) return justAfter(text)
    if (said.startsWith('p')) return afterAllWith(text)
  }
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
}
