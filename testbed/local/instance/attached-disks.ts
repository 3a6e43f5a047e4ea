/**
 * The disks that are attached to a local instance, as a kernel on Nitro shows them: /sys, /dev and /proc of the folder that stands for
 * its root. A disk is a folder too, its device is a link to that, and where bin/mount mounts it is a link to the device.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { AttachedDisk } from '../machine.ts'
import { isAlive } from './living-processes.ts'

/** The kernel's number for disks whose number is chosen as they appear. */
const MAJOR = 259
/** Every disk is said to be this large: a folder has no size. */
const SECTORS = 16_777_216
/** Process 1 has those that no `unshare` made for its command alone. */
const INIT = 1

/** It appears under a name of the kernel's, and under the one that EC2 was told, as Amazon Linux has it. */
export function attachDisk(root: string, { volumeId, folder, device }: AttachedDisk): void {
  const dev = join(root, 'dev')
  const shown = join(root, 'sys/block')
  const classes = join(root, 'sys/class/block')
  for (const directory of [dev, shown, classes]) mkdirSync(directory, { recursive: true })
  const number = 1 + namesIn(dev).length
  const name = `nvme${number}n1`
  mkdirSync(join(shown, name, 'holders'), { recursive: true })
  mkdirSync(join(shown, name, 'device'))
  writeFileSync(join(shown, name, 'dev'), `${MAJOR}:${number}\n`)
  writeFileSync(join(shown, name, 'size'), `${SECTORS}\n`)
  symlinkSync(`../../block/${name}`, join(classes, name))
  symlinkSync(folder, join(dev, name))
  symlinkSync(name, join(dev, basename(device)))
  // Last: by it a disk is found.
  writeFileSync(join(shown, name, 'device/serial'), `${serialOf(volumeId)}\n`)
}

/**
 * From now on whatever is asked of it fails, also for whoever has it mounted: its device leads in a circle, which is an error, where
 * nothing at all would mean that its files were deleted. So its name stays taken. What was opened before can still be read.
 */
export function detachDisk(root: string, volumeId: string): void {
  const dev = join(root, 'dev')
  const shown = join(root, 'sys/block')
  const name = namesIn(shown).find((one) => serialIn(join(shown, one)) === serialOf(volumeId))
  if (name === undefined) return
  symlinkSync(name, join(dev, 'circle'))
  renameSync(join(dev, 'circle'), join(dev, name))
  for (const other of readdirSync(dev))
    if (other !== name && readlinkSync(join(dev, other)) === name) rmSync(join(dev, other))
  rmSync(join(root, 'sys/class/block', name))
  rmSync(join(shown, name), { recursive: true })
}

/** A kernel takes away the mounts of whoever has ended. */
export function unmountOfTheEnded(root: string): void {
  for (const process of processesIn(root))
    if (process !== INIT && !isAlive(process)) unmountAllOf(root, process)
}

/** And all of them as it ends itself. */
export function unmountAll(root: string): void {
  for (const process of processesIn(root)) unmountAllOf(root, process)
}

function unmountAllOf(root: string, process: number): void {
  const file = join(root, 'proc', String(process), 'mountinfo')
  const mounts = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  for (const mount of mounts) {
    const [, , , , at = ''] = mount.split(' ')
    rmSync(join(root, at), { force: true })
    mkdirSync(join(root, at), { recursive: true })
  }
  rmSync(join(root, 'proc', String(process)), { recursive: true })
}

/** Nitro's: what is left of the id without its hyphen, and spaces. */
const serialOf = (volumeId: string) => volumeId.replace('-', '').padEnd(20)

const serialIn = (shown: string) => readFileSync(join(shown, 'device/serial'), 'utf8').replace(/\n$/, '')

const entriesOf = (directory: string) => (existsSync(directory) ? readdirSync(directory) : [])
const namesIn = (directory: string) => entriesOf(directory).filter((name) => /^nvme[0-9]+n1$/.test(name))
const processesIn = (root: string) =>
  entriesOf(join(root, 'proc')).flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []))
