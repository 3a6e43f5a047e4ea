import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { mutants } from '../../scripts/mutants/all-mutants.ts'
import { staleness } from '../../scripts/mutants/mutant.ts'

const MAIN = fileURLToPath(new URL('../../scripts/mutants.ts', import.meta.url))
const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [MAIN, ...words], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  })

it('every mutant is of the sources as they are', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  expect(mutants.flatMap((mutant) => staleness(root, mutant) ?? [])).toEqual([])
})

describe('npm run mutants', () => {
  it.each([
    ['an option that it does not have', ['--bogus'], "unknown option '--bogus'"],
    ['a name that no mutant has', ['teatime'], "no mutant’s name or file contains 'teatime'"],
    ['seeds that are no number', ['', 'many'], 'Write a whole number'],
    ['no seeds', ['', '0'], 'Write a whole number'],
    ['a word too many', ['', '1', '2'], 'too many arguments'],
  ])('refuses %s, and says what to type', (_what, words, why) => {
    const { status, stdout, stderr } = run(words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(why)
    expect(stderr).toContain('Write `npm run mutants -- --help` for what can be typed.')
  })

  it('says what to set where its files cannot be written', () => {
    const { status, stderr } = run(['trust', '1'], { TMPDIR: '/proc' })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'cannot write to the temporary directory /proc: set TMPDIR\n',
    })
  })
})
