/** What a file holds, whatever it was compressed with. */
import { execFileSync, spawnSync } from 'node:child_process'
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Form } from './situation.ts'

/** As many times as a file of this test can have been compressed. */
const MAX_LAYERS = 3

const FORMS: readonly { readonly magic: string; readonly unpack: (packed: Buffer) => Buffer }[] = [
  { magic: '1f8b', unpack: (packed) => gunzipSync(packed) },
  { magic: '28b52ffd', unpack: (packed) => zstdDecompressSync(packed) },
  { magic: 'fd377a585a00', unpack: (packed) => piped('xz', packed) },
  { magic: '425a68', unpack: (packed) => piped('bzip2', packed) },
]

/** A file that only begins like a compressed one is what it is. */
export function unpack(content: Buffer, layers = MAX_LAYERS): Buffer {
  const head = content.subarray(0, 6).toString('hex')
  const form = FORMS.find(({ magic }) => head.startsWith(magic))
  if (!form || layers === 0) return content
  try {
    return unpack(form.unpack(content), layers - 1)
  } catch {
    return content
  }
}

function piped(program: string, packed: Buffer): Buffer {
  const { status, stdout } = spawnSync(program, ['-dc'], { input: packed, maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${program} cannot read it`)
  return stdout
}

export function pack(content: string, form: Form): Buffer {
  switch (form) {
    case 'plain':
      return Buffer.from(content)
    case 'gz':
      return gzipSync(content)
    case 'zst':
      return zstdCompressSync(content)
    case 'xz':
      return execFileSync('xz', ['-c'], { input: content })
    case 'bz2':
      return execFileSync('bzip2', ['-c'], { input: content })
  }
}
