/** `receipt <instance or token>`: what was proven at a good end, and with `--verify` whether it still holds, object by object. */
import { Command } from 'commander'
import { list } from '../archive/listing.ts'
import { parseReceipt, type Receipt } from '../archive/receipt.ts'
import { isMissing, reasonOf } from '../aws/failures.ts'
import { readWhole } from '../aws/read-whole.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { subject } from './history.ts'
import { unlessInterrupted } from './interruption.ts'
import { nextStep, nextStepAfter } from './next-step.ts'
import { receiptLines, type ShownReceipt } from './receipt-lines.ts'
import { CannotReach, NotSo, Refusal, type Surroundings } from './surroundings.ts'
import { verify } from './verify-receipt.ts'
import { type Where, withWhere } from './where.ts'

const MAX_RECEIPT_BYTES = 64 * 1024 * 1024

interface ReceiptOptions extends Where {
  readonly verify: boolean
  readonly json: boolean
}

export function receiptCommand(surroundings: Surroundings): Command {
  const { terminal } = surroundings
  return withJson(withWhere(new Command('receipt')))
    .description('what was proven when an instance was let go')
    .argument('<instance or token>', 'whose', subject)
    .option('--verify', 'ask S3 again, object by object', false)
    .action(async (wanted: string, options: ReceiptOptions) => {
      const receipts = await unlessInterrupted(
        readAll(surroundings, wanted, options),
        surroundings.interruption,
      )
      answer(terminal, { json: options.json, command: 'receipt' }, { receipts }, (value) =>
        value.receipts.flatMap(receiptLines),
      )
      if (receipts.some(({ verified }) => verified?.some(({ is }) => is !== 'holds'))) throw new NotSo()
    })
}

async function readAll(
  surroundings: Surroundings,
  wanted: string,
  options: ReceiptOptions,
): Promise<ShownReceipt[]> {
  const { terminal } = surroundings
  const deployment = await surroundings.reach(options)
  const keys = await keysOf(deployment, wanted)
  if (keys.length === 0)
    throw new Refusal(
      `There is no receipt of ${wanted}: it was not let go with proof, or before receipts were written.\n` +
        `What became of it:  ${surroundings.typed(`history ${wanted}`)}`,
    )
  const receipts: ShownReceipt[] = []
  for (const key of keys) {
    const receipt = await read(deployment, key)
    if (options.verify) terminal.complain(`asking S3 about ${receipt.files.length} files of ${key}`)
    const verified = options.verify ? await verify(deployment, surroundings, receipt) : undefined
    receipts.push({ key, receipt, verified })
  }
  return receipts
}

/** An instance has one receipt a good end, oldest first; a token is found by looking through all. */
async function keysOf({ aws, policy: { archive } }: Deployment, wanted: string): Promise<string[]> {
  const isInstance = wanted.startsWith('i-')
  const prefix = isInstance ? `${archive.receiptPrefix}${wanted}/` : archive.receiptPrefix
  const { objects, unread } = await list(aws, archive.bucket, prefix, Number.POSITIVE_INFINITY)
  if (unread !== undefined)
    throw new CannotReach(
      [`S3 does not let you list s3://${archive.bucket}/${prefix}: ${unread}`, nextStep(unread) ?? []]
        .flat()
        .join('\n'),
    )
  return objects
    .filter(({ key }) => isInstance || key.endsWith(`/${wanted}.json`))
    .toSorted((a, b) => a.lastModified - b.lastModified)
    .map(({ key }) => key)
}

async function read({ aws, policy: { archive } }: Deployment, Key: string): Promise<Receipt> {
  try {
    const { Body } = await aws.getObject({ Bucket: archive.bucket, Key })
    const bytes = await readWhole(Body, MAX_RECEIPT_BYTES)
    if (!bytes) throw new Error('it is larger than any receipt')
    return parseReceipt(bytes.toString('utf8'))
  } catch (cause) {
    const why = isMissing(cause) ? 'it is gone' : reasonOf(cause)
    throw new CannotReach(
      [`Cannot read the receipt s3://${archive.bucket}/${Key}: ${why}`, nextStepAfter(cause) ?? []]
        .flat()
        .join('\n'),
      { cause },
    )
  }
}
