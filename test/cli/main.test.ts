import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** A shell that knows of no AWS. */
const run = (...words: string[]) =>
  spawnSync(process.execPath, [MAIN, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
  })

it.each([['explain'], ['history'], ['replace']])('%s without a region says where to name one', (command) => {
  const { status, stdout, stderr } = run(command, 'i-0123456789abcdef0')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/Region is missing\nName /)
})

it('a wait that is no number of minutes is answered with what to write', () => {
  expect(run('replace', 'i-0123456789abcdef0', '--wait', 'long').stderr).toContain('such as --wait 30')
})

describe('a journal that is no file', () => {
  it.each([['/nonexistent'], ['/']])('%s', (file) => {
    const { status, stdout, stderr } = run('history', '--from', file)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^Cannot read ${file}: E[A-Z]+: `))
  })

  it('of nothing is no reason to read further back', () => {
    expect(run('history', '--from', '/dev/null').stdout).toBe('The journal names no such termination.\n')
    expect(run('history', '--from', '/dev/null', '--since', '1h').stdout).toContain('--since 7d')
  })
})
