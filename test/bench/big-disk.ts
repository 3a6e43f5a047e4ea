/** Disks that are large in either way, flushed once with the real AWS CLI into S3 on this machine, and proven as the guard proves. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { prove } from '../../src/archive/archives.ts'
import { connect } from '../../src/aws/sdk.ts'
import { findManifestLine, parseManifest } from '../../src/flush/manifest.ts'
import type { Manifest } from '../../src/model.ts'
import type { ArchivePolicy } from '../../src/policy.ts'
import { startStorage } from '../../testbed/local/aws/storage.ts'
import { createAuthentication } from '../../testbed/local/wire/authentication.ts'
import { type Disk, makeDisk } from '../flush/disk.ts'
import { FILES, flush, PREFIX } from '../flush/flush.ts'
import type { Row } from './row.ts'

/** Where the AWS CLI is installed; empty where it is not. */
const CLI = spawnSync('/bin/sh', ['-c', 'command -v aws'], { encoding: 'utf8' }).stdout.trim()
const REGION = 'us-east-1'
const FLUSH_TIMEOUT_SECONDS = 1800

const ARCHIVE: ArchivePolicy = {
  bucket: 'bucket',
  bucketOwner: undefined,
  prefix: PREFIX,
  keyRule: FILES.keyRule,
  movedTo: [],
  encryption: '',
  manifestPrefix: 'termination-guard/manifests/',
  receiptPrefix: '',
  hashLimitBytes: 0, // S3's own word must be enough: nothing is read again
}

export interface Size {
  readonly files: number
  readonly bytes: number
  /** From this size on a file goes up in parts. S3 allows 5 GiB in one PUT; a smaller number tries the same path in less time. */
  readonly partsFromBytes: number
}

export async function bigDisk({ files, bytes, partsFromBytes }: Size): Promise<Row[]> {
  if (CLI === '') {
    const skipped = { measured: 'skipped', wanted: 'ends, proven', figures: 'no AWS CLI is installed' }
    return [{ what: 'large disks', ...skipped }]
  }
  const many = (disk: Disk) => {
    for (let i = 0; i < files; i++) disk.write(`/var/log/app/part-${i}.log`, `one of ${files}, the ${i}th\n`)
  }
  const large = (disk: Disk) => {
    disk.write('/var/log/app/large.log', 'it begins so\n')
    truncateSync(`${disk.root}/var/log/app/large.log`, bytes)
  }
  return [
    await flushed(`${files.toLocaleString('en')} small files in one flush`, many, partsFromBytes, files),
    await flushed(`one sparse file of ${(bytes / 1e9).toFixed(1)} GB, in parts`, large, partsFromBytes, 1),
  ]
}

async function flushed(
  what: string,
  lay: (disk: Disk) => void,
  partsFrom: number,
  files: number,
): Promise<Row> {
  const named = { what, wanted: `proven in ${FLUSH_TIMEOUT_SECONDS} s` }
  const directory = mkdtempSync(join(tmpdir(), 'bench-s3-'))
  const authentication = createAuthentication()
  const { accessKeyId, secretAccessKey } = authentication.credentialsOf('INSTANCE')
  const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  const storage = await startStorage({
    port: 0,
    region: REGION,
    accountId: '000000000000',
    directory,
    authentication,
    observer: {},
  })
  try {
    const endpoint = `http://127.0.0.1:${storage.port}`
    Object.assign(process.env, { ...credentials, AWS_ENDPOINT_URL_S3: endpoint })
    const bucket = new S3Client({ region: REGION, endpoint, forcePathStyle: true })
    await bucket.send(new CreateBucketCommand({ Bucket: 'bucket' }))
    const disk = makeDisk()
    lay(disk)
    disk.program('aws', `#!/bin/sh\nexec ${CLI} --endpoint-url ${endpoint} "$@"\n`)
    const began = performance.now()
    const { stdout, stderr } = await flush(disk, {
      profile: FILES,
      env: credentials,
      change: (script) => script.replaceAll('=5368709120', `=${partsFrom - 1}`),
      killAfterMs: (FLUSH_TIMEOUT_SECONDS + 60) * 1000,
    })
    const seconds = (performance.now() - began) / 1000
    const manifest = await manifestOf(stdout, bucket)
    if (manifest === undefined)
      return { ...named, measured: 'no manifest', figures: stderr.slice(-200), holds: false }
    const proof = await prove({ aws: connect(REGION), clock: { now: Date.now } }, ARCHIVE, PREFIX, manifest)
    const { unaccounted, live, notes } = manifest
    const isProven =
      proof.files === files &&
      proof.gaps.length + unaccounted.length + live.length === 0 &&
      proof.unread === undefined
    return {
      ...named,
      measured: isProven ? 'proven' : `${proof.gaps.length} gaps, ${unaccounted.length} unaccounted for`,
      figures: [`${Math.round(seconds)} s`, `${proof.files} files`, ...notes].join(', '),
      holds: isProven && seconds < FLUSH_TIMEOUT_SECONDS,
    }
  } finally {
    await storage.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function manifestOf(stdout: string, s3: S3Client): Promise<Manifest | undefined> {
  const line = findManifestLine(stdout)
  if (line.kind === 'unreadable') return undefined
  if (line.kind === 'inline') return parseManifest(line.gzip)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: line.key }))
  return Body && parseManifest(await Body.transformToByteArray())
}
