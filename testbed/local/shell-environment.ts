/** A file to source: everything that a shell needs to use the local AWS as if it were the real one. */

/** What would lead a client past the local endpoints, or to another key. */
const inTheWay = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
]

/** Older versions of the AWS CLI know no AWS_ENDPOINT_URL, and would ask the real AWS: here each of them is told. */
const aws = `aws() {
  case $1 in
    s3 | s3api | sqs) command aws --endpoint-url "$AWS_ENDPOINT_URL_S3" "$@" ;;
    *) command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@" ;;
  esac
}`

/** The file's text, for any POSIX shell. */
export function shellEnvironment(variables: Readonly<Record<string, string>>): string {
  return [
    '# The AWS of `npm run local`: gone when that ends.',
    `unset ${inTheWay.join(' ')}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    aws,
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
