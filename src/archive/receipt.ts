/**
 * The receipt of a good end: what was proven, by which objects, and what was decided. One small object under the guard's own prefix, which
 * no instance may write. Pure.
 */
import * as z from 'zod'

/** Bump when a field changes its meaning. */
export const RECEIPT_VERSION = 1

const Time = z.iso.datetime()
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const ReceiptFile = z.object({
  path: z.string(),
  size: z.number().int(),
  md5: z.string(),
  sha256: Sha256,
  modifiedAt: Time,
  multipart: z.object({ etag: z.string(), sha256: z.string().optional() }).optional(),
  /** Missing where a collector had moved it: then size and digest are what is known. */
  object: z
    .object({
      key: z.string(),
      etag: z.string(),
      lastModified: Time,
      versionId: z.string().optional(),
    })
    .optional(),
})

const Receipt = z.object({
  receipt: z.literal(RECEIPT_VERSION),
  guard: z.object({ deployment: z.string(), version: z.string() }),
  instanceId: z.string(),
  groupName: z.string(),
  hookName: z.string(),
  /** `null`: the action was adopted, and is known by when it began. */
  token: z.string().nullable(),
  startedAt: Time,
  provenAt: Time,
  decision: z.object({
    do: z.enum(['continue', 'settle']),
    outcome: z.enum(['archived', 'empty']),
    reason: z.string(),
  }),
  flushes: z.array(
    z.object({
      commandId: z.string(),
      requestedAt: Time,
      endedAt: Time.nullable(),
      /** Of the manifest as the flush packed it: what SSM keeps of its output can be compared. */
      manifestSha256: Sha256.nullable(),
    }),
  ),
  bucket: z.string(),
  files: z.array(ReceiptFile),
})

export type Receipt = z.infer<typeof Receipt>
export type ReceiptFile = Receipt['files'][number]

/** One action has one key, so that it has one receipt. */
export function receiptKey(
  prefix: string,
  action: { readonly instanceId: string; readonly token: string | undefined; readonly startedAt: number },
): string {
  const name = action.token ?? `adopted-${new Date(action.startedAt).toISOString().replaceAll(':', '-')}`
  return `${prefix}${action.instanceId}/${encodeURIComponent(name)}.json`
}

/** Throws an Error that says what is wrong with it. */
export function parseReceipt(text: string): Receipt {
  const read = Receipt.safeParse(JSON.parse(text))
  if (read.success) return read.data
  const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`it is no receipt of version ${RECEIPT_VERSION}: ${issues.join('; ')}`)
}
