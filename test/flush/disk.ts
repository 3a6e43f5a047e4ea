import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const HERE = import.meta.dirname
const STAND_INS = join(HERE, '../../testbed/local/bin')

/** A directory that stands for an instance's root, and next to it one that stands for S3. */
export interface Disk {
  readonly root: string
  readonly s3: string
  write(path: string, content: string | Buffer, mode?: number): void
  read(path: string): string
  /** What a fake program wrote down beside the buckets. */
  readS3(name: string): string
  list(directory: string): string[]
  /** A program at the front of PATH. */
  program(name: string, script: string): void
  /** The fake AWS CLI under another name, for a program that stands before it. */
  linkAws(name: string): void
  /** A program of `testbed/local/bin` on PATH. */
  standIn(name: string): void
  /** A program that the instance has at an absolute path. */
  script(path: string, script: string): void
  /** Whether a key is in the bucket, and what the object holds. */
  object(key: string): Buffer | undefined
  keys(): string[]
  /** PATH of the instance. */
  readonly path: string
}

const disks: string[] = []

export function makeDisk(root?: string): Disk {
  const at = mkdtempSync(join(tmpdir(), 'flush-'))
  disks.push(at)
  return layDisk(at, root ?? join(at, 'disk'))
}

function layDisk(at: string, root: string): Disk {
  const s3 = join(at, 's3')
  const bin = join(at, 'bin')
  const standIns = join(at, 'stand-ins')
  for (const folder of [root, s3, bin, standIns]) mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (!hasLogrotate()) symlinkSync(join(STAND_INS, 'logrotate'), join(standIns, 'logrotate'))
  const write = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(root + path), { recursive: true, mode: 0o755 })
    writeFileSync(root + path, content, { mode })
    chmodSync(root + path, mode)
  }
  return {
    root,
    s3,
    write,
    read: (path) => readFileSync(root + path, 'utf8'),
    readS3: (name) => readFileSync(join(s3, name), 'utf8'),
    list: (directory) => (existsSync(root + directory) ? readdirSync(root + directory).sort() : []),
    program: (name, script) => {
      rmSync(join(bin, name), { force: true }) // it may be a link to a stand-in
      writeFileSync(join(bin, name), script)
      chmodSync(join(bin, name), 0o755)
    },
    script: (path, script) => write(path, script, 0o755),
    linkAws: (name) => symlinkSync(join(HERE, 'bin/aws'), join(bin, name)),
    standIn: (name) => symlinkSync(join(STAND_INS, name), join(bin, name)),
    object: (key) =>
      existsSync(join(s3, 'bucket', key)) ? readFileSync(join(s3, 'bucket', key)) : undefined,
    keys: () => {
      const files = existsSync(join(s3, 'bucket'))
        ? readdirSync(join(s3, 'bucket'), { recursive: true, withFileTypes: true })
        : []
      return files
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name).slice(join(s3, 'bucket/').length))
        .sort()
    },
    path: [
      bin,
      join(HERE, 'bin'),
      ...(hasLogrotate() ? [] : [standIns]),
      process.env.PATH,
      '/usr/sbin:/sbin',
    ].join(':'),
  }
}

/** What the objects hold, unpacked, in no order of keys. */
export function archivedTexts(disk: Disk): string[] {
  return disk
    .keys()
    .map((key) => {
      const object = disk.object(key) ?? Buffer.alloc(0)
      return (key.endsWith('.gz') ? gunzipSync(object) : object).toString()
    })
    .sort()
}

export function removeDisks(): void {
  for (const disk of disks.splice(0)) rmSync(disk, { recursive: true, force: true })
}

export function has(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Says which logrotate these tests are about: the system's, or the stand-in where there is none. */
export function hasLogrotate(): boolean {
  return has('logrotate')
}

export const LOGROTATE = hasLogrotate() ? 'the real logrotate' : 'the stand-in for logrotate'
