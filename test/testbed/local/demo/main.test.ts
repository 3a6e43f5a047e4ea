import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const MAIN = fileURLToPath(new URL('../../../../testbed/local/demo/main.ts', import.meta.url))
const run = (...words: string[]) => spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' })
const runIn = (environment: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [MAIN], { encoding: 'utf8', env: { ...process.env, ...environment } })

describe('the demo as a program', () => {
  it('answers a wrong option on standard error, with what to type, and exit code 2', () => {
    const { status, stdout, stderr } = run('--only', 'teatime')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /Write one of: dead-agent, sleeping-agent, past-the-hook, scale-in, unhealthy, person, .*killed-lambda/,
    )
  })

  it('explains itself on standard output', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--without-guard')
  })

  it('says what to set where its files cannot be written, and ends', () => {
    const { status, stderr } = runIn({ TMPDIR: '/proc', NODE_OPTIONS: '' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/cannot write to the temporary directory \/proc: set TMPDIR\n$/)
  })

  it('leaves no file behind where who read it has gone', async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'termination-guard-test-'))
    const env = { ...process.env, TMPDIR, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, [MAIN, '--only', 'scale-in'], { env })
    child.stderr.once('data', () => child.stderr.destroy())
    expect(await once(child, 'close')).toEqual([130, null])
    expect(readdirSync(TMPDIR)).toEqual([])
    rmSync(TMPDIR, { recursive: true })
  }, 120_000)
})
