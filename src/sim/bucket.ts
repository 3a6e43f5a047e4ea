/** S3: objects as their uploaders left them, with every kind of ETag and checksum. */
import type {
  GetObjectCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3'
import type { Answer, ObjectBody } from '../aws/api.ts'
import { AwsError } from './aws-error.ts'
import type { Chance } from './chance.ts'
import { Content } from './content.ts'
import type { Setting } from './setting.ts'

export interface StoredObject {
  readonly key: string
  readonly bytes: Content | Uint8Array
  readonly etag: string
  readonly sha256: string | undefined
  readonly isComposite: boolean
  readonly putAt: number
}

export type Upload = 'single' | 'single with sha256' | 'multipart'

export class Bucket {
  readonly #objects = new Map<string, StoredObject>()
  /** All keys in order; `undefined` after a change. */
  #sorted: string[] | undefined
  readonly #chance: Chance
  readonly #setting: Setting

  constructor(chance: Chance, setting: Setting) {
    this.#chance = chance
    this.#setting = setting
  }

  put(now: number, key: string, bytes: Content | Uint8Array, how: Upload): void {
    if (!this.#objects.has(key)) this.#sorted = undefined
    const isWhole = how !== 'multipart' && this.#setting.encryption !== 'aws:kms'
    const content = bytes instanceof Content ? bytes : undefined
    const etag = isWhole && content ? content.md5 : this.#chance.hex(32) + (how === 'multipart' ? '-2' : '')
    const sha256 =
      how === 'single with sha256' ? content?.sha256 : how === 'multipart' ? this.#chance.hex(64) : undefined
    this.#objects.set(key, { key, bytes, etag, sha256, isComposite: how === 'multipart', putAt: now })
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key)
  }

  /** A copy and a deletion. Encrypted and composite ETags do not survive it. */
  move(now: number, { key, bytes, etag, isComposite }: StoredObject, to: string): void {
    const keeps = !isComposite && this.#setting.encryption !== 'aws:kms'
    this.#objects.delete(key)
    this.#sorted = undefined
    const copy = { key: to, bytes, etag: keeps ? etag : this.#chance.hex(32), sha256: undefined }
    this.#objects.set(to, { ...copy, isComposite: false, putAt: now })
  }

  objects(): Iterable<StoredObject> {
    return this.#objects.values()
  }

  listObjectsV2(input: ListObjectsV2CommandInput): Answer<ListObjectsV2CommandOutput> {
    const prefix = input.Prefix ?? ''
    const after = input.ContinuationToken ?? ''
    this.#sorted ??= [...this.#objects.keys()].sort()
    const keys = this.#sorted.filter((key) => key.startsWith(prefix) && key > after)
    // More than a page of AWS's would take thousands of files, so pages here are small.
    const size = Math.max(3, this.#setting.pageSize)
    const page = keys.slice(0, size)
    const last = page.at(-1)
    const isCut = keys.length > size && last !== undefined
    return {
      Contents: page.map((key) => {
        const object = this.#objects.get(key) as StoredObject
        return {
          Key: key,
          Size: sizeOf(object),
          ETag: `"${object.etag}"`,
          LastModified: new Date(object.putAt),
        }
      }),
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
      ETag: `"${object.etag}"`,
      ...(this.#setting.encryption && { ServerSideEncryption: this.#setting.encryption }),
      ...(isAsked && {
        ChecksumSHA256:
          Buffer.from(object.sha256 ?? '', 'hex').toString('base64') + (object.isComposite ? '-2' : ''),
        ChecksumType: object.isComposite ? ('COMPOSITE' as const) : ('FULL_OBJECT' as const),
      }),
    }
  }

  getObject(input: GetObjectCommandInput): { readonly Body: ObjectBody } {
    const object = this.#objects.get(input.Key ?? '')
    if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
    const { bytes } = object
    return { Body: chunks(bytes instanceof Content ? Buffer.from(bytes.text) : bytes) }
  }
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1
  yield bytes.subarray(0, half)
  yield bytes.subarray(half)
}

function sizeOf({ bytes }: StoredObject): number {
  return bytes instanceof Content ? bytes.size : bytes.length
}
