import { spawnSync } from 'node:child_process'
import { expect, it } from '@jest/globals'
import { shellWord } from '../src/shell-word.ts'

it.each(['web', 'a b', "it's", "'; echo owned; '", '$(id) `id` "$HOME" \\', '-n', '*', '#', ''])(
  'a shell takes %j for one word, and obeys nothing in it',
  (name) => {
    const { stdout } = spawnSync('bash', ['-c', `printf '<%s>' ${shellWord(name)}`], { encoding: 'utf8' })
    expect(stdout).toBe(`<${name}>`)
  },
)
