/** S3: objects as their uploaders left them, with every kind of ETag and checksum. */
import { createHash } from 'node:crypto'
import type {
  _Object,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import type { Answer, ObjectBody } from '../../src/aws/api.ts'
import { AwsError } from '../aws-error.ts'
import type { Chance } from './chance.ts'
import { Content } from './lines.ts'
import type { Setting } from './setting.ts'

export interface StoredObject {
  readonly key: string
  readonly bytes: Content | Uint8Array
  readonly etag: string
  readonly sha256: string | undefined
  readonly isComposite: boolean
  readonly putAt: number
  /** As listings show it, which many do: the ETag in quotes. */
  readonly listed: Readonly<_Object>
}

export type Upload = 'single' | 'single with sha256' | 'multipart'

export class Bucket {
  readonly #objects = new Map<string, StoredObject>()
  /** All keys in order. */
  readonly #sorted: string[] = []
  /** By disk: how many objects hold each of its lines. */
  readonly #holders = new Map<number, number[]>()
  /** By disk: when the last object that held a line was taken away by somebody else. */
  readonly #takenAt = new Map<number, number[]>()
  readonly #chance: Chance
  readonly #setting: Setting

  constructor(chance: Chance, setting: Setting) {
    this.#chance = chance
    this.#setting = setting
  }

  put(now: number, key: string, bytes: Content | Uint8Array, how: Upload): void {
    const isWhole = how !== 'multipart' && this.#setting.encryption !== 'aws:kms'
    const content = bytes instanceof Content ? bytes : undefined
    const etag = isWhole && content ? content.md5 : this.#chance.hex(32) + (how === 'multipart' ? '-2' : '')
    const sha256 =
      how === 'single with sha256' ? content?.sha256 : how === 'multipart' ? this.#chance.hex(64) : undefined
    const isComposite = how === 'multipart'
    this.#store({ key, bytes, etag, sha256, isComposite, putAt: now })
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key)
  }

  /** A copy and a deletion. Encrypted and composite ETags do not survive it. */
  move(now: number, { key, bytes, etag, isComposite }: StoredObject, to: string): void {
    const keeps = !isComposite && this.#setting.encryption !== 'aws:kms'
    this.#drop(key)
    const copied = keeps ? etag : this.#chance.hex(32)
    this.#store({ key: to, bytes, etag: copied, sha256: undefined, isComposite: false, putAt: now })
  }

  /** Somebody else deletes an object. */
  remove(now: number, key: string): void {
    const object = this.#objects.get(key)
    if (!object) return
    this.#drop(key)
    this.#took(object, now)
  }

  /** Somebody else puts something in an object's place. */
  overwrite(now: number, key: string, bytes: Content): void {
    const object = this.#objects.get(key)
    this.put(now, key, bytes, 'single')
    if (object) this.#took(object, now)
  }

  /** Whether any object holds this line, or one did that was taken away no sooner than `since`. */
  holds(disk: number, line: number, since: number): boolean {
    return (
      (this.#holders.get(disk)?.[line] ?? 0) > 0 ||
      (this.#takenAt.get(disk)?.[line] ?? Number.NEGATIVE_INFINITY) >= since
    )
  }

  objects(): Iterable<StoredObject> {
    return this.#objects.values()
  }

  listObjectsV2(input: ListObjectsV2CommandInput): Answer<ListObjectsV2CommandOutput> {
    const prefix = input.Prefix ?? ''
    const after = input.ContinuationToken ?? ''
    // More than a page of AWS's would take thousands of files, so pages here are small.
    const size = Math.max(3, this.#setting.pageSize)
    const sorted = this.#sorted
    const first = placeOf(sorted, after || prefix)
    const from = sorted[first] === after ? first + 1 : first
    let to = from
    while (to < sorted.length && to - from <= size && sorted[to]?.startsWith(prefix)) to++
    const isCut = to - from > size
    const page = sorted.slice(from, isCut ? from + size : to)
    const last = page.at(-1)
    return {
      Contents: page.map((key) => (this.#objects.get(key) as StoredObject).listed),
      IsTruncated: isCut,
      NextContinuationToken: isCut ? last : undefined,
    }
  }

  headObject(input: HeadObjectCommandInput): Answer<HeadObjectCommandOutput> {
    const object = this.#objects.get(input.Key ?? '')
    // HeadObject has no body to its errors: the code is the status.
    if (!object) throw new AwsError('NotFound', 'UnknownError', 404)
    const isAsked = input.ChecksumMode === 'ENABLED' && object.sha256 !== undefined
    return {
      ContentLength: sizeOf(object),
      ETag: object.listed.ETag,
      ...(this.#setting.encryption && { ServerSideEncryption: this.#setting.encryption }),
      ...(isAsked && {
        ChecksumSHA256:
          Buffer.from(object.sha256 ?? '', 'hex').toString('base64') + (object.isComposite ? '-2' : ''),
        ChecksumType: object.isComposite ? ('COMPOSITE' as const) : ('FULL_OBJECT' as const),
      }),
    }
  }

  /** A receipt of the guard's, which is put once. */
  putObject(now: number, { Key: key = '', Body, IfNoneMatch }: PutObjectCommandInput): object {
    if (IfNoneMatch === '*' && this.#objects.has(key))
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412)
    const bytes = Buffer.from(String(Body))
    const etag = createHash('md5').update(bytes).digest('hex')
    this.#store({ key, bytes, etag, sha256: undefined, isComposite: false, putAt: now })
    return { ETag: `"${etag}"` }
  }

  #store({ key, bytes, etag, sha256, isComposite, putAt }: Omit<StoredObject, 'listed'>): void {
    // S3 knows whole seconds.
    const LastModified = new Date(Math.floor(putAt / 1000) * 1000)
    const listed = { Key: key, Size: sizeOf({ bytes }), ETag: `"${etag}"`, LastModified }
    const object: StoredObject = { key, bytes, etag, sha256, isComposite, putAt, listed }
    const before = this.#objects.get(key)
    if (before) this.#count(before, -1)
    else this.#sorted.splice(placeOf(this.#sorted, key), 0, key)
    this.#objects.set(key, object)
    this.#count(object, 1)
  }

  #drop(key: string): void {
    const object = this.#objects.get(key)
    if (!object) return
    this.#count(object, -1)
    this.#objects.delete(key)
    this.#sorted.splice(placeOf(this.#sorted, key), 1)
  }

  #count({ bytes }: StoredObject, by: 1 | -1): void {
    if (!(bytes instanceof Content)) return
    for (const { disk, line } of bytes.lines()) {
      const holders = this.#holders.get(disk) ?? []
      holders[line] = (holders[line] ?? 0) + by
      this.#holders.set(disk, holders)
    }
  }

  #took({ bytes }: StoredObject, now: number): void {
    if (!(bytes instanceof Content)) return
    for (const { disk, line } of bytes.lines()) {
      if ((this.#holders.get(disk)?.[line] ?? 0) > 0) continue
      const takenAt = this.#takenAt.get(disk) ?? []
      takenAt[line] = now
      this.#takenAt.set(disk, takenAt)
    }
  }

  getObject(input: GetObjectCommandInput): { readonly Body: ObjectBody } {
    const object = this.#objects.get(input.Key ?? '')
    if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
    const { bytes } = object
    return { Body: chunks(bytes instanceof Content ? Buffer.from(bytes.text) : bytes) }
  }
}

/** Where a key is among sorted ones, or would be. */
function placeOf(sorted: readonly string[], key: string): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as string) < key) from = middle + 1
    else to = middle
  }
  return from
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1
  yield bytes.subarray(0, half)
  yield bytes.subarray(half)
}

function sizeOf({ bytes }: Pick<StoredObject, 'bytes'>): number {
  return bytes instanceof Content ? bytes.size : bytes.length
}
