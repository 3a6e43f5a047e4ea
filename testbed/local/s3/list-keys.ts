/** One page of a listing: keys in order, those behind a delimiter rolled up, and whether there is more. */

import { afterAllWith } from './ordered-keys.ts'
import type { Bucket } from './s3-buckets.ts'
import { invalidArgument } from './s3-errors.ts'
import type { S3Request } from './s3-request.ts'
import { urlEncoded } from './s3-xml.ts'

/** A key, or a common prefix. */
export interface Listed<Item> {
  readonly text: string
  /** What is listed of the key; `undefined` for a common prefix. */
  readonly item: Item | undefined
}

export interface Listing<Item> {
  readonly entries: readonly Listed<Item>[]
  readonly isTruncated: boolean
}

const maxPage = 1000

/** `itemsOf` answers what a key contributes: each counts. */
export function listKeys<Item>(
  bucket: Bucket,
  given: {
    readonly prefix: string
    readonly delimiter: string
    /** Where to begin. */
    readonly first: Buffer
    readonly max: number
  },
  itemsOf: (key: string) => readonly Item[],
): Listing<Item> {
  const { prefix, delimiter, max } = given
  const entries: Listed<Item>[] = []
  if (max === 0) return { entries, isTruncated: false }
  let first: Buffer | undefined = larger(Buffer.from(prefix), given.first)
  while (first !== undefined) {
    const from: Buffer = first
    first = undefined
    for (const key of bucket.order.from(from)) {
      if (!key.startsWith(prefix)) return { entries, isTruncated: false }
      const items = itemsOf(key)
      if (items.length === 0) continue
      const common = commonPrefixOf(key, prefix, delimiter)
      const found =
        common === undefined
          ? items.map((item) => ({ text: key, item }))
          : [{ text: common, item: undefined }]
      for (const entry of found) {
        if (entries.length === max) return { entries, isTruncated: true }
        entries.push(entry)
      }
      if (common === undefined) continue
      first = afterAllWith(common)
      break
    }
  }
  return { entries, isTruncated: false }
}

export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

/** What all listings are asked. */
export interface ListQuestion {
  readonly prefix: string
  readonly delimiter: string
  readonly max: number
  /** How keys are written in the answer. */
  readonly encode: (text: string) => string
  readonly encodingType: string | undefined
}

export function listQuestion({ query }: S3Request, maxName: string): ListQuestion {
  const encodingType = query.get('encoding-type') || undefined
  if (encodingType !== undefined && encodingType !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType)
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    max: countOf(query.get(maxName), maxName),
    encode: encodingType === undefined ? (text) => text : urlEncoded,
    encodingType,
  }
}

/** As many as S3 gives at once, where nobody asks for less. */
export function countOf(given: string | null, name: string): number {
  if (given === null || given === '') return maxPage
  if (!/^-?\d+$/.test(given))
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, given)
  const count = Number(given)
  if (count < 0 || count > 2 ** 31 - 1)
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, given)
  return Math.min(count, maxPage)
}

function larger(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) > 0 ? a : b
}
