/** What makes a journal of a year quick to read, whatever the machine does meanwhile. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, jest } from '@jest/globals'
import { journalOf } from '../../src/cli/deployment.ts'
import { lineBatches, piecesOf } from '../../src/cli/line-batches.ts'
import { Reading } from '../../src/cli/reading.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'

/** So many that the file is read in several blocks. */
const MARKED = 8_000
const directory = mkdtempSync(join(tmpdir(), 'termination-guard-journal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
afterEach(() => {
  jest.restoreAllMocks()
})

/** Lines of two instances, with metrics and the platform's own between. */
function journal(): string {
  const file = join(directory, 'journal')
  const lines = Array.from({ length: MARKED }, (_, number) => {
    const instanceId = `i-0000000000000000${number % 2}`
    const line = { timestamp: '2026-01-02T03:04:05.678Z', journal: 1, event: 'sweep', instanceId, number }
    return `${JSON.stringify(line)}\n{"_aws":{"Timestamp":1},"Held":${number}}\nREPORT RequestId: ${number}\n`
  })
  writeFileSync(file, lines.join(''))
  return file
}

it('each line of the journal is parsed once, no other line is, and of another instance none', async () => {
  const file = journal()
  const parse = jest.spyOn(JSON, 'parse')
  const found: unknown[] = []
  for await (const lines of journalOf(() => piecesOf(file)).read(parseJournalLine, 0))
    found.push(...lines.map(({ event }) => (event as unknown as { number: number }).number))
  expect(found).toEqual(Array.from({ length: MARKED }, (_, number) => number))
  expect(parse).toHaveBeenCalledTimes(MARKED)
  parse.mockClear()
  let told = 0
  const { parse: parseOf } = new Reading('i-00000000000000001')
  for await (const lines of journalOf(() => piecesOf(file)).read(parseOf, 0)) told += lines.length
  expect(told).toBe(MARKED / 2)
  expect(parse).toHaveBeenCalledTimes(MARKED / 2)
})

it('a file is read in the same memory from its beginning to its end, in turn with one block ahead, and awaited once a piece', async () => {
  const [file, memories] = [journal(), new Set<ArrayBufferLike>()]
  let pieces = 0
  async function* watched() {
    for await (const piece of piecesOf(file)) {
      memories.add(piece.buffer)
      pieces++
      yield piece
    }
  }
  let batches = 0
  let lines = 0
  for await (const some of lineBatches(watched())) {
    batches++
    lines += some.length
  }
  expect({ lines, memories: memories.size }).toEqual({ lines: 3 * MARKED, memories: 2 })
  expect(pieces).toBeGreaterThan(2)
  expect(batches).toBe(pieces)
})

it('whoever stops in the middle of a file leaves nothing that is read or fails later', async () => {
  for await (const piece of piecesOf(journal())) {
    expect(piece.length).toBeGreaterThan(0)
    break
  }
  const reading = piecesOf(directory)
  await expect(reading.next()).rejects.toThrow('EISDIR')
})
