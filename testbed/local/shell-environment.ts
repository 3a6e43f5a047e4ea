/** A file to source: everything that a shell needs to use the local AWS as if it were the real one. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What would lead a client past the local endpoints, or to another key. */
const inTheWay = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
]

/**
 * Versions of the AWS CLI without AWS_ENDPOINT_URL would ask the real AWS, and so does every version 1 for queues: each is told. As a
 * program it is found by scripts, `xargs` and `watch`, too.
 */
const aws = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
  s3 | s3api | sqs) endpoint=$AWS_ENDPOINT_URL_S3 ;;
  *) endpoint=$AWS_ENDPOINT_URL ;;
esac
IFS=:
for folder in $PATH; do
  [ "$folder" = "$here" ] && continue
  [ -x "$folder/aws" ] && exec "$folder/aws" --endpoint-url "$endpoint" "$@"
done
echo "aws: the AWS CLI is not installed, or not in PATH" >&2
exit 127
`

/** Writes it into a folder, for any POSIX shell. Answers its path. */
export function writeShellEnvironment(folder: string, variables: Readonly<Record<string, string>>): string {
  const [file, programs] = [join(folder, 'environment.sh'), join(folder, 'programs')]
  mkdirSync(programs, { recursive: true })
  writeFileSync(join(programs, 'aws'), aws, { mode: 0o755 })
  const lines = [
    '# The AWS of `npm run local`: gone when that ends.',
    `unset ${inTheWay.join(' ')}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `export PATH=${quoted(programs)}:"$PATH"`,
    '',
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
