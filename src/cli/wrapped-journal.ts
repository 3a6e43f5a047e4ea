/** What the lines of a journal may be wrapped in where somebody saved them otherwise than a line each, and what unwraps them. Pure. */

interface Wrapping {
  /** In a line of the file. */
  readonly sign: RegExp
  /** What can be said of the file. */
  readonly is: string
  /** The command that prints the journal in it; the file's name is a word for the shell. */
  unwrap(file: string): string
}

const WRAPPINGS: readonly Wrapping[] = [
  {
    // How gzip begins, read as text.
    sign: /^\p{Cc}\ufffd/u,
    is: 'is compressed, as CloudWatch Logs exports it',
    unwrap: (file) => `gunzip -c ${file}`,
  },
  {
    sign: /\\"journal\\":/,
    is: 'has the journal as texts in JSON, as aws logs filter-log-events and Firehose write it',
    unwrap: (file) => `jq -r '.. | strings' ${file}`,
  },
  {
    sign: /""journal"":/,
    is: 'has the journal in a table, as the console of CloudWatch downloads it',
    unwrap: (file) => `sed 's/^[^{]*"{""/{""/; s/""/"/g; s/}"[^}]*$/}/' ${file}`,
  },
  {
    sign: /^\s+"journal": /,
    is: 'has each line of the journal in several, as aws logs tail --format json writes it',
    unwrap: (file) => `grep '^[][{} ]' ${file} | jq -c '.. | objects'`,
  },
]

export function wrappingOf(line: string): Wrapping | undefined {
  return WRAPPINGS.find(({ sign }) => sign.test(line))
}
