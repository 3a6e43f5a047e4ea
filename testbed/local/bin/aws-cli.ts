/**
 * Stands in for the AWS CLI on a local instance, with what a flush and scripts like it use of it, and the CLI's exit codes and
 * words: `aws s3api put-object`, `aws s3 cp <file or -> s3://bucket/key`, `aws s3 cp --recursive <folder> s3://bucket/prefix` and
 * `aws s3 sync`, and what aws-beside-s3.ts has. Speaks to AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import {
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'

const OPTIONS = {
  region: { type: 'string' },
  bucket: { type: 'string' },
  key: { type: 'string' },
  body: { type: 'string' },
  'content-md5': { type: 'string' },
  'checksum-sha256': { type: 'string' },
  'checksum-algorithm': { type: 'string' },
  'generate-cli-skeleton': { type: 'boolean' },
  'only-show-errors': { type: 'boolean' },
  quiet: { type: 'boolean' },
  'no-progress': { type: 'boolean' },
  output: { type: 'string' },
  recursive: { type: 'boolean' },
  sse: { type: 'string' },
  'sse-kms-key-id': { type: 'string' },
  'server-side-encryption': { type: 'string' },
  'ssekms-key-id': { type: 'string' },
  'auto-scaling-group-name': { type: 'string' },
  'instance-id': { type: 'string' },
  'instance-ids': { type: 'string' },
  'lifecycle-action-result': { type: 'string' },
  'lifecycle-action-token': { type: 'string' },
  'lifecycle-hook-name': { type: 'string' },
  message: { type: 'string' },
  subject: { type: 'string' },
  'target-arn': { type: 'string' },
  'topic-arn': { type: 'string' },
} as const

const SERVICE_ERROR = 254
const USAGE_ERROR = 252
const OTHER_ERROR = 255

/** An error whose text and exit code are the CLI's. */
class CliError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

type Options = ReturnType<typeof parse>['values']

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (cause) {
    throw new CliError(`Unknown options: ${(cause as Error).message}`, USAGE_ERROR)
  }
}

async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args)
  const [service, operation, from, to] = positionals
  if (service === 's3api' && operation === 'put-object') return putObject(values)
  if (service === 's3' && operation === 'sync' && from && to) return copyFolder(values, from, to)
  if (service === 's3' && operation === 'cp' && from && to)
    return values.recursive ? copyFolder(values, from, to) : copy(values, from, to)
  const said = service === 's3' ? undefined : await beside(`${service} ${operation}`, values)
  if (said !== undefined) return said
  throw new CliError(`this stand-in does not know: aws ${positionals.join(' ')}`, USAGE_ERROR)
}

/** What is not S3's is loaded only where it is asked for: an upload starts as fast as it can. */
async function beside(operation: string, options: Options): Promise<string | undefined> {
  const { operateBesideS3 } = await import('./aws-beside-s3.ts')
  try {
    return await operateBesideS3(operation, options, regionOf(options))
  } catch (error) {
    const { name, message } = error as Error
    throw serviceError(name, message, operation)
  }
}

async function putObject(options: Options): Promise<string> {
  if (options['generate-cli-skeleton']) {
    return '{ "Body": "", "Bucket": "", "ContentMD5": "", "ChecksumSHA256": "", "Key": "" }'
  }
  const { bucket, key, body } = options
  if (!bucket || !key)
    throw new CliError('the following arguments are required: --bucket, --key', USAGE_ERROR)
  if (body && !existsSync(body))
    throw new CliError(
      `Error parsing parameter '--body': Blob values must be a path to a file: ${body}`,
      USAGE_ERROR,
    )
  const input: PutObjectCommandInput = { Bucket: bucket, Key: key }
  if (options['content-md5']) input.ContentMD5 = options['content-md5']
  if (options['checksum-sha256']) input.ChecksumSHA256 = options['checksum-sha256']
  if (options['checksum-algorithm'] === 'SHA256' && body) input.ChecksumSHA256 = await digest(body, 'sha256')
  if (body) await refuseOtherBytes(body, input)
  const answer = await send(options, { ...input, ...(body ? await streamOf(body) : {}) })
  return JSON.stringify({ ETag: answer.ETag }, null, 4)
}

