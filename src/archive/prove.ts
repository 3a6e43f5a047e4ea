/**
 * S3 outranks SSM: a file is archived when its object says so, and in no other case. `judge` says what is known of one file,
 * or which question to ask S3 next; it is asked again with the answer. What cannot be compared is unproven, never assumed.
 */
import { grouped } from '../grouped.ts'
import type { ArchivedObject, Gap, Manifest, ManifestFile, Proof, ProvenObject } from '../model.ts'

/** What HeadObject (with checksums) tells beyond the listing. `denied`: S3 answered 403. */
export type ObjectHead =
  | {
      readonly is: 'known'
      /** Lower-case hex of a full-object SHA-256, when S3 keeps one. */
      readonly sha256: string | undefined
      /** The composite SHA-256 of an upload in parts, base64 with `-<parts>`, when S3 keeps one. */
      readonly compositeSha256?: string | undefined
      /** Whether the ETag is the MD5 of the content: one PUT, no KMS or customer key. */
      readonly etagIsMd5: boolean
      readonly versionId?: string
    }
  | { readonly is: 'denied' }
  | { readonly is: 'missing' }

/** What reading the object told. */
export type ObjectDigest =
  | { readonly is: 'read'; readonly sha256: string; readonly versionId?: string | undefined }
  | { readonly is: 'denied' }
  | { readonly is: 'missing' }

/** What S3 told of the object of one file so far. */
export interface ObjectFacts {
  readonly listed: ArchivedObject | undefined
  readonly head?: ObjectHead
  readonly digest?: ObjectDigest
}

export type Question = 'ask head' | 'ask content'
export type Judgement = 'proven' | Gap['is'] | Question

export function isQuestion(judgement: Judgement): judgement is Question {
  return judgement === 'ask head' || judgement === 'ask content'
}

/** An ETag that can be an MD5. A multipart ETag carries `-<parts>`; one under KMS looks the same and is not. */
const MD5 = /^[0-9a-f]{32}$/

export function judge(
  file: ManifestFile,
  { listed, head, digest }: ObjectFacts,
  hashLimitBytes: number,
): Judgement {
  if (!listed) return 'missing'
  if (listed.size !== file.size) return listed.size < file.size ? 'short' : 'different'
  if (listed.etag === file.md5 || listed.etag === file.multipart?.etag) return 'proven'

  if (!head) return 'ask head'
  if (head.is === 'denied') return 'unproven'
  if (head.is === 'missing') return 'missing'
  const isOtherMd5 = head.etagIsMd5 && MD5.test(listed.etag)
  if (head.sha256) {
    if (head.sha256 !== file.sha256) return 'different'
    // Both digests are of the same bytes, so one of them lies: somebody must look, and nothing is taken for proven.
    return isOtherMd5 ? 'contradicted' : 'proven'
  }
  if (head.compositeSha256 !== undefined && head.compositeSha256 === file.multipart?.sha256) return 'proven'
  if (isOtherMd5) return 'different'

  if (!digest) return file.size > hashLimitBytes ? 'unproven' : 'ask content'
  if (digest.is === 'denied') return 'unproven'
  if (digest.is === 'missing') return 'missing'
  return digest.sha256 === file.sha256 ? 'proven' : 'different'
}

/** The proof of a manifest from the verdict on each of its files. */
export function proofOf(
  manifest: Manifest,
  gaps: readonly Gap[],
  objects: readonly ProvenObject[] = [],
): Proof {
  return {
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { size }) => sum + size, 0),
    gaps,
    objects,
  }
}

/** So far off an instance's clock may be before S3 refuses what it signs, and anybody notices. */
const UNNOTICED_SKEW_MS = 15 * 60 * 1000
const INSTANCE_ID = /\bi-[0-9a-f]{8,17}\b/g

/**
 * Objects that a collector has moved away, found by content since it renames them: same size and digest, put there after the file was
 * last written, and not said by its key to be another instance's. Each object accounts for one file only.
 */
export function findMoved(
  { instanceId, files }: Pick<Manifest, 'instanceId' | 'files'>,
  moved: readonly ArchivedObject[],
): ReadonlySet<string> {
  const sizes = new Set(files.map(({ size }) => size))
  const spare = grouped(
    moved.filter(({ key, size }) => sizes.has(size) && namesOnly(key, instanceId)),
    ({ size, etag }) => `${size} ${etag}`,
  )
  const found = new Set<string>()
  for (const { path, size, md5, modifiedAt, multipart } of files) {
    for (const etag of [md5, multipart?.etag]) {
      const alike = spare.get(`${size} ${etag}`) ?? []
      const index = alike.findIndex(({ lastModified }) => lastModified >= modifiedAt - UNNOTICED_SKEW_MS)
      if (index < 0) continue
      alike.splice(index, 1)
      found.add(path)
      break
    }
  }
  return found
}

/** A collector may leave the instance out of its names; where it names one, it is the one. */
function namesOnly(key: string, instanceId: string): boolean {
  const named = key.match(INSTANCE_ID) ?? []
  return named.every((id) => id === instanceId)
}

/** What became of the questions about one file. */
export interface Verdict {
  readonly is: 'proven' | Gap['is']
  readonly versionId?: string | undefined
}

/** The files that are proven, each with its object, and those that are not. */
export function parted(
  keys: readonly { readonly path: string; readonly key: string }[],
  {
    shared,
    objects,
    verdicts,
  }: {
    readonly shared: ReadonlyMap<string, string>
    readonly objects: ReadonlyMap<string, ArchivedObject>
    readonly verdicts: ReadonlyMap<string, Verdict>
  },
): { readonly proven: ProvenObject[]; readonly lacking: Gap[] } {
  const proven: ProvenObject[] = []
  const lacking: Gap[] = []
  for (const { path, key } of keys) {
    const sharedWith = shared.get(path)
    const listed = objects.get(key)
    const { is, versionId }: Verdict = verdicts.get(path) ?? { is: 'unproven' }
    if (sharedWith !== undefined) lacking.push({ path, key, is: 'shared', sharedWith })
    else if (is !== 'proven') lacking.push({ path, key, is })
    else if (listed) proven.push({ path, ...listed, ...(versionId !== undefined && { versionId }) })
  }
  return { proven, lacking }
}

/** Files whose key another file of the manifest has too, each with that other one's path. */
export function sharedKeys(
  keys: readonly { readonly path: string; readonly key: string }[],
): ReadonlyMap<string, string> {
  const shared = new Map<string, string>()
  for (const alike of grouped(keys, ({ key }) => key).values()) {
    if (alike.length < 2) continue
    for (const { path } of alike) shared.set(path, alike.find((other) => other.path !== path)?.path ?? path)
  }
  return shared
}
