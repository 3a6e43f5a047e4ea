/** `Content-Encoding: aws-chunked`: a body in chunks that may be signed, with trailers that may hold its checksum. */
import { incompleteBody, S3Error } from './s3-errors.ts'

const maxLine = 16 * 1024

/** The bytes themselves. Trailers are put into `trailers`, by their names in lower case, before it ends. */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = createReader(source)
  for (;;) {
    const size = chunkSize(await reader.line())
    if (size === 0) break
    yield* reader.bytes(size)
    if ((await reader.line()) !== '') throw malformedChunk()
  }
  for (;;) {
    const line = await reader.line()
    if (line === '') return
    const [name = '', ...value] = line.split(':')
    trailers.set(name.trim().toLowerCase(), value.join(':').trim())
  }
}

function chunkSize(line: string): number {
  const [size = ''] = line.split(';')
  if (/^[0-9a-fA-F]{1,12}$/.test(size)) return Number.parseInt(size, 16)
  throw malformedChunk()
}

function malformedChunk(): S3Error {
  return new S3Error('InvalidRequest', 'The chunks of the body are not well-formed.')
}

function createReader(source: AsyncIterable<Buffer>) {
  const pieces = source[Symbol.asyncIterator]()
  let left: Buffer = Buffer.alloc(0)
  let isOver = false
  const more = async (): Promise<boolean> => {
    const next = isOver ? undefined : await pieces.next()
    isOver = next === undefined || next.done === true
    if (next === undefined || next.done === true) return false
    left = left.length === 0 ? next.value : Buffer.concat([left, next.value])
    return true
  }
  return {
    /** Without its end. The end of the body is an empty line too: what follows the last chunk may be missing. */
    async line(): Promise<string> {
      for (;;) {
        const end = left.indexOf('\r\n')
        if (end >= 0) {
          const line = left.toString('latin1', 0, end)
          left = left.subarray(end + 2)
          return line
        }
        if (left.length > maxLine) throw malformedChunk()
        if (await more()) continue
        if (left.length > 0) throw incompleteBody()
        return ''
      }
    },
    async *bytes(count: number): AsyncGenerator<Buffer> {
      for (let missing = count; missing > 0; ) {
        if (left.length === 0 && !(await more())) throw incompleteBody()
        const piece = left.subarray(0, missing)
        left = left.subarray(piece.length)
        missing -= piece.length
        yield piece
      }
    },
  }
}