/** A folder's files, links followed, each under the prefix and its path in the folder. One that fails does not stop the others. */
async function copyFolder(options: Options, from: string, to: string): Promise<string> {
  let failed = 0
  for (const path of await readdir(from, { recursive: true })) {
    const file = join(from, path)
    if (!(await stat(file)).isFile()) continue
    try {
      await copy(options, file, `${to.replace(/\/?$/, '/')}${path}`)
    } catch (error) {
      failed++
      console.error(`upload failed: ${file} to ${to} ${(error as Error).message}`)
    }
  }
  if (failed > 0) throw new CliError(`${failed} files were not uploaded`, 1)
  return ''
}

/** What is asked of S3's encryption, under either of the CLI's names for it. */
function encryptionOf(options: Options): Partial<PutObjectCommandInput> {
  const algorithm = options.sse ?? options['server-side-encryption']
  const key = options['sse-kms-key-id'] ?? options['ssekms-key-id']
  return {
    ...(algorithm && { ServerSideEncryption: algorithm as 'AES256' }),
    ...(key && { SSEKMSKeyId: key }),
  }
}

async function copy(options: Options, from: string, to: string): Promise<string> {
  const [, bucket, given = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(to) ?? []
  // A folder takes the file under its own name.
  const key = given === '' || given.endsWith('/') ? given + basename(from) : given
  if (!bucket || (from === '-' && key !== given))
    throw new CliError('Error: Invalid argument type', USAGE_ERROR)
  if (from !== '-' && !existsSync(from))
    throw new CliError(`The user-provided path ${from} does not exist.`, OTHER_ERROR)
  const body = from === '-' ? { Body: await buffer(process.stdin) } : await streamOf(from)
  await send(options, { Bucket: bucket, Key: key, ...body })
  return options['only-show-errors'] || options.quiet ? '' : `upload: ${from} to ${to}`
}

async function streamOf(file: string) {
  return { Body: createReadStream(file), ContentLength: (await stat(file)).size }
}

/** S3 compares the body with the digests that came with it. A local S3 may not, so it is done here. */
async function refuseOtherBytes(file: string, { ContentMD5, ChecksumSHA256 }: PutObjectCommandInput) {
  const refused =
    (ContentMD5 && ContentMD5 !== (await digest(file, 'md5'))) ||
    (ChecksumSHA256 && ChecksumSHA256 !== (await digest(file, 'sha256')))
  if (!refused) return
  throw serviceError('BadDigest', 'The Content-MD5 you specified did not match what we received.')
}

async function digest(file: string, algorithm: 'md5' | 'sha256'): Promise<string> {
  const hash = createHash(algorithm)
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return hash.digest('base64')
}

function regionOf({ region }: Options): string {
  return region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1'
}

async function send(options: Options, input: PutObjectCommandInput) {
  if (!process.env.AWS_ACCESS_KEY_ID)
    throw new CliError(
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      253,
    )
  const client = new S3Client({
    region: regionOf(options),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  try {
    return await client.send(new PutObjectCommand({ ...input, ...encryptionOf(options) }))
  } catch (error) {
    if (error instanceof S3ServiceException) throw serviceError(error.name, error.message)
    const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? 'https://s3.amazonaws.com/'
    throw new CliError(
      `Could not connect to the endpoint URL: "${endpoint}" (${(error as Error).message})`,
      OTHER_ERROR,
    )
  } finally {
    client.destroy()
  }
}

function serviceError(code: string, message: string, operation = 'PutObject'): CliError {
  return new CliError(
    `An error occurred (${code}) when calling the ${operation} operation: ${message}`,
    SERVICE_ERROR,
  )
}

try {
  const said = await run(process.argv.slice(2))
  if (said) console.log(said)
} catch (error) {
  console.error(`\n${(error as Error).message}`)
  process.exitCode = error instanceof CliError ? error.exitCode : OTHER_ERROR
}
