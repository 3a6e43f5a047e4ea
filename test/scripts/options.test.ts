/** What is typed wrongly behind our scripts is answered with what to type, and no stack. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'

const root = join(import.meta.dirname, '../..')
const type = (file: string, ...words: string[]) =>
  spawnSync(process.execPath, [join(root, file), ...words], { encoding: 'utf8' })

it.each([
  ['test/bench/main.ts', '--shrot', "unknown option '--shrot'"],
  ['test/bench/main.ts', '--only=nope', 'Write some of bundle,cold,'],
  ['test/bench/main.ts', '--before', 'argument missing'],
  ['test/flush/conservation/main.ts', '--cases=x', 'Write a whole number from 1 to '],
  ['test/flush/conservation/main.ts', '--seed', 'argument missing'],
  ['test/flush/conservation/main.ts', 'seed', 'too many arguments'],
  ['testbed/simulator/main.ts', '--seeds=x', 'type --seeds 1000'],
  ['testbed/simulator/main.ts', '--trace', '--trace prints one day: type --seed 7 --trace'],
  ['testbed/local/main.ts', '--port=70000', 'Write a whole number from 0 to 65535.'],
  ['testbed/local/main.ts', 'break', "missing required argument 'instance'"],
])('%s %s', (file, word, why) => {
  const { status, stdout, stderr } = type(file, word)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr).toMatch(/\nWrite `npm run [a-z]+ -- --help` for (all options|what can be typed)\.\n$/)
})

it.each([
  'test/bench/main.ts',
  'test/flush/conservation/main.ts',
  'testbed/simulator/main.ts',
  'testbed/local/main.ts',
  'scripts/mutants.ts',
])('%s explains itself', (file) => {
  expect(type(file, '--help')).toMatchObject({ status: 0, stderr: '' })
})
