/**
 * Writes the receipt of a good end, once, just before CONTINUE (docs/decisions/0015-receipts.md). It never decides anything: what goes
 * wrong is told, and the machine goes.
 */
import { RECEIPT_VERSION, type Receipt, receiptKey } from '../archive/receipt.ts'
import { isThereAlready } from '../aws/failures.ts'
import { until } from '../aws/time-limit.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import { actionName } from '../journal/journal.ts'
import type { Decision, Observation } from '../model.ts'
import type { Policy } from '../policy.ts'
import { owedManifest } from './evidence.ts'

/** A put that hangs must leave the pass its time for CONTINUE. */
const LONGEST_PUT_MS = 5000

/** `settle`: the machine was gone before its logs were proven. */
type ProvenEnd = {
  readonly do: 'continue' | 'settle'
  readonly outcome: 'archived' | 'empty'
  readonly reason: string
}
type GoodEnd = Extract<Decision, { do: 'continue' }> & ProvenEnd

export function isGoodEnd(decision: Decision): decision is GoodEnd {
  return decision.do === 'continue' && decision.outcome !== 'lost'
}

export async function writeReceipt(
  { aws, clock, policy, journal }: Pick<Guard, 'aws' | 'clock' | 'policy' | 'journal'>,
  seen: Observation,
  decision: ProvenEnd,
): Promise<void> {
  const { bucket, receiptPrefix, encryption } = policy.archive
  try {
    await until(clock.now() + LONGEST_PUT_MS, clock, aws).putObject({
      Bucket: bucket,
      Key: receiptKey(receiptPrefix, seen.action),
      Body: JSON.stringify(receiptOf(seen, decision, policy)),
      ContentType: 'application/json',
      // The first proof is the one that counts: no later pass, and nobody with this role, writes over it.
      IfNoneMatch: '*',
      ...encryptedAs(encryption),
    })
  } catch (error) {
    if (isThereAlready(error)) return
    journal({ event: 'receipt-failed', ...actionName(seen.action), ...described(error) })
  }
}

export function receiptOf(seen: Observation, decision: ProvenEnd, policy: Policy): Receipt {
  const { action, now, flushes, flushedBeside = [], proof } = seen
  const objects = new Map(proof?.objects?.map((object) => [object.path, object]))
  return {
    receipt: RECEIPT_VERSION,
    guard: { deployment: policy.hookName, version: policy.guardVersion },
    instanceId: action.instanceId,
    groupName: action.groupName,
    hookName: action.hookName,
    token: action.token ?? null,
    startedAt: iso(action.startedAt),
    provenAt: iso(now),
    decision: { do: decision.do, outcome: decision.outcome, reason: decision.reason },
    flushes: [...flushes, ...flushedBeside].map(({ commandId, requestedAt, endedAt, report }) => ({
      commandId,
      requestedAt: iso(requestedAt),
      endedAt: endedAt === undefined ? null : iso(endedAt),
      manifestSha256: (report?.kind === 'manifest' ? report.sha256 : undefined) ?? null,
    })),
    bucket: policy.archive.bucket,
    files: (owedManifest(seen)?.files ?? []).map(({ path, size, md5, sha256, modifiedAt, multipart }) => {
      const object = objects.get(path)
      return {
        ...{ path, size, md5, sha256, modifiedAt: iso(modifiedAt) },
        ...(multipart && { multipart: { ...multipart } }),
        ...(object && {
          object: {
            key: object.key,
            etag: object.etag,
            lastModified: iso(object.lastModified),
            ...(object.versionId !== undefined && { versionId: object.versionId }),
          },
        }),
      }
    }),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

/** As the flush encrypts what it uploads. */
function encryptedAs(encryption: string) {
  if (encryption === '') return {}
  if (encryption === 'AES256') return { ServerSideEncryption: 'AES256' as const }
  const key = encryption.slice('aws:kms:'.length)
  return { ServerSideEncryption: 'aws:kms' as const, ...(key !== '' && { SSEKMSKeyId: key }) }
}
