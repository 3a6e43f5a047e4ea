/** Where the bytes of objects are: small ones in memory, others in files with holes where they are zero. */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** Bytes that do not change any more. */
export interface Body {
  readonly size: number
  /** From `start` up to, and without, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>
  /** Gives the room back. Whoever reads already may end. */
  discard(): Promise<void>
}

/** Takes bytes in order. */
export interface BodyWriter {
  write(piece: Uint8Array): Promise<void>
  /** Such as `isZero` says; takes no room. */
  skip(zeros: Uint8Array): Promise<void>
  finish(): Promise<Body>
  abandon(): Promise<void>
}

const inMemoryBytes = 16 * 1024
const pieceBytes = 64 * 1024
const leastHole = 4096
const zeros = Buffer.alloc(1024 * 1024)

/** Whether a piece is worth a hole in a file. */
export function isZero(piece: Uint8Array): boolean {
  return (
    piece.length >= leastHole && piece.length <= zeros.length && zeros.subarray(0, piece.length).equals(piece)
  )
}

/** Files go into `directory`, named by number. */
export function createBodies(directory: string): () => BodyWriter {
  let files = 0
  return () => {
    files += 1
    return bodyWriter(join(directory, String(files)))
  }
}

function bodyWriter(file: string): BodyWriter {
  let size = 0
  let pending: Uint8Array[] = []
  let handle: FileHandle | undefined
  const spill = async () => {
    handle ??= await open(file, 'w+')
    const whole = Buffer.concat(pending)
    pending = []
    await writeAll(handle, whole, size - whole.length)
  }
  return {
    async write(piece) {
      size += piece.length
      if (handle !== undefined) return writeAll(handle, piece, size - piece.length)
      pending.push(piece)
      if (size > inMemoryBytes) await spill()
    },
    async skip(piece) {
      if (handle === undefined) await spill()
      size += piece.length
    },
    async finish() {
      if (handle === undefined) return memoryBody(Buffer.concat(pending))
      await handle.truncate(size)
      await handle.close()
      return fileBody(file, size)
    },
    async abandon() {
      await handle?.close()
      await rm(file, { force: true })
    },
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < piece.length) {
    const { bytesWritten } = await handle.write(piece, done, piece.length - done, position + done)
    done += bytesWritten
  }
}

function memoryBody(bytes: Buffer): Body {
  return {
    size: bytes.length,
    async *read(start, end) {
      if (end > start) yield bytes.subarray(start, end)
    },
    async discard() {},
  }
}

function fileBody(file: string, size: number): Body {
  return {
    size,
    async *read(start, end) {
      if (end <= start) return
      const handle = await open(file, 'r')
      try {
        for (let at = start; at < end; ) {
          const { bytesRead, buffer } = await handle.read(
            Buffer.allocUnsafe(Math.min(pieceBytes, end - at)),
            0,
            undefined,
            at,
          )
          if (bytesRead === 0) throw new Error(`${file} is shorter than ${size} bytes`)
          yield buffer.subarray(0, bytesRead)
          at += bytesRead
        }
      } finally {
        await handle.close()
      }
    },
    discard: () => rm(file, { force: true }),
  }
}

/** The parts of a multipart upload, one after the other. */
export function joinedBody(parts: readonly Body[]): Body {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    async *read(start, end) {
      let from = 0
      for (const part of parts) {
        yield* part.read(clamp(start - from, part.size), clamp(end - from, part.size))
        from += part.size
      }
    },
    async discard() {
      for (const part of parts) await part.discard()
    },
  }
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max)
}

export function streamOf(body: Body, start = 0, end = body.size): Readable {
  return Readable.from(body.read(start, end), { objectMode: false })
}
