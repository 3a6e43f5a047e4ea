import { streamOf } from '../bodies.ts'
import { checkRead } from '../conditions.ts'
import { requireDecryption } from '../encryption.ts'
import { requestedObject } from '../find-version.ts'
import { objectHeaders, requireRestored } from '../object-headers.ts'
import type { StoredObject } from '../s3-buckets.ts'
import { invalidArgument, S3Error } from '../s3-errors.ts'
import { type BucketRequest, headerOfRequest, type S3Operation } from '../s3-request.ts'

export const getObject: S3Operation = async (request) => {
  const object = await requestedObject(request)
  checkRead(request, object)
  requireRestored(object)
  await requireDecryption(request, object.encryption)
  const { start, end, isPart } = wantedBytes(request, object)
  return { ...head(request, object), body: streamOf(object.body, start, isPart ? end : object.body.size) }
}

/** The same without the bytes, and without decrypting anything unless a checksum is asked for. */
export const headObject: S3Operation = async (request) => {
  const object = await requestedObject(request)
  checkRead(request, object)
  if (wantsChecksum(request)) await requireDecryption(request, object.encryption)
  return head(request, object)
}

const overrides = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]

function head(request: BucketRequest, object: StoredObject) {
  const { start, end, isPart } = wantedBytes(request, object)
  // The checksum is of the whole object, so a part of it comes without.
  const isWhole = start === 0 && end === object.body.size
  const asked = overrides.flatMap((name) => {
    const value = request.query.get(`response-${name}`)
    return value === null ? [] : [[name, value] as const]
  })
  return {
    status: isPart ? 206 : 200,
    headers: {
      ...objectHeaders(request, object, wantsChecksum(request) && isWhole),
      ...Object.fromEntries(asked),
      'content-length': String(end - start),
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${object.body.size}` } : {}),
      ...(request.query.has('partNumber') && object.parts
        ? { 'x-amz-mp-parts-count': String(object.parts.length) }
        : {}),
    },
  }
}

function wantsChecksum(request: BucketRequest): boolean {
  return headerOfRequest(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
}

interface Bytes {
  readonly start: number
  readonly end: number
  readonly isPart: boolean
}

function wantedBytes(request: BucketRequest, object: StoredObject): Bytes {
  const range = headerOfRequest(request, 'range')
  const part = request.query.get('partNumber')
  if (part === null) return range === undefined ? whole(object) : rangeOf(range, object)
  if (range !== undefined)
    throw invalidArgument('Cannot specify both Range header and partNumber query parameter')
  return partOf(part, object)
}

function whole({ body }: StoredObject): Bytes {
  return { start: 0, end: body.size, isPart: false }
}

function partOf(given: string, object: StoredObject): Bytes {
  const number = Number(given)
  const { parts } = object
  if (parts === undefined && number === 1) return { ...whole(object), isPart: object.body.size > 0 }
  const part = parts?.[number - 1]
  if (parts === undefined || part === undefined)
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416)
  const start = parts.slice(0, number - 1).reduce((sum, { body }) => sum + body.size, 0)
  return { start, end: start + part.body.size, isPart: true }
}

/** A range that is none, or several, means the whole object. */
function rangeOf(range: string, object: StoredObject): Bytes {
  const { size } = object.body
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '' && last === '') return whole(object)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return whole(object)
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  if (start < end) return { start, end, isPart: true }
  throw new S3Error('InvalidRange', 'The requested range is not satisfiable', 416, {
    elements: { RangeRequested: range, ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  })
}
