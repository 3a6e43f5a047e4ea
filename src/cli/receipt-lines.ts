/** A receipt in lines. Pure. */
import type { Receipt } from '../archive/receipt.ts'
import { counted } from './counted.ts'
import type { Verified } from './verify-receipt.ts'

export interface ShownReceipt {
  readonly key: string
  readonly receipt: Receipt
  /** In the order of the receipt's files; `undefined`: not asked. */
  readonly verified: readonly Verified[] | undefined
}

export function receiptLines({ key, receipt, verified }: ShownReceipt): string[] {
  const { instanceId, groupName, token, startedAt, provenAt, decision, guard, flushes, bucket, files } =
    receipt
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const held = verified?.filter(({ is }) => is === 'holds').length
  return [
    `${provenAt}  ${instanceId}  ${decision.outcome}  ${groupName}`,
    `    ${decision.reason}`,
    `    began ${startedAt}, token ${token ?? 'unknown (adopted by the sweep)'}`,
    ...flushes.map(
      ({ commandId, manifestSha256 }) =>
        `    flush ${commandId}, manifest sha256 ${manifestSha256 ?? 'unknown: it was not readable'}`,
    ),
    `    ${counted(files.length, 'file')}, ${counted(bytes, 'byte')}, by ${guard.deployment} ${guard.version}`,
    `    s3://${bucket}/${key}`,
    ...files.flatMap(({ path, size, sha256, object }, index) => [
      `      ${path}`,
      `        ${object ? `s3://${bucket}/${object.key}${object.versionId ? ` version ${object.versionId}` : ''}` : 'moved by a collector before it was proven'}`,
      `        ${counted(size, 'byte')}, sha256 ${sha256}`,
      ...verdictLines(verified?.[index]),
    ]),
    ...(held === undefined
      ? []
      : [`    ${held} of ${counted(files.length, 'file')} hold as they were proven`]),
  ]
}

function verdictLines(verified: NonNullable<ShownReceipt['verified']>[number] | undefined): string[] {
  if (!verified) return []
  const { is, why, provenVersionId } = verified
  return [`        ${is}: ${why}${provenVersionId === undefined ? '' : `: ${provenVersionId}`}`]
}
