/** The archive: the objects in S3 that a manifest names, gathered and compared with it. */
import { createHash } from 'node:crypto'
import pMap from 'p-map'
import type { AwsApi } from '../aws/api.ts'
import { isDenied, isMissing } from '../aws/failures.ts'
import type { ArchivedObject, Gap, Manifest, ManifestFile, Proof } from '../model.ts'
import type { ArchivePolicy } from '../policy.ts'
import { keyOf } from './keys.ts'
import { type Evidence, findMoved, judge, type ObjectDigest, type ObjectHead, proofOf } from './prove.ts'

/** Objects that a listing does not settle are asked about so many at once, and so many in one proof. */
const QUESTIONS_AT_ONCE = 16
const MAX_QUESTIONS = 10_000
/** Pages of 1,000 keys that are read of a prefix to which a collector moves everybody's objects. */
const MAX_MOVED_PAGES = 20

/** Compares every file of the manifest with its object under the prefix. */
export async function prove(
  aws: AwsApi,
  archive: ArchivePolicy,
  prefix: string,
  manifest: Manifest,
): Promise<Proof> {
  if (manifest.files.length === 0) return proofOf(manifest, [])
  const listed = await list(aws, archive.bucket, prefix, Number.POSITIVE_INFINITY)
  const objects = listed && new Map(listed.map((object) => [object.key, object]))
  const budget: Budget = { questions: MAX_QUESTIONS, bytes: archive.hashLimitBytes }
  const verdicts = await pMap(
    manifest.files,
    async (file) => {
      const key = keyOf(file.path, prefix, archive.keyRule)
      const is = objects ? await verdict(aws, archive.bucket, file, objects.get(key), budget) : 'unproven'
      return is === 'proven' ? [] : [{ path: file.path, key, is }]
    },
    { concurrency: QUESTIONS_AT_ONCE },
  )
  return proofOf(manifest, await withoutMoved(aws, archive, manifest, verdicts.flat()))
}

/** What one proof may still ask: a pass must end within its function's time, or it would never come to a decision. */
interface Budget {
  questions: number
  bytes: number
}

async function verdict(
  aws: AwsApi,
  bucket: string,
  file: ManifestFile,
  listed: ArchivedObject | undefined,
  budget: Budget,
): Promise<'proven' | Gap['is']> {
  let evidence: Evidence = { listed }
  for (;;) {
    const is = judge(file, evidence, budget.bytes)
    if (is !== 'ask head' && is !== 'ask content') return is
    if (budget.questions-- <= 0) return 'unproven'
    if (is === 'ask head') {
      evidence = { ...evidence, head: await head(aws, bucket, listed?.key ?? '') }
    } else {
      budget.bytes -= file.size
      evidence = { ...evidence, digest: await digest(aws, bucket, listed?.key ?? '') }
    }
  }
}

/** A missing object may have been collected already. */
async function withoutMoved(
  aws: AwsApi,
  { bucket, movedTo }: ArchivePolicy,
  manifest: Manifest,
  gaps: readonly Gap[],
): Promise<readonly Gap[]> {
  const missing = new Set(gaps.filter((gap) => gap.is === 'missing').map((gap) => gap.path))
  if (missing.size === 0) return gaps
  const moved: ArchivedObject[] = []
  for (const prefix of movedTo) moved.push(...((await list(aws, bucket, prefix, MAX_MOVED_PAGES)) ?? []))
  const found = findMoved(
    manifest.files.filter((file) => missing.has(file.path)),
    moved,
  )
  return gaps.filter((gap) => !found.has(gap.path))
}

/** `undefined`: S3 does not let us look, so nothing under the prefix can be proven. */
export async function list(
  aws: AwsApi,
  bucket: string,
  prefix: string,
  maxPages: number,
): Promise<ArchivedObject[] | undefined> {
  const request = { Bucket: bucket, Prefix: prefix }
  const objects: ArchivedObject[] = []
  let token: string | undefined
  try {
    for (let page = 0; page < maxPages; page++) {
      const answer = await aws.listObjectsV2(token ? { ...request, ContinuationToken: token } : request)
      for (const { Key, Size, ETag, LastModified } of answer.Contents ?? []) {
        if (Key === undefined || Size === undefined) continue
        const etag = (ETag ?? '').replaceAll('"', '')
        objects.push({ key: Key, size: Size, etag, lastModified: LastModified?.getTime() ?? 0 })
      }
      token = answer.IsTruncated ? answer.NextContinuationToken : undefined
      if (!token) break
    }
    return objects
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
}

/** S3 returns checksums only when asked, in base64; a composite one (`-N`, multipart) is of the parts and says nothing of the file. */
async function head(aws: AwsApi, bucket: string, key: string): Promise<ObjectHead> {
  try {
    const answer = await aws.headObject({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
    const checksum = answer.ChecksumType === 'COMPOSITE' ? undefined : answer.ChecksumSHA256
    const isWhole = checksum !== undefined && !checksum.includes('-')
    const encryption = answer.ServerSideEncryption
    return {
      is: 'known',
      sha256: isWhole ? Buffer.from(checksum, 'base64').toString('hex') : undefined,
      etagIsMd5:
        (encryption === undefined || encryption === 'AES256') && answer.SSECustomerAlgorithm === undefined,
    }
  } catch (error) {
    return missingOrDenied(error)
  }
}

async function digest(aws: AwsApi, bucket: string, key: string): Promise<ObjectDigest> {
  try {
    const hash = createHash('sha256')
    const { Body } = await aws.getObject({ Bucket: bucket, Key: key })
    for await (const chunk of Body) hash.update(chunk)
    return { is: 'read', sha256: hash.digest('hex') }
  } catch (error) {
    return missingOrDenied(error)
  }
}

function missingOrDenied(error: unknown): { is: 'missing' } | { is: 'denied' } {
  if (isMissing(error)) return { is: 'missing' }
  if (isDenied(error)) return { is: 'denied' }
  throw error
}
