/** What things are called in the AWS that somebody's Lambda is tried in. */
export interface Names {
  readonly bucket: string
  /** Within the bucket, without a slash at its end. */
  readonly prefix: string
  readonly group: string
  readonly hook: string
  readonly region: string
  /** The ARN of a topic to publish to. */
  readonly topic: string
}

/** Neither a shell's variable (`${bucket}`) nor a document's parameter (`{{bucket}}`). */
const placeholder = /(?<![{$])\{(bucket|prefix|group|hook|region|topic)\}(?!\})/g

/** A text with `{bucket}`, `{prefix}`, `{group}`, `{hook}`, `{region}` and `{topic}` filled in. */
export function fillIn(text: string, names: Names): string {
  return text.replace(placeholder, (_, name: keyof Names) => names[name])
}
