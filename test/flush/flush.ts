import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildDocument, type DocumentKind, type SalvageParameter } from '../../src/flush/document.ts'
import { findManifestLine, parseManifest } from '../../src/flush/manifest.ts'
import { loadProfile, type Profile } from '../../src/flush/profile.ts'
import type { Manifest } from '../../src/model.ts'
import type { Disk } from './disk.ts'

export const INSTANCE = 'i-0123456789abcdef0'
export const PREFIX = `resources/environments/logs/publish/e-abc/${INSTANCE}/`

/** Amazon Linux 1 and 2 have bash 4.2: FLUSH_TEST_BASH=/path/to/bash-4.2 runs everything with another bash than /bin/bash. */
const BASH = process.env.FLUSH_TEST_BASH ? `${process.env.FLUSH_TEST_BASH} -p` : ''

/** Where the stand-in for Elastic Beanstalk's publisher finds itself. */
const ELASTIC_BEANSTALK = { EB_ENVIRONMENT_ID: 'e-abc', EB_INSTANCE_ID: INSTANCE, EB_BUCKET: 'bucket' }

const BASH_LIMIT_MS = 240_000

export interface FlushOptions {
  readonly profile?: Profile
  readonly document?: DocumentKind
  readonly parameters?: Partial<Record<SalvageParameter, string>>
  readonly env?: Record<string, string>
  /** Edits the script, for what this machine cannot be made to have. */
  readonly change?: (script: string) => string
  /** Kills the flush, and all that it started, after so long. */
  readonly killAfterMs?: number
  /** Kills it likewise, when this is over. */
  readonly killed?: () => Promise<void>
  /** What the shell's command begins with, such as another namespace to run in. */
  readonly within?: string
}

export interface Flushed {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Throws where there is none. */
  readonly manifest: Manifest
  readonly paths: string[]
  readonly live: string[]
}

/** The profile of a platform, quick: what waits 11 s on an instance waits 0 s here. */
export function quick(name: string, changes: Partial<Profile> = {}): Profile {
  return { ...loadProfile(name), bufferSeconds: 0, stopSeconds: 20, commandSeconds: 20, ...changes }
}

export const FILES = quick('files', { publishGlobs: ['/var/log/app/*'] })

const DEFAULTS: Record<SalvageParameter, string> = {
  InstanceId: INSTANCE,
  Region: 'us-east-1',
  Purpose: 'termination',
  Bucket: 'bucket',
  Prefix: PREFIX,
  Upload: '',
  ManifestPrefix: 'termination-guard/manifests/',
  Encryption: '',
  Disk: '',
  OtherVolumes: '',
  ExecutionTimeout: '1800',
}

/** The script as the agent gets it: every parameter put in, as text. */
export function scriptFor(
  profile: Profile,
  parameters: Partial<Record<SalvageParameter, string>> = {},
  kind: DocumentKind = 'flush',
): string {
  const values: Record<string, string> = { ...DEFAULTS, ...parameters }
  const lines = buildDocument(profile, kind).mainSteps.flatMap((step) => step.inputs.runCommand)
  return lines.join('\n').replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => values[name] ?? '')
}

let scripts = 0

/** Runs the real script in a real shell, as the agent does: the shell starts a file whose first line names bash. */
export async function flush(disk: Disk, options: FlushOptions = {}): Promise<Flushed> {
  const file = join(dirname(disk.root), `_script${scripts++}.sh`)
  const script = scriptFor(options.profile ?? quick('beanstalk'), options.parameters, options.document)
  writeFileSync(file, options.change?.(script) ?? script, { mode: 0o700 })
  const env = {
    PATH: disk.path,
    TERMINATION_GUARD_ROOT: disk.root,
    FAKE_S3: disk.s3,
    ...ELASTIC_BEANSTALK,
    ...options.env,
  }
  const child = spawn('/bin/sh', ['-c', `${options.within ?? ''} ${BASH} ${file}`], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = setTimeout(() => killGroup(child.pid), options.killAfterMs ?? BASH_LIMIT_MS)
  void options.killed?.().then(() => killGroup(child.pid))
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    said.stdout += text
  })
  child.stderr.on('data', (text) => {
    said.stderr += text
  })
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  clearTimeout(kill)
  killGroup(child.pid) // a program that was left to itself must not outlive the test
  return report(disk, exitCode, said)
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch {
    // Everything has ended, as it should.
  }
}

function report(disk: Disk, exitCode: number | null, said: { stdout: string; stderr: string }): Flushed {
  const manifest = () => {
    const line = findManifestLine(said.stdout)
    if (line.kind === 'unreadable') throw new Error(`${line.why}: ${said.stderr}`)
    if (line.kind === 'inline') return parseManifest(line.gzip)
    const object = disk.object(line.key)
    if (!object || sha256(object) !== line.sha256) throw new Error(`no such manifest: ${line.key}`)
    return parseManifest(object)
  }
  return {
    exitCode,
    ...said,
    get manifest() {
      return manifest()
    },
    get paths() {
      return manifest()
        .files.map((file) => file.path)
        .sort()
    },
    get live() {
      return manifest()
        .live.map((file) => file.path)
        .sort()
    },
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What a manifest says must be in S3, and is not there with these bytes. */
export function lackingOf(disk: Disk, { files }: Manifest): string[] {
  const isThere = ({ path, md5 }: Manifest['files'][number]) => {
    const object = disk.object(`${PREFIX}${path.replaceAll('/', '_')}`)
    return object !== undefined && createHash('md5').update(object).digest('hex') === md5
  }
  return files
    .filter((file) => !isThere(file))
    .map(({ path }) => path)
    .sort()
}
