/** A journal of which some lines cannot be read: the others are told, and so is that something is missing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from '@jest/globals'
import { logged } from '../journal/logged.ts'
import { goodEnd } from '../termination/good-end.ts'
import { CommandLine } from './command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const lines = logged((await goodEnd(60)).journal)
const ends = lines.filter((line) => line.includes('"event":"action-ended"'))

async function history(journal: readonly string[], ...words: string[]) {
  const file = join(folder, 'journal.log')
  writeFileSync(file, `${journal.join('\n')}\n`)
  return await new CommandLine().run('history', '--from', file, ...words)
}

it('tells what is whole, names what is not, and ends with 1', async () => {
  const cut = ends[0]?.slice(0, 300) ?? ''
  const odd = JSON.stringify({ ...JSON.parse(ends[0] ?? ''), notes: 'none' })
  const { code, out, err } = await history([cut, ...lines, odd])
  expect(out).toMatch(/ archived /)
  expect(err).toMatch(
    /^What 2 lines of the journal told is missing: it cannot be read\. The first: it was cut, or is no JSON: \{"level"/,
  )
  expect(code).toBe(1)
})

it('says nothing of it where all is whole', async () => {
  expect(await history(lines)).toMatchObject({ code: 0, err: '' })
})

it('does not say that there is nothing, where nothing could be read', async () => {
  const { code, out, err } = await history([lines[0]?.slice(0, 100) ?? ''])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^What 1 line of the journal told is missing/)
})

it('of one instance tells what may have been about it, and nothing of what was about another', async () => {
  const { instanceId } = JSON.parse(ends[0] ?? '')
  const [nameless, another] = [lines[0]?.slice(0, 100) ?? '', '{"journal":1,"instanceId":"i-1","eve']
  expect(await history([...lines, nameless], instanceId)).toMatchObject({
    ...{ code: 1, err: expect.stringMatching(/^What 1 line of the journal told/) },
  })
  expect(await history([...lines, another], instanceId)).toMatchObject({ code: 0, err: '' })
})

it.each([[], ['i-0123456789abcdef0']])('is no journal where it is another file, for %j', async (...words) => {
  const { code, out, err } = await history(['hello', '{"level":"INFO"}'], ...words)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^No line of \S+ is of the guard’s journal/)
})

it('of another instance alone is a journal all the same', async () => {
  const { code, out, err } = await history(lines, 'i-0000000000000000f')
  expect({ code, out, err }).toEqual({ code: 1, out: 'The journal names no such termination.', err: '' })
})

it('of no line at all is said to be empty', async () => {
  writeFileSync(join(folder, 'empty'), '')
  const read = async (...words: string[]) =>
    await new CommandLine().run('history', '--from', join(folder, 'empty'), ...words)
  const err = `${join(folder, 'empty')} is empty.`
  expect(await read()).toEqual({ code: 0, out: 'The journal names no such termination.', err })
  expect(await read('i-0123456789abcdef0')).toMatchObject({ code: 1, err })
  expect(await read('--html', join(folder, 'empty.html'))).toMatchObject({ code: 0, err })
})

it('is written as a page all the same', async () => {
  const page = join(folder, 'day.html')
  const { code, out, err } = await history([...lines, '{"journal":1,'], '--html', page)
  expect({ code, out, err }).toMatchObject({ code: 1, out: `${page} has 1 termination.` })
  expect(err).toMatch(/^What 1 line of the journal told is missing/)
  expect(readFileSync(page, 'utf8')).toContain('archived')
})
