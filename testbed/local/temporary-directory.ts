import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the machines of a day write, and more: where there is less they die one after the other, and nobody says why. */
const NEEDED_BYTES = 64 * 1024 ** 2
/** Less than this, and the next line that is written is lost. */
const LEAST_BYTES = 1024 ** 2

/** A new directory of our own. Throws an Error that says what to set where none can be made, or where nothing would fit into it. */
export function makeTemporaryDirectory(prefix: string, freeBytes = freeIn): string {
  const directory = tmpdir()
  const made = make(prefix, directory)
  if (freeBytes(directory) >= NEEDED_BYTES) return made
  rmdirSync(made)
  throw isFull(directory)
}

/** Throws the same once the disk has filled meanwhile: what anybody waits for does not come then. */
export function refuseFullDisk(freeBytes = freeIn): void {
  const directory = tmpdir()
  if (freeBytes(directory) < LEAST_BYTES) throw isFull(directory)
}

function isFull(directory: string): Error {
  const megabytes = NEEDED_BYTES / 1024 ** 2
  return new Error(
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
