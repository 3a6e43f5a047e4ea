/** Buckets and the versions of what is in them. */
import { randomBytes } from 'node:crypto'
import type { Body, BodyWriter } from './bodies.ts'
import type { Algorithm, Checksum, ChecksumType } from './checksums.ts'
import type { KmsKeys } from './kms-keys.ts'
import { OrderedKeys } from './ordered-keys.ts'

/** S3 for one account. */
export interface S3 {
  readonly accountId: string
  readonly keys: KmsKeys
  readonly buckets: Map<string, Bucket>
  readonly newBody: () => BodyWriter
  /** Whether what this caller puts in one piece arrives cut. */
  readonly cuts: (caller: string) => boolean
}

/** As far as it shows. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  /** Of `aws:kms`; `undefined` = AWS's own key for S3. */
  readonly keyArn: string | undefined
  readonly bucketKey: boolean
}

export interface Bucket {
  readonly name: string
  readonly region: string
  readonly createdAt: Date
  versioning: 'Enabled' | 'Suspended' | undefined
  encryption: Encryption
  /** JSON, as it was put. */
  policy: string | undefined
  /** Every key with a version. */
  readonly order: OrderedKeys
  /** Newest first, never empty. */
  readonly versions: Map<string, Version[]>
  readonly uploads: Map<string, Upload>
}

interface VersionOf<Kind> {
  readonly kind: Kind
  readonly key: string
  /** `null` where the bucket keeps no versions. */
  readonly versionId: string
  readonly lastModified: Date
}

export type DeleteMarker = VersionOf<'delete-marker'>

export interface StoredObject extends VersionOf<'object'>, ObjectContent {}

export type Version = DeleteMarker | StoredObject

/** What an object is, before it has a place. */
export interface ObjectContent {
  readonly body: Body
  /** Without quotes. */
  readonly etag: string
  /** Content-Type and the others that come back as they were given, and the uploader's own. */
  readonly headers: Readonly<Record<string, string>>
  readonly checksum: Checksum
  readonly encryption: Encryption
  /** Of a multipart upload. */
  readonly parts: readonly Part[] | undefined
}

export interface Part {
  readonly number: number
  readonly etag: string
  readonly body: Body
  readonly checksum: string
  readonly lastModified: Date
}

export interface Upload {
  readonly id: string
  readonly key: string
  readonly initiatedAt: Date
  readonly headers: Readonly<Record<string, string>>
  readonly encryption: Encryption
  readonly algorithm: Algorithm
  readonly type: ChecksumType
  /** Whether its creator named the algorithm: only then parts must come with it. */
  readonly isAlgorithmGiven: boolean
  readonly parts: Map<number, Part>
  /** Once completed: completing it again has the same answer. */
  completed: StoredObject | undefined
}

export function newBucket(name: string, region: string): Bucket {
  return {
    name,
    region,
    createdAt: currentTime(),
    versioning: undefined,
    encryption: { algorithm: 'AES256', keyArn: undefined, bucketKey: false },
    policy: undefined,
    order: new OrderedKeys(),
    versions: new Map(),
    uploads: new Map(),
  }
}

export function newestOf(bucket: Bucket, key: string): Version | undefined {
  return bucket.versions.get(key)?.[0]
}

/** What a GET without a version sees. */
export function currentOf(bucket: Bucket, key: string): StoredObject | undefined {
  const newest = newestOf(bucket, key)
  return newest?.kind === 'object' ? newest : undefined
}

export function versionOf(bucket: Bucket, key: string, versionId: string): Version | undefined {
  return bucket.versions.get(key)?.find((version) => version.versionId === versionId)
}

/** Gives the content its place under the key. */
export function putVersion(bucket: Bucket, key: string, content: ObjectContent): StoredObject {
  return add(bucket, {
    ...content,
    kind: 'object',
    key,
    versionId: newVersionId(bucket),
    lastModified: currentTime(),
  })
}

/** A DELETE without a version: hides or removes the object. */
export function deleteCurrent(bucket: Bucket, key: string): DeleteMarker | undefined {
  if (bucket.versioning === undefined) {
    removeVersion(bucket, key, 'null')
    return undefined
  }
  const versionId = newVersionId(bucket)
  return add(bucket, { kind: 'delete-marker', key, versionId, lastModified: currentTime() })
}

/** Answers what was removed. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): Version | undefined {
  const versions = bucket.versions.get(key) ?? []
  const removed = versions.find((version) => version.versionId === versionId)
  if (removed === undefined) return undefined
  versions.splice(versions.indexOf(removed), 1)
  if (removed.kind === 'object') discard(removed.body)
  if (versions.length === 0) {
    bucket.versions.delete(key)
    bucket.order.remove(key)
  }
  return removed
}

export function discard(body: Body): void {
  body.discard().catch((error: unknown) => console.error(error))
}

function add<Added extends Version>(bucket: Bucket, version: Added): Added {
  const { key, versionId } = version
  removeVersion(bucket, key, versionId)
  const versions = bucket.versions.get(key) ?? []
  versions.unshift(version)
  bucket.versions.set(key, versions)
  bucket.order.add(key)
  return version
}

/** S3 knows whole seconds, here as in its headers. */
export function currentTime(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000)
}

function newVersionId({ versioning }: Bucket): string {
  return versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null'
}
