/** A page is written as a whole, or what was there stays. */
import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from '@jest/globals'
import { writeWhole } from '../../src/cli/whole-file.ts'
import { itWhere } from '../flush/it-where.ts'
import { logged } from '../journal/logged.ts'
import { goodEnd } from '../termination/good-end.ts'
import { CommandLine } from './command-line.ts'

const root = mkdtempSync(join(tmpdir(), 'termination-guard-test-'))
const folder = join(root, 'pages')
const page = join(folder, 'day.html')
const journal = join(root, 'journal')
writeFileSync(journal, logged((await goodEnd(60)).journal).join('\n'))
afterAll(() => rmSync(root, { recursive: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

it('takes the place of what was there, with its mode, and leaves nothing else', async () => {
  writeFileSync(page, 'the day before', { mode: 0o600 })
  await writeWhole(page, 'today')
  expect(readFileSync(page, 'utf8')).toBe('today')
  expect(statSync(page).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['day.html'])
})

it('a link stays one, and what it names is written', async () => {
  writeFileSync(join(root, 'elsewhere.html'), '')
  symlinkSync(join(root, 'elsewhere.html'), page)
  await writeWhole(page, 'today')
  expect(lstatSync(page).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(root, 'elsewhere.html'), 'utf8')).toBe('today')
})

/** As a full disk does: no file may be larger than this. */
const LIMITED = `ulimit -f 1; trap '' XFSZ; exec "$0" "$@"`
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

it.each([undefined, 'the day before'])('of a page for which there is no room, %j stays', async (before) => {
  if (before !== undefined) writeFileSync(page, before)
  const words = [process.execPath, MAIN, 'history', '--from', journal, '--html', page]
  const child = spawn('bash', ['-c', LIMITED, ...words])
  let err = ''
  child.stderr.on('data', (data) => (err += data))
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(err).toMatch(/^Cannot write \S+day\.html: EFBIG.*\nName another file with --html\.\n$/)
  expect(code).toBe(1)
  expect(existsSync(page) ? readFileSync(page, 'utf8') : undefined).toBe(before)
  expect(readdirSync(folder)).toEqual(before === undefined ? [] : ['day.html'])
})

itWhere(existsSync('/dev/full'), 'no device is full here')(
  'what keeps nothing is written as it is',
  async () => {
    const { code, err } = await new CommandLine().run('history', '--from', journal, '--html', '/dev/full')
    expect(code).toBe(1)
    expect(err).toMatch(/^Cannot write \/dev\/full: .*ENOSPC/)
    expect(await new CommandLine().run('history', '--from', journal, '--html', '/dev/null')).toMatchObject({
      ...{ code: 0, out: '/dev/null has 1 termination.' },
    })
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  },
)
