import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Small, plausible bugs. Each must be noticed by the simulator or by a unit test, or say why it need not be. */
export interface Mutant {
  /** What the bug is, in words. */
  readonly name: string
  readonly file: string
  /** Exact source text, found once in the file. */
  readonly from: string
  readonly to: string
  /** The unit tests that speak of this code, for what the simulator does not notice. */
  readonly tests: readonly string[]
  /** The words in the name of those tests that matter, where a file of tests is slow. */
  readonly only?: string
  /** Why nobody needs to notice. */
  readonly justified?: string
}

/** Why a mutant cannot be made any more, in one line. */
export function staleness(root: string, { name, file, from, tests }: Mutant): string | undefined {
  const found = readFileSync(join(root, file), 'utf8').split(from).length - 1
  const missing = tests.filter((test) => !existsSync(join(root, test)))
  if (found !== 1) return `  ${name}: its text is ${found} times in ${file}, not once`
  return missing.length > 0 ? `  ${name}: there is no ${missing.join(', ')}` : undefined
}

/** Bugs of one file that the same tests speak of, each as its name, its text, and what that becomes. */
export function bugsIn(
  of: Pick<Mutant, 'file' | 'tests' | 'only'>,
  ...bugs: readonly (readonly [name: string, from: string, to: string])[]
): Mutant[] {
  return bugs.map(([name, from, to]) => ({ ...of, name, from, to }))
}
