import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new directory of our own. Throws an Error that says what to set where none can be made. */
export function makeTemporaryDirectory(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix))
  } catch (cause) {
    throw new Error(`cannot write to the temporary directory ${tmpdir()}: set TMPDIR`, { cause })
  }
}
