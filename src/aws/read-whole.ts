/** An object in memory: only what may not be larger than so much is read so. */
import type { ObjectBody } from './api.ts'

/** `undefined`: it is larger, and no more of it is read. */
export async function readWhole(body: ObjectBody, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
