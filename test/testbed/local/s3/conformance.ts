/** S3 on this machine, and what is asked of it in every test of the conformance table. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { afterAll, beforeAll } from '@jest/globals'
import { type Storage, startStorage } from '../../../../testbed/local/aws/storage.ts'
import { type Credentials, createAuthentication } from '../../../../testbed/local/wire/authentication.ts'
import { signedFetch, signedHeaders } from '../signed.ts'

export const region = 'eu-west-1'
export const accountId = '000000000000'

export interface Conformance {
  readonly s3: S3Client
  readonly storage: Storage
  readonly endpoint: string
  /** Another client: in another Region, say, or of another caller. */
  client(config: S3ClientConfig): S3Client
  /** A bucket of its own for a test. */
  bucket(): Promise<string>
  /** The key of a caller. */
  credentials(caller: string): Credentials
  /** A request as it is, without a client that knows better, but signed. */
  raw(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Response>
  /** The same before its body, as it goes over the wire. */
  head(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<string>
}

/** Started before the tests of a file, stopped after them. */
export function conformance(): Conformance {
  const made: S3Client[] = []
  let storage: Storage | undefined
  let directory = ''
  let buckets = 0
  const authentication = createAuthentication()
  const started = () => {
    if (storage === undefined) throw new Error('not started')
    return storage
  }
  const endpoint = () => `http://127.0.0.1:${started().port}`
  const client = (config: S3ClientConfig = {}) => {
    const one = new S3Client({
      endpoint: endpoint(),
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: authentication.credentialsOf('TEST'),
      ...config,
    })
    made.push(one)
    return one
  }
  let s3: S3Client | undefined
  const usual = () => {
    s3 ??= client()
    return s3
  }
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'conformance-'))
    storage = await startStorage({ port: 0, region, accountId, directory, authentication, observer: {} })
  })
  afterAll(async () => {
    for (const one of made) one.destroy()
    await storage?.stop()
    await rm(directory, { recursive: true, force: true })
  })
  return {
    get s3() {
      return usual()
    },
    get storage() {
      return started()
    },
    get endpoint() {
      return endpoint()
    },
    client,
    credentials: authentication.credentialsOf,
    async bucket() {
      buckets += 1
      const Bucket = `bucket-${buckets}`
      const CreateBucketConfiguration = { LocationConstraint: region } as const
      await usual().send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
      return Bucket
    },
    async head(method, path, headers) {
      const signing = { service: 's3', region, credentials: authentication.credentialsOf('TEST') }
      const sent = { method, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers } }
      const signed = await signedHeaders(`${endpoint()}${path}`, sent, signing)
      const lines = Object.entries({ host: new URL(endpoint()).host, ...signed })
      return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
    },
    raw: (method, path, headers = {}, body) =>
      signedFetch(
        `${endpoint()}${path}`,
        {
          method,
          headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
          ...(body === undefined ? {} : { body }),
        },
        { service: 's3', region, credentials: authentication.credentialsOf('TEST') },
      ),
  }
}

/** The code, status and text of what a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
    return `${$metadata?.httpStatusCode} ${name}`
  }
  return 'no error'
}

/** The code of an answer that is an error in XML. */
export async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${/<Code>(.*?)<\/Code>/.exec(await answer.text())?.[1] ?? ''}`
}
