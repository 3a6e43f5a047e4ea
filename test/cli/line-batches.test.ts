import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { lineBatches } from '../../src/cli/line-batches.ts'

async function linesOf(pieces: readonly (Uint8Array | string)[]): Promise<string[]> {
  const lines: string[] = []
  for await (const some of lineBatches(
    (async function* () {
      yield* pieces
    })(),
  ))
    lines.push(...some)
  return lines
}

it('lines are the same wherever the pieces of a file are cut, also within a character', async () => {
  const text = fc.array(fc.constantFrom('a', 'é', '𝛂', '\n', '"journal":1')).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(40), { maxLength: 5 }), async (whole, cuts) => {
      const bytes = new TextEncoder().encode(whole)
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      const lines = whole.split('\n')
      expect(await linesOf(pieces)).toEqual(lines.at(-1) === '' ? lines.slice(0, -1) : lines)
    }),
  )
})

it('a file without a last line end is read to its end', async () => {
  expect(await linesOf(['a\nb', 'c'])).toEqual(['a', 'bc'])
})

it('the mark that some editors begin a file with is no part of its first line', async () => {
  const bytes = new TextEncoder().encode('\ufeffa\n\ufeffb\n')
  for (const cut of [0, 1, 2, 3, 4])
    expect(await linesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(['a', '\ufeffb'])
})

it('what PowerShell 5 writes is read as any other text, wherever it is cut', async () => {
  const bytes = Buffer.from('\ufeffa\r\né𝛂\r\n', 'utf16le')
  for (let cut = 1; cut < bytes.length; cut++)
    expect(await linesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(['a\r', 'é𝛂\r'])
})
