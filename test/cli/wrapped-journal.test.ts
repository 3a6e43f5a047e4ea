/** A journal that was saved otherwise than a line each: what is said of it, and that the command that is named unwraps it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from '@jest/globals'
import { logged } from '../journal/logged.ts'
import { goodEnd } from '../termination/good-end.ts'
import { CommandLine } from './command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'wrapped-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, "yester'day")

const ours = logged((await goodEnd(60)).journal).filter((line) => line.includes('"journal":'))
const lines = ['START RequestId: 1', ...ours, 'REPORT RequestId: 1']
const isJson = (line: string) => line.startsWith('{')
const stream = '2026-01-02T03:04:05.678000+00:00 2026/01/02/[$LATEST]0a1b'
const event = (line: string) => ({ timestamp: 1, message: `${line}\n`, eventId: '3' })
const doubled = (line: string) => line.replaceAll('"', '""')
const indented = (line: string) => JSON.stringify(JSON.parse(line), undefined, 2)

const history = async (...words: string[]) =>
  await new CommandLine().run('history', '--from', file, '--json', ...words)

/** The journal that the shell gets by the command that was named. */
function unwrapped(said: string): string[] {
  const command = /: {2}(.*) \| termination-guard history --from -$/m.exec(said)?.[1] ?? ''
  return spawnSync('/bin/bash', ['-c', command], { encoding: 'utf8' }).stdout.split('\n')
}

const [gzip, json, table, several] = [
  / is compressed, /,
  / as texts in JSON, /,
  / in a table, /,
  / in several, /,
]
it.each([
  ['exported', gzip, () => gzipSync(lines.join('\n'))],
  ['of filter-log-events', json, () => JSON.stringify({ events: lines.map(event) }, undefined, 4)],
  ['of a query of it', json, () => JSON.stringify(lines, undefined, 4)],
  ['of Firehose', json, () => lines.map((line) => JSON.stringify({ logEvents: [event(line)] })).join('')],
  [
    'of the console',
    table,
    () => `timestamp,message\n${lines.map((line) => `1,"${doubled(line)}\n"`).join('\n')}`,
  ],
  [
    'of Logs Insights',
    table,
    () => `@timestamp,@message\n${lines.map((line) => `1,"${doubled(line)}",2`).join('\n')}`,
  ],
  [
    'of tail --format json',
    several,
    () => lines.map((line) => `${stream} ${isJson(line) ? `\n${indented(line)}` : line}`).join('\n'),
  ],
] as const)('a journal %s is unwrapped by what is said of it', async (_, what, text) => {
  writeFileSync(file, text())
  for (const words of [[], ['i-0123456789abcdef0']]) {
    const { code, err } = await history(...words)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(what) })
    expect(err.startsWith(`${file} `)).toBe(true)
    if (!err.includes('jq ') || spawnSync('jq', ['--version']).status === 0)
      expect(unwrapped(err)).toEqual(expect.arrayContaining(ours))
  }
})

it('of which a line can be read is no wrapped one', async () => {
  writeFileSync(file, [...lines, JSON.stringify({ message: ours[0] })].join('\n'))
  expect(await history()).toMatchObject({ code: 0, err: '' })
})

it('of two logs one after the other is not told half, but put in order', async () => {
  const at = (day: number, line: string) =>
    line.replace(/"timestamp":"[^"]*"/, `"timestamp":"2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z"`)
  const first = Array.from({ length: 9 }, (_, day) => at(day + 1, ours[0] ?? ''))
  writeFileSync(file, [...first, ...ours.map((line) => at(2, line))].join('\n'))
  const { code, err } = await history()
  expect(code).toBe(1)
  expect(err).toMatch(
    /is not in the order of time, .* a line of 2026-01-02T00:00:00\.000Z comes after one of 2026-01-09T00:00:00\.000Z\./,
  )
  const inOrder = unwrapped(err)
  expect(inOrder.filter((line) => line !== '')).toHaveLength(first.length + ours.length)
  writeFileSync(file, inOrder.join('\n'))
  expect(await history()).toMatchObject({ code: 0, err: '' })
})

it('is not written over by its own page', async () => {
  writeFileSync(file, ours.join('\n'))
  const { code, err } = await history('--html', join(folder, '.', "yester'day"))
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^--html would be written over/) })
  expect(readFileSync(file, 'utf8')).toBe(ours.join('\n'))
})
