import { spawnSync } from 'node:child_process'
import { describe, expect } from '@jest/globals'
import { writtenScript } from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { has } from './disk.ts'
import { itWhere } from './it-where.ts'

const shellcheck = (script: string, ...options: string[]): string =>
  spawnSync('shellcheck', [...options, '-'], { input: script, encoding: 'utf8' }).stdout

const itWithShellcheck = itWhere(has('shellcheck'), 'shellcheck is not installed')

describe('shellcheck', () => {
  for (const kind of ['flush', 'salvage'] as const) {
    for (const name of ['beanstalk', 'files']) {
      itWithShellcheck(`finds nothing in the script of the ${kind} of profile ${name}`, async () => {
        // SC2034: the commands of the writers are used by their number, which it cannot see, and a salvage stops none.
        expect(shellcheck(writtenScript(loadProfile(name), kind), '--exclude=SC2034')).toBe('')
      })
    }
  }
})
