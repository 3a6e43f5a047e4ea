/** What came of a person's flush, in lines. Pure. */
import type { Manifest, Proof } from '../model.ts'
import { counted } from './counted.ts'
import type { Typed } from './typed.ts'

const MAX_NAMED_FILES = 10

/** What came of a flush. `unreadable`: it ended, and nothing tells what was flushed. */
export interface Flushed {
  readonly instanceId: string
  /** The machine on which it ran: the same, but for a salvage. */
  readonly on: string
  readonly commandId: string
  readonly is: 'begun' | 'proven' | 'unproven' | 'failed' | 'unreadable' | 'timed out' | 'interrupted'
  /** SSM's word, or why there is no manifest. */
  readonly details: string
  /** What a flush that failed complained of, in the instance's own words. */
  readonly said?: string
  readonly proof?: Proof
  readonly live?: Manifest['live']
  readonly unaccounted?: Manifest['unaccounted']
  readonly notes?: Manifest['notes']
}

/** `again`: what to type to go on following it. */
export function flushedLines(
  flushed: Flushed,
  { again, typedAws }: { readonly again: string } & Pick<Typed, 'typedAws'>,
): string[] {
  const { instanceId, on, commandId, details, said } = flushed
  const output = typedAws(`ssm get-command-invocation --command-id ${commandId} --instance-id ${on}`)
  switch (flushed.is) {
    case 'begun':
      return [`${instanceId}  flush ${commandId} runs. To follow and prove it:  ${again}`]
    case 'timed out':
    case 'interrupted':
      return [`${instanceId}  ${flushed.is}; flush ${commandId} goes on by itself:  ${again}`]
    case 'failed':
      return [
        `${instanceId}  flush ${commandId} ended as ${details}${said === undefined ? '' : `: ${said}`}. All that it said:`,
        `  ${output}`,
      ]
    case 'unreadable':
      return [
        `${instanceId}  flush ${commandId} ended, and nothing is proven: ${details}. What it said:`,
        `  ${output}`,
      ]
    case 'proven':
    case 'unproven':
      return provenLines(flushed)
  }
}

function provenLines({ instanceId, proof, live = [], unaccounted = [], notes = [] }: Flushed): string[] {
  const { files = 0, bytes = 0, gaps = [] } = proof ?? {}
  const open = [
    ...gaps.map(({ is, path }) => `${is.padEnd(12)}${path}`),
    ...unaccounted.map(({ path, why }) => `unaccounted ${path} (${why})`),
  ]
  return [
    `${instanceId}  ${files - gaps.length} of ${counted(files, 'file')} proven to be in S3, ${counted(bytes, 'byte')}`,
    ...(proof?.unread === undefined ? [] : [`  S3 does not let us look: ${proof.unread}`]),
    ...open.slice(0, MAX_NAMED_FILES).map((line) => `  ${line}`),
    ...(open.length > MAX_NAMED_FILES ? [`  and ${open.length - MAX_NAMED_FILES} more`] : []),
    ...(live.length === 0
      ? []
      : [`  ${counted(live.length, 'log')} still being written: left as they are, for the next flush`]),
    ...notes.slice(0, MAX_NAMED_FILES).map((note) => `  the instance says: ${note}`),
  ]
}
