/** S3 on this machine, and what is asked of it in every test of the conformance table. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { afterAll, beforeAll } from '@jest/globals'
import { type Storage, startStorage } from '../../../../testbed/local/aws/storage.ts'

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
  /** A request as it is, without a client that knows better. */
  raw(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Response>
}

/** Started before the tests of a file, stopped after them. */
export function conformance(): Conformance {
  const made: S3Client[] = []
  let storage: Storage | undefined
  let directory = ''
  let buckets = 0
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
      credentials: { accessKeyId: 'TEST', secretAccessKey: 'test' },
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
    storage = await startStorage({ port: 0, region, accountId, directory, observer: {} })
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
    async bucket() {
      buckets += 1
      const Bucket = `bucket-${buckets}`
      const CreateBucketConfiguration = { LocationConstraint: region } as const
      await usual().send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
      return Bucket
    },
    raw: (method, path, headers = {}, body) =>
      fetch(`${endpoint()}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
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
