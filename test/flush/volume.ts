/** Real file systems on loop devices: the disks of machines that died while they were writing, as EBS would attach copies of them. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { has } from './disk.ts'

export type FileSystem = 'ext4' | 'xfs'

const MAKE: Record<FileSystem, readonly string[]> = {
  // A journal, and few bytes: what is copied again and again.
  ext4: ['mkfs.ext4', '-q', '-F', '-J', 'size=4'],
  xfs: ['mkfs.xfs', '-q', '-f'],
}
const MEGABYTES: Record<FileSystem, number> = { ext4: 48, xfs: 320 }
const PROGRAMS = [
  'logrotate',
  'losetup',
  'partx',
  'sfdisk',
  'unshare',
  'blkid',
  'mkfs.ext4',
  'mkfs.xfs',
  'xfs_io',
]

const made: string[] = []
const attached: string[] = []
const mounted = new Map<string, string>()

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** Runs a program of the system's administrator. */
export function root(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Why no disk can be attached and mounted on this machine; `undefined` where one can. */
export function whyNoVolumes(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may attach disks'
  const missing = PROGRAMS.find((program) => !has(program))
  if (missing !== undefined) return `${missing} is not installed`
  try {
    const image = blank(MEGABYTES.ext4)
    root('mkfs.ext4', '-q', '-F', image)
    mountAt(attach(image))
    return undefined
  } catch {
    return 'no loop device can be mounted here'
  } finally {
    removeVolumes()
  }
}

function folder(): string {
  const at = mkdtempSync(join(tmpdir(), 'volume-'))
  made.push(at)
  return at
}

export function blank(megabytes: number): string {
  const image = join(folder(), 'image')
  root('truncate', '-s', `${megabytes}M`, image)
  return image
}

/** The device under which a disk is attached; its partitions appear beside it, whether or not this kernel looks for them. */
export function attach(image: string): string {
  const device = root('losetup', '-f', '--show', image).trim()
  attached.push(device)
  try {
    root('partx', '-a', device)
  } catch {
    // It has no partitions.
  }
  return device
}

export function mountAt(device: string, options = 'rw'): string {
  const at = folder()
  root('mount', '-o', options, device, at)
  mounted.set(at, device)
  return at
}

/** Mounts where no other process sees it. Answers what ends that. */
export function mountElsewhere(device: string): () => void {
  const at = folder()
  const script = 'mount "$1" "$2" && echo mounted && exec sleep 1000'
  const elsewhere = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', device, at], { stdio: 'ignore' })
  while (mountsOf(device).length === 0) root('sleep', '0.02')
  return () => {
    elsewhere.kill('SIGKILL')
    while (mountsOf(device).length > 0) root('sleep', '0.02')
  }
}

/** A namespace that another test has made meanwhile has a copy of the mount until it ends. */
export function unmount(at: string): void {
  root('umount', at)
  const device = mounted.get(at) ?? ''
  while (mountsOf(device).length > 0) root('sleep', '0.02')
  mounted.delete(at)
}

/** The kernel lets go of a file system a moment after its last mount is gone from sight. */
const TRIES = 500

export function detach(device: string): void {
  for (let tried = 1; existsSync(`${device}p1`) || existsSync(`${device}p2`); tried++) {
    const deleted = spawnSync('partx', ['-d', device], { env })
    if (deleted.status === 0) break
    if (tried === TRIES) throw new Error(String(deleted.stderr))
    root('sleep', '0.02')
  }
  root('losetup', '-d', device)
  attached.splice(attached.indexOf(device), 1)
}

/** Everything as it was before. */
export function removeVolumes(): void {
  for (const at of [...mounted.keys()]) unmount(at)
  for (const device of [...attached]) detach(device)
  for (const at of made.splice(0)) rmSync(at, { recursive: true, force: true })
}

export interface Shape {
  readonly fileSystem: FileSystem
  readonly isPartitioned?: boolean
}

/** A disk with what is laid on it, unmounted in peace. Answers the image. */
export function layVolume({ fileSystem, isPartitioned = false }: Shape, lay: (at: string) => void): string {
  const { image, device, part } = makeVolume(fileSystem, isPartitioned)
  const at = mountAt(part)
  lay(at)
  unmount(at)
  detach(device)
  return image
}

function makeVolume(fileSystem: FileSystem, isPartitioned: boolean) {
  const image = blank(MEGABYTES[fileSystem] + (isPartitioned ? 16 : 0))
  if (isPartitioned) {
    execFileSync('sfdisk', ['-q', image], { env, input: 'label: gpt\n,8M\n,\n' })
  }
  const device = attach(image)
  const part = isPartitioned ? `${device}p2` : device
  const [make = '', ...args] = MAKE[fileSystem]
  root(make, ...args, part)
  return { image, device, part }
}

/**
 * A disk whose machine died while it was writing to a log: its file system stops between two writes, with a journal that nobody has
 * replayed. (The kernel's own way to stop one: `xfs_io` asks ext4 as well.)
 */
export async function volumeOfTheDead(shape: Shape, lay: (at: string) => void, log: string): Promise<string> {
  const { image, device, part } = makeVolume(shape.fileSystem, shape.isPartitioned ?? false)
  const at = mountAt(part)
  lay(at)
  root('sync', '-f', at)
  const writer = spawn('bash', ['-c', WRITER, 'bash', at + log, at], { stdio: 'ignore' })
  while (!existsSync(`${at}/grown`)) await sleep(10)
  root('xfs_io', '-x', '-c', 'shutdown -f', at)
  const ended = new Promise((resolve) => writer.on('close', resolve))
  writer.kill('SIGKILL')
  await ended
  unmount(at)
  detach(device)
  return image
}

/** Some lines are on the disk, some in the journal alone, and some are nowhere yet; the log grows until its disk is gone. */
const WRITER = `
exec 5>>"$1"
for ((n = 0; ; n++)); do
  echo "line $n of what was served, as long as such a line is" >&5 || exit
  case $n in 500) sync "$1" ;; 1000) sync "$1"; >"$2/grown" ;; esac
done`

/** A copy of a disk, as a snapshot and a volume from it are. */
export function copyOf(image: string): string {
  const copy = join(folder(), basename(image))
  root('cp', '--sparse=always', image, copy)
  return copy
}

/** Whether its journal is to be replayed. */
export function isUnclean(part: string, fileSystem: FileSystem): boolean {
  if (fileSystem === 'ext4') return root('dumpe2fs', '-h', part).includes('needs_recovery')
  return root('/bin/sh', '-c', `xfs_repair -n ${part} 2>&1; true`).includes('in a log')
}

/** The mounts of a device or its partitions, in whatever namespace. */
export function mountsOf(device: string): string[] {
  return root('/bin/sh', '-c', `grep -hsE ' ${device}(p[0-9]+)? ' /proc/[0-9]*/mountinfo; true`)
    .split('\n')
    .filter(Boolean)
}
