import { open } from 'node:fs/promises'

/** More would be new memory from the system for each piece, which costs more than reading it. */
const PIECE_BYTES = 1 << 16

/** A file piece by piece, each in the same memory: it is the reader's only until the next is asked for. */
export async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file)
  try {
    const memory = Buffer.allocUnsafeSlow(PIECE_BYTES)
    for (;;) {
      const { bytesRead } = await handle.read(memory, 0, PIECE_BYTES)
      if (bytesRead === 0) return
      yield memory.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** A text in lines, as many at a time as a piece of it has: an await for each single line is what reading a large file would spend its time on. */
export async function* lineBatches(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}
