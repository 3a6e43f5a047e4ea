import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { keyOf } from '../../src/archive/keys.ts'
import { type Storage, startStorage } from '../../testbed/local/aws/storage.ts'
import { makeTemporaryDirectory } from '../../testbed/local/temporary-directory.ts'
import { createAuthentication } from '../../testbed/local/wire/authentication.ts'
import { type Disk, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, layTomcat, ROTATED } from './elastic-beanstalk.ts'
import { flush, PREFIX } from './flush.ts'

const authentication = createAuthentication()
const credentials = authentication.credentialsOf('INSTANCE')
let storage: Storage
let directory: string
let client: S3Client
let environment: Record<string, string>

beforeAll(async () => {
  directory = makeTemporaryDirectory('aws-stand-in-')
  storage = await startStorage({
    port: 0,
    region: 'us-east-1',
    accountId: '000000000000',
    directory,
    authentication,
    observer: {},
  })
  const endpoint = `http://127.0.0.1:${storage.port}`
  client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }))
})

afterAll(async () => {
  client.destroy()
  await storage.stop()
  rmSync(directory, { recursive: true, force: true })
  removeDisks()
})

const object = async (key: string): Promise<Buffer> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

const instance = (): Disk => {
  const disk = makeDisk()
  layTomcat(disk)
  disk.standIn('publishLogs.py')
  disk.standIn('aws')
  return disk
}

const aws = async (disk: Disk, args: readonly string[], input = '') => {
  const child = spawn('aws', args, { env: { ...environment, PATH: disk.path } })
  child.stdin.on('error', () => {}) // it need not read what it refuses
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { exitCode, stdout, stderr }
}

describe('a flush of a local instance', () => {
  it('publishes to S3 over the wire, and what was missing goes up in the next attempt', async () => {
    const disk = instance()
    disk.write(`${ROTATED}/localhost_access_log.txt1466114461.gz`, 'old')
    disk.write(ACCESS_LOG, 'one event\n')
    const first = await flush(disk, { env: { ...environment, PUBLISHER_FAULT: 'nothing' } })
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: PREFIX }))
    expect(listed.KeyCount).toBe(0)
    expect(first.paths).toHaveLength(2)

    const second = await flush(disk, { env: environment, parameters: { Upload: '*' } })
    expect(second.manifest.files).toEqual(first.manifest.files)
    for (const file of second.manifest.files) {
      const bytes = await object(keyOf(file.path, PREFIX, 'underscores'))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)
    }
    expect(gunzipSync(await object(keyOf(second.paths[1] ?? '', PREFIX, 'underscores'))).toString()).toBe(
      'one event\n',
    )
  })

  it('publishes nothing twice, and misbehaves only once when told so', async () => {
    const disk = instance()
    disk.write(`${ROTATED}/once.txt1466114461.gz`, 'a whole body')
    const env = { ...environment, PUBLISHER_FAULT: 'truncate', PUBLISHER_FAULT_ONCE: `${disk.root}/marker` }
    await flush(disk, { env })
    const key = keyOf(`${ROTATED}/once.txt1466114461.gz`, PREFIX, 'underscores')
    expect((await object(key)).toString()).toBe('a whol')
    disk.write(`${ROTATED}/once.txt1466114462.gz`, 'another')
    await flush(disk, { env })
    expect((await object(key)).toString()).toBe('a whol')
    expect((await object(key.replace('4461', '4462'))).toString()).toBe('another')
  })
})

describe('the stand-in for the AWS CLI', () => {
  it('answers a put with its ETag', async () => {
    const disk = instance()
    disk.write('/body', 'hello')
    const args = ['s3api', 'put-object', '--bucket', 'bucket', '--key', 'a b', '--body', `${disk.root}/body`]
    const { exitCode, stdout } = await aws(disk, ['--region', 'us-east-1', ...args])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ ETag: '"5d41402abc4b2a76b9719d911017c592"' })
  })

  it('refuses a body that is not the one of the digest, as S3 does', async () => {
    const disk = instance()
    disk.write('/body', 'hello')
    const args = [
      's3api',
      'put-object',
      '--bucket',
      'bucket',
      '--key',
      'refused',
      '--body',
      `${disk.root}/body`,
    ]
    const { exitCode, stderr } = await aws(disk, [...args, '--content-md5', 'AAAAAAAAAAAAAAAAAAAAAA=='])
    expect(exitCode).toBe(254)
    expect(stderr).toContain('An error occurred (BadDigest) when calling the PutObject operation')
    await expect(object('refused')).rejects.toThrow()
  })

  it('copies from standard input', async () => {
    const { exitCode } = await aws(instance(), ['s3', 'cp', '-', 's3://bucket/from/stdin'], 'piped')
    expect(exitCode).toBe(0)
    expect((await object('from/stdin')).toString()).toBe('piped')
  })

  it('puts a file into a folder under its own name, and keeps folders in step', async () => {
    const disk = instance()
    disk.write('/var/x/one.txt', 'one')
    disk.write('/var/x/below/two.txt', 'two')
    const file = `${disk.root}/var/x/one.txt`
    for (const to of ['s3://bucket/folder/', 's3://bucket'])
      expect(await aws(disk, ['s3', 'cp', file, to])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await aws(disk, ['s3', 'sync', `${disk.root}/var/x`, 's3://bucket/synced'])).toMatchObject({
      exitCode: 0,
    })
    const keys = ['folder/one.txt', 'one.txt', 'synced/one.txt', 'synced/below/two.txt']
    const stored = await Promise.all(keys.map(async (key) => (await object(key)).toString()))
    expect(stored).toEqual(['one', 'one', 'one', 'two'])
    expect((await aws(disk, ['s3', 'cp', '-', 's3://bucket/folder/'])).exitCode).toBe(252)
  })

  it('fails as the CLI does: 254 for what S3 refuses, 252 for what it does not know, 255 without an endpoint', async () => {
    const disk = instance()
    const missing = await aws(disk, ['s3', 'cp', '-', 's3://no-such-bucket/key'])
    expect(missing).toMatchObject({ exitCode: 254, stderr: expect.stringContaining('(NoSuchBucket)') })
    expect((await aws(disk, ['ec2', 'terminate-instances'])).exitCode).toBe(252)
    expect((await aws(disk, ['s3', 'cp', '-', 's3://bucket/key', '--frobnicate'])).exitCode).toBe(252)
    environment = { ...environment, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' }
    const unreachable = await aws(disk, ['s3', 'cp', '-', 's3://bucket/key'])
    expect(unreachable).toMatchObject({
      exitCode: 255,
      stderr: expect.stringContaining('Could not connect to the endpoint'),
    })
  })
})
