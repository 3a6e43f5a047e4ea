import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the machines of a day write, and more: where there is less they die one after the other, and nobody says why. */
const NEEDED_BYTES = 64 * 1024 ** 2

/** A new directory of our own. Throws an Error that says what to set where none can be made, or where nothing would fit into it. */
export function makeTemporaryDirectory(prefix: string, freeBytes = freeIn): string {
  const directory = tmpdir()
  const made = make(prefix, directory)
  if (freeBytes(directory) >= NEEDED_BYTES) return made
  rmdirSync(made)
  const megabytes = NEEDED_BYTES / 1024 ** 2
  throw new Error(
    `the disk of the temporary directory ${directory} is full: free ${megabytes} MB, or set TMPDIR to where they are`,
  )
}

function make(prefix: string, directory: string): string {
  try {
    return mkdtempSync(join(directory, prefix))
  } catch (cause) {
    throw new Error(`cannot write to the temporary directory ${directory}: set TMPDIR`, { cause })
  }
}

function freeIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}
