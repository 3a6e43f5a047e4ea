/** The disks of the local EBS: snapshots, and volumes that are no running machine's root. Each is a folder. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Disks {
  has(id: string): boolean
  /** The folder. Throws where there is none. */
  find(id: string): string
  /** `fill` makes the folder. What it leaves half done does not become a disk. */
  make(id: string, fill: (folder: string) => Promise<void>): Promise<void>
  copy(from: string, to: string): Promise<void>
  remove(id: string): Promise<void>
  removeAll(): Promise<void>
}

/** They lie in a directory of their own, which is made with the first. */
export function createDisks(directory: string): Disks {
  const folderOf = (id: string) => join(directory, id)
  const has = (id: string) => existsSync(folderOf(id))
  const find = (id: string) => {
    if (!has(id)) throw new Error(`there is no disk of ${id}`)
    return folderOf(id)
  }
  const make: Disks['make'] = async (id, fill) => {
    const making = folderOf(`${id}-being-made`)
    await mkdir(directory, { recursive: true })
    try {
      await fill(making)
      await rename(making, folderOf(id))
    } finally {
      await rm(making, { recursive: true, force: true })
    }
  }
  return {
    has,
    find,
    make,
    // Links and all: what an earlier flush held is another name of the same file.
    copy: (from, to) =>
      make(to, async (folder) => void (await promisify(execFile)('cp', ['-a', '--', find(from), folder]))),
    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),
    removeAll: () => rm(directory, { recursive: true, force: true }),
  }
}
