import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Storage, startStorage } from '../../../../testbed/local/aws/storage.ts'
import {
  archivedEventIds,
  countEvents,
  eventIdsAnywhere,
  eventIdsOnDisk,
} from '../../../../testbed/local/demo/event-ledger.ts'
import { accessLogLine } from '../../../../testbed/local/instance/access-log.ts'
import { PATHS } from '../../../../testbed/local/instance/disk.ts'
import { createAuthentication } from '../../../../testbed/local/wire/authentication.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

const log = (...numbers: number[]) =>
  numbers
    .map((number) =>
      accessLogLine({
        at: 0,
        method: 'GET',
        path: '/i',
        query: `eid=${id(number)}`,
        status: 200,
        bytes: 43,
        client: '203.0.113.7',
        referer: undefined,
        userAgent: undefined,
        networkUserId: undefined,
        contentType: undefined,
        body: Buffer.alloc(0),
      }),
    )
    .join('')

describe('the ledger', () => {
  it('finds each accepted event in S3, or kept, or lost', () => {
    const accepted = new Set([1, 2, 3, 4, 5].map(id))
    expect(countEvents(accepted, [id(1), id(2)], [id(3)])).toEqual({
      accepted: 5,
      inS3: 2,
      kept: 1,
      lost: 2,
      duplicated: 0,
    })
  })

  it('counts an event that is in S3 and on a kept disk as in S3', () => {
    expect(countEvents(new Set([id(1)]), [id(1)], [id(1)])).toMatchObject({ inS3: 1, kept: 0, lost: 0 })
  })

  it('counts an event once as duplicated however often it is in S3', () => {
    expect(countEvents(new Set([id(1)]), [id(1), id(1), id(1)], [])).toMatchObject({ inS3: 1, duplicated: 1 })
  })

  it('does not count what nobody was told was accepted', () => {
    expect(countEvents(new Set(), [id(1)], [id(2)])).toMatchObject({ accepted: 0, inS3: 0, kept: 0, lost: 0 })
  })
})

describe('a disk', () => {
  it('holds the events of the live log and of the rotated ones, and of nothing else', () => {
    const disk = mkdtempSync(join(tmpdir(), 'guard-ledger-'))
    mkdirSync(disk + PATHS.rotated, { recursive: true })
    writeFileSync(disk + PATHS.accessLog, log(1))
    writeFileSync(disk + PATHS.console, log(2))
    writeFileSync(`${disk}${PATHS.rotated}/localhost_access_log.txt1466114461.gz`, gzipSync(log(3, 4)))
    writeFileSync(`${disk}${PATHS.rotated}/localhost_access_log.txt1466114462`, log(5))
    expect(eventIdsOnDisk(disk).sort()).toEqual([1, 3, 4, 5].map(id))
    rmSync(disk, { recursive: true })
  })
})

describe('the archive', () => {
  let storage: Storage
  let directory: string
  let s3: S3Client
  const put = (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: 'logs', Key, Body }))

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'))
    const authentication = createAuthentication()
    storage = await startStorage({
      port: 0,
      region: 'eu-west-1',
      accountId: '000000000000',
      directory,
      authentication,
      observer: {},
    })
    s3 = new S3Client({
      endpoint: `http://127.0.0.1:${storage.port}`,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: authentication.credentialsOf('VISITOR'),
    })
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const
    await s3.send(new CreateBucketCommand({ Bucket: 'logs', CreateBucketConfiguration }))
  })

  afterAll(async () => {
    s3.destroy()
    await storage.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  it('holds the events of whole objects under the prefix, as often as they are there', async () => {
    await put('publish/i-1/_var_log_tomcat8_rotated_localhost_access_log.txt1.gz', gzipSync(log(1, 2)))
    await put('publish/i-2/_var_log_tomcat8_rotated_localhost_access_log.txt1.gz', gzipSync(log(2)))
    await put('publish/i-2/_var_log_tomcat8_rotated_catalina.out1.gz', gzipSync(log(3)))
    await put('elsewhere/localhost_access_log.txt1.gz', gzipSync(log(4)))
    expect((await archivedEventIds(s3, 'logs', 'publish/')).sort()).toEqual([1, 2, 2].map(id))
  })

  it('holds nothing of an object that was cut', async () => {
    await put('cut/localhost_access_log.txt1.gz', gzipSync(log(1, 2)).subarray(0, 60))
    expect(await archivedEventIds(s3, 'logs', 'cut/')).toEqual([])
  })

  it('is found under any key, packed or not, where anybody may have put it', async () => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const
    await s3.send(new CreateBucketCommand({ Bucket: 'theirs', CreateBucketConfiguration }))
    const theirs = (Key: string, Body: Buffer) =>
      s3.send(new PutObjectCommand({ Bucket: 'theirs', Key, Body }))
    await theirs('a', Buffer.from(log(1)))
    await theirs('b.zip.txt', gzipSync(log(2)))
    writeFileSync(join(directory, 'access.log'), log(3, 4))
    execFileSync('tar', ['-cf', 'packed', 'access.log'], { cwd: directory })
    await theirs('logs.tar', readFileSync(join(directory, 'packed')))
    await theirs('logs.tgz', gzipSync(readFileSync(join(directory, 'packed'))))
    expect((await eventIdsAnywhere(s3, 'theirs')).sort()).toEqual([1, 2, 3, 3, 4, 4].map(id))
  })
})
