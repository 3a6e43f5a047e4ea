import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { JOURNAL_VERSION } from '../../src/journal/journal.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** A shell that knows of no AWS. */
const run = (...words: string[]) =>
  spawnSync(process.execPath, [MAIN, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
  })

it('what Node compiles of the sources is kept for the next command', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const kept = join(root, 'node_modules/.cache/node')
  rmSync(kept, { recursive: true, force: true })
  const { stdout } = spawnSync('npm', ['run', '-s', 'guard', '--', '--help'], { cwd: root, encoding: 'utf8' })
  expect(stdout).toContain('Usage: termination-guard ')
  expect(existsSync(kept)).toBe(true)
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

  it.each(['history --from', 'history --html /nonexistent --from'])('%s: of another kind', (words) => {
    const { status, stdout, stderr } = run(...words.split(' '), join(import.meta.dirname, 'main.test.ts'))
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^No line of \S+main\.test\.ts is of the guard’s journal: .*\n$/)
  })

  it('becomes a page on standard output, too', () => {
    const { status, stdout } = run('history', '--from', '/dev/null', '--html', '-')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/i)
  })

  it('of nothing is no reason to read further back', () => {
    expect(run('history', '--from', '/dev/null').stdout).toBe('The journal names no such termination.\n')
    expect(run('history', '--from', '/dev/null', '--since', '1h').stdout).toContain('--since 7d')
  })
})

describe('what an instance names so that a terminal obeys it', () => {
  const forged = '\n2026-01-02T03:04:05.000Z  i-0123456789abcdef0  archived    web'
  const title = '\u001b]0;all is well\u0007\u009b2J'
  const told = {
    ...{ timestamp: '2026-01-02T03:04:05.000Z', journal: JOURNAL_VERSION, event: 'action-ended' },
    ...{ instanceId: 'i-0123456789abcdef0', groupName: `web${title}`, token: 'a', by: 'abandoned' },
    ...{ outcome: 'retained', reason: `1 missing (first: /var/log/${title}${forged})`, heldMs: 1 },
    ...{ flushMs: 1, attempts: 1, files: 1, bytes: 1, unproven: [`/a${forged}`], notes: [title] },
  }
  const folder = mkdtempSync(join(tmpdir(), 'termination-guard-test-'))
  const journal = join(folder, 'journal.jsonl')
  beforeAll(() => writeFileSync(journal, `${JSON.stringify(told)}\n`))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is shown, and begins no line of its own', () => {
    const { stdout } = run('history', '--from', journal)
    expect(stdout).not.toMatch(/[^\P{C}\n]/u)
    expect(stdout).toContain('the instance says: \\u001b]0;all is well\\u0007\\u009b2J\n')
    expect(stdout.match(/^2026-01-02.*$/gm)).toHaveLength(1)
  })
  it('is what it was to a program', () => {
    const { stdout } = run('history', '--json', '--from', journal)
    expect(stdout).not.toMatch(/[^\P{C}\n]/u)
    expect(JSON.parse(stdout).action.end).toMatchObject({ reason: told.reason, notes: told.notes })
  })
  it('is shown where it is refused, too', () => {
    expect(run(`stat${title}us`).stderr).toMatch(/^error: unknown command 'stat\\u001b\]0;all is well/)
  })
})
