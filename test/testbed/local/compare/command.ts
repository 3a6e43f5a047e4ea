/** `npm run compare`, on a folder that a test makes. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'
import { afterwards } from '../local-aws.ts'

const MAIN = fileURLToPath(new URL('../../../../testbed/local/compare/main.ts', import.meta.url))

/** A folder with these files, which must be the only ones after the test, too. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'theirs-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  afterwards(() => {
    const left = readdirSync(folder).sort()
    rmSync(folder, { recursive: true })
    if (left.join() !== Object.keys(files).sort().join()) throw new Error(`the folder has ${left}`)
  })
  return folder
}

export async function compare(...words: string[]) {
  return compareIn({}, ...words)
}

export async function compareIn(environment: Readonly<Record<string, string>>, ...words: string[]) {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  // A temporary directory of its own, in which nothing is left.
  const TMPDIR = mkdtempSync(join(tmpdir(), 'compared-'))
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: { ...inherited, ...environment, TMPDIR },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  afterwards(() => child.kill('SIGKILL'))
  const [exitCode, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  const left = readdirSync(TMPDIR)
  rmSync(TMPDIR, { recursive: true })
  expect({ left, err }).toMatchObject({ left: [] })
  return { exitCode, out, err }
}

/** The cells of the printed table. */
export function cellsOf(out: string): string[][] {
  const table = out.split('\n').slice(0, 3)
  return table.map((line) => line.split(/ {3,}/))
}

/** Nothing lost; a busy machine may keep an instance that another would have let go. */
export const savedOf = (events: number) => expect.stringMatching(`^0 of ${events}, (gone|kept)$`)
