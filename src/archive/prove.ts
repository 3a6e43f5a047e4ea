/**
 * S3 outranks SSM: a file is archived when its object says so, and in no other case. `judge` says what is known of one file,
 * or which question to ask S3 next; it is asked again with the answer. What cannot be compared is unproven, never assumed.
 */
import type { ArchivedObject, Gap, Manifest, ManifestFile, Proof } from '../model.ts'

/** What HeadObject (with checksums) tells beyond the listing. `denied`: S3 answered 403. */
export type ObjectHead =
  | {
      readonly is: 'known'
      /** Lower-case hex of a full-object SHA-256, when S3 keeps one. */
      readonly sha256: string | undefined
      /** Whether the ETag is the MD5 of the content: one PUT, no KMS or customer key. */
      readonly etagIsMd5: boolean
    }
  | { readonly is: 'denied' }
  | { readonly is: 'missing' }

/** What reading the object told. */
export type ObjectDigest =
  | { readonly is: 'read'; readonly sha256: string }
  | { readonly is: 'denied' }
  | { readonly is: 'missing' }

export interface Evidence {
  readonly listed: ArchivedObject | undefined
  readonly head?: ObjectHead
  readonly digest?: ObjectDigest
}

export type Judgement = 'proven' | Gap['is'] | 'ask head' | 'ask content'

/** An ETag that can be an MD5. A multipart ETag carries `-<parts>`; one under KMS looks the same and is not. */
const MD5 = /^[0-9a-f]{32}$/

export function judge(
  file: ManifestFile,
  { listed, head, digest }: Evidence,
  hashLimitBytes: number,
): Judgement {
  if (!listed) return 'missing'
  if (listed.size !== file.size) return listed.size < file.size ? 'short' : 'different'
  if (listed.etag === file.md5) return 'proven'

  if (!head) return 'ask head'
  if (head.is === 'denied') return 'unproven'
  if (head.is === 'missing') return 'missing'
  if (head.sha256) return head.sha256 === file.sha256 ? 'proven' : 'different'
  if (head.etagIsMd5 && MD5.test(listed.etag)) return 'different'

  if (!digest) return file.size > hashLimitBytes ? 'unproven' : 'ask content'
  if (digest.is === 'denied') return 'unproven'
  if (digest.is === 'missing') return 'missing'
  return digest.sha256 === file.sha256 ? 'proven' : 'different'
}

/** The proof of a manifest from the verdict on each of its files. */
export function proofOf(manifest: Manifest, gaps: readonly Gap[]): Proof {
  return {
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { size }) => sum + size, 0),
    gaps,
  }
}

/**
 * Objects that a collector has moved away, found by content since it renames them: same size and MD5. Each object accounts for
 * one file only.
 */
export function findMoved(
  files: readonly ManifestFile[],
  moved: readonly ArchivedObject[],
): ReadonlySet<string> {
  const spare = new Map<string, number>()
  const identity = (size: number, md5: string) => `${size} ${md5}`
  for (const { size, etag } of moved)
    spare.set(identity(size, etag), (spare.get(identity(size, etag)) ?? 0) + 1)
  const found = new Set<string>()
  for (const { path, size, md5 } of files) {
    const left = spare.get(identity(size, md5)) ?? 0
    if (left === 0) continue
    spare.set(identity(size, md5), left - 1)
    found.add(path)
  }
  return found
}
