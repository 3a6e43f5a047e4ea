/**
 * Does a running instance still publish its logs by itself? Pure. An audit sees the archive and its own earlier flush afresh each
 * time; the flush of one audit is proven by the next.
 */
import { newestAt } from '../archive/listing.ts'
import type { ArchivedObject, Flush, Proof } from '../model.ts'

export interface AuditFacts {
  readonly now: number
  /** What lies under the instance's prefix. */
  readonly objects: readonly ArchivedObject[]
  /** When the machine was launched; `undefined` when there was no reason to ask. */
  readonly launchedAt: number | undefined
  /** The newest flush by an audit, if it is younger than the limit. */
  readonly flush: Flush | undefined
  /** Its manifest against S3, when it has a readable one. */
  readonly proof: Proof | undefined
}

export type AuditDecision =
  /** The instance publishes. */
  | { readonly do: 'nothing' }
  /** It has been silent for too long; `upload` as in a termination. */
  | { readonly do: 'flush'; readonly upload: readonly string[] | undefined; readonly finding: AuditFinding }
  | { readonly do: 'report'; readonly finding: AuditFinding }

/**
 * `archived`: the audit's flush put something in S3, so the instance's own publishing does not. `idle`: the flush found nothing that was
 * not there already.
 */
export interface AuditFinding {
  readonly is: 'silent' | 'flushing' | 'idle' | 'archived' | 'unproven' | 'failed'
  readonly reason: string
}

/** S3's clock, the instance's and SSM's differ a little, and the agent reports the end of a flush late. */
const CLOCKS_MS = 60_000

export function decideAudit(seen: AuditFacts, afterSeconds: number): AuditDecision {
  const { flush, proof } = seen
  if (!flush) return isSilent(seen, afterSeconds) ? begin(seen) : { do: 'nothing' }
  if (flush.status === 'running') {
    return { do: 'report', finding: { is: 'flushing', reason: `flush ${flush.commandId} is running` } }
  }
  if (!proof) {
    const how = flush.report?.kind === 'unreadable' ? flush.report.why : flush.statusDetails
    return again('failed', `flush ${flush.commandId} ended without a manifest: ${how}`)
  }
  if (proof.gaps.length > 0) {
    const paths = proof.gaps.map(({ path }) => path)
    return again(
      'unproven',
      `${paths.length} of ${proof.files} files are not in S3 (first: ${paths[0]})`,
      paths,
    )
  }
  if (seen.objects.some((object) => isOf(object, flush))) {
    const reason = `the instance did not publish by itself; all ${proof.files} files are in S3 now`
    return { do: 'report', finding: { is: 'archived', reason } }
  }
  return { do: 'report', finding: { is: 'idle', reason: 'there was nothing to publish' } }
}

/** How long nothing was published: since the newest object, or since the launch. */
export function silentSeconds({ now, objects, launchedAt }: AuditFacts): number {
  const newest = Math.max(launchedAt ?? 0, newestAt(objects) ?? 0)
  return newest === 0 ? 0 : Math.max(0, (now - newest) / 1000)
}

export function isSilent(seen: AuditFacts, afterSeconds: number): boolean {
  return silentSeconds(seen) >= afterSeconds
}

function begin(seen: AuditFacts): AuditDecision {
  const minutes = Math.round(silentSeconds(seen) / 60)
  const reason = `nothing was published for ${minutes} minutes`
  return { do: 'flush', upload: undefined, finding: { is: 'silent', reason } }
}

/** One attempt per audit; what the proof found missing is uploaded directly. */
function again(is: 'failed' | 'unproven', reason: string, upload?: readonly string[]): AuditDecision {
  return { do: 'flush', upload, finding: { is, reason } }
}

function isOf({ lastModified }: ArchivedObject, { requestedAt, endedAt }: Flush): boolean {
  return lastModified >= requestedAt - CLOCKS_MS && lastModified <= (endedAt ?? requestedAt) + CLOCKS_MS
}
