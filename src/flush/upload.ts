import { gzipSync } from 'node:zlib'

/** As many characters as the `Upload` parameter takes: the names of some 200 rotated logs, beside a script that fills its document. */
export const MAX_UPLOAD_CHARS = 900

/** Every file of the manifest: what a list that would be too long falls back to. */
export const UPLOAD_ALL = '*'

/** The value of the document's `Upload` parameter that asks for exactly these files (absolute paths on the instance). */
export function encodeUpload(paths: readonly string[]): string {
  const list = paths.map((path) => `${path}\0`).join('')
  const encoded = gzipSync(list, { level: 9 }).toString('base64')
  return encoded.length > MAX_UPLOAD_CHARS ? UPLOAD_ALL : encoded
}
