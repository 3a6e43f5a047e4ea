/** The archive: the objects in S3 that a manifest names, gathered and compared with it. */
import pMap from 'p-map'
import type { AwsApi, Clock } from '../aws/api.ts'
import { until } from '../aws/time-limit.ts'
import type { ArchivedObject, Gap, Manifest, ManifestFile, Proof } from '../model.ts'
import type { ArchivePolicy } from '../policy.ts'
import { keyOf } from './keys.ts'
import { type Listing, list } from './listing.ts'
import { findMoved, isQuestion, judge, parted, proofOf, sharedKeys, type Verdict } from './prove.ts'
import { type Budget, type Open, verdict } from './verdict.ts'

/** Objects that a listing does not settle are asked about so many at once, and so many in one proof. */
const QUESTIONS_AT_ONCE = 16
const MAX_QUESTIONS = 10_000
/**
 * Listing and questions take so long, and no more than half of what the pass has left, which must still decide: a slow S3 would fail
 * every pass otherwise.
 */
export const LONGEST_QUESTIONS_SECONDS = 30
/** And what a collector may have moved, a third of what is left then. */
const LONGEST_MOVED_SECONDS = 10
/** Pages of 1,000 keys that one proof reads of the prefixes to which a collector moves everybody's objects. */
const MAX_MOVED_PAGES = 100

/** `endsAt`: when the pass must be over, epoch milliseconds. */
interface Means {
  readonly aws: AwsApi
  readonly clock: Clock
  readonly endsAt?: number | undefined
}

/** Compares every file of the manifest with its object under the prefix. */
export async function prove(
  { aws, clock, endsAt: passEndsAt = Number.POSITIVE_INFINITY }: Means,
  archive: ArchivePolicy,
  prefix: string,
  manifest: Manifest,
): Promise<Proof> {
  if (manifest.files.length === 0) return proofOf(manifest, [])
  const keys = manifest.files.map(({ path }) => ({ path, key: keyOf(path, prefix, archive.keyRule) }))
  const keyAt = new Map(keys.map(({ path, key }) => [path, key]))
  const endsAt = part(clock.now(), LONGEST_QUESTIONS_SECONDS, passEndsAt, 2)
  const isLate = () => clock.now() >= endsAt
  const limited = until(endsAt, clock, aws)
  const listing = await listInTime(limited, archive.bucket, prefix, isLate)
  if (listing.unread !== undefined) {
    const gaps = keys.map((one): Gap => ({ ...one, is: 'unproven' }))
    return { ...proofOf(manifest, gaps), unread: listing.unread }
  }
  const objects = new Map(listing.objects.map((object) => [object.key, object]))
  const shared = sharedKeys(keys)
  const budget: Budget = { questions: MAX_QUESTIONS, bytes: archive.hashLimitBytes, isLate, unasked: 0 }
  // The listing settles most files; nothing is waited for that needs no question.
  const verdicts = new Map<string, Verdict>()
  const open: Open[] = []
  for (const file of manifest.files) {
    const listed = objects.get(keyAt.get(file.path) ?? '')
    const is = judge(file, { listed }, budget.bytes)
    if (!isQuestion(is)) verdicts.set(file.path, { is })
    else if (!shared.has(file.path)) open.push({ file, listed, question: is })
  }
  await pMap(
    open,
    async (one) => void verdicts.set(one.file.path, await verdict(limited, archive.bucket, one, budget)),
    { concurrency: QUESTIONS_AT_ONCE },
  )
  const { proven, lacking } = parted(keys, { shared, objects, verdicts })
  const movedBy = part(clock.now(), LONGEST_MOVED_SECONDS, passEndsAt, 3)
  const moving = until(movedBy, clock, aws)
  const isTooLate = () => clock.now() >= movedBy
  const own = new Set(keyAt.values())
  const gaps = await withoutMoved(moving, archive, { manifest, own }, lacking, isTooLate)
  const proof = proofOf(manifest, gaps, proven)
  // What is known to be lacking can be mended meanwhile; where nothing is, only another look can help.
  const isUndecided = budget.unasked > 0 && proof.gaps.every(({ is }) => is === 'unproven')
  return isUndecided ? { ...proof, unread: tooSlow(budget.unasked) } : proof
}

/** Until when something may go on that takes `seconds` at most, and one of so many parts of the time that is left. */
function part(now: number, seconds: number, endsAt: number, parts: number): number {
  return now + Math.min(seconds * 1000, (endsAt - now) / parts)
}

/** A listing that time cuts short tells nothing of what is missing. */
async function listInTime(
  aws: AwsApi,
  bucket: string,
  prefix: string,
  isLate: () => boolean,
  maxPages = Number.POSITIVE_INFINITY,
): Promise<Listing> {
  try {
    return await list(aws, bucket, prefix, maxPages)
  } catch (error) {
    if (!isLate()) throw error
    return { objects: [], pages: maxPages, isCut: true, unread: `S3 did not list ${prefix} in time` }
  }
}

function tooSlow(unasked: number): string {
  return `S3 did not tell of ${unasked} objects in ${LONGEST_QUESTIONS_SECONDS} s`
}

/** What S3 tells of one file, as a proof would judge it. */
export async function proveObject(
  { aws, clock }: { readonly aws: AwsApi; readonly clock: Clock },
  bucket: string,
  file: ManifestFile,
  listed: ArchivedObject | undefined,
  hashLimitBytes: number,
): Promise<Verdict['is']> {
  const endsAt = clock.now() + LONGEST_QUESTIONS_SECONDS * 1000
  const isLate = () => clock.now() >= endsAt
  const budget = { questions: MAX_QUESTIONS, bytes: hashLimitBytes, isLate, unasked: 0 }
  const is = judge(file, { listed }, budget.bytes)
  if (!isQuestion(is)) return is
  return (await verdict(until(endsAt, clock, aws), bucket, { file, listed, question: is }, budget)).is
}

/**
 * A missing object may have been collected already; where not everything was looked through, nobody knows. Prefixes may lie in each other,
 * or around the archive, and a page may show again what the last one did: an object is one, and what lies at a file's own key is that file's.
 */
async function withoutMoved(
  aws: AwsApi,
  { bucket, movedTo }: ArchivePolicy,
  { manifest, own }: { readonly manifest: Manifest; readonly own: ReadonlySet<string> },
  gaps: readonly Gap[],
  isLate: () => boolean,
): Promise<readonly Gap[]> {
  const missing = new Set(gaps.filter((gap) => gap.is === 'missing').map((gap) => gap.path))
  if (missing.size === 0) return gaps
  const moved = new Map<string, ArchivedObject>()
  let isWhole = true
  let pages = MAX_MOVED_PAGES
  for (const prefix of movedTo) {
    const listing = await listInTime(aws, bucket, prefix, isLate, pages)
    for (const object of listing.objects) if (!own.has(object.key)) moved.set(object.key, object)
    pages -= listing.pages
    if (listing.isCut || listing.unread !== undefined) isWhole = false
  }
  const files = manifest.files.filter((file) => missing.has(file.path))
  const found = findMoved({ instanceId: manifest.instanceId, files }, [...moved.values()])
  return gaps
    .filter((gap) => !found.has(gap.path))
    .map((gap) => (gap.is === 'missing' && !isWhole ? { ...gap, is: 'unproven' } : gap))
}
