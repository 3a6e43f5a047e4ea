/**
 * Reads what a flush printed. The manifest is untrusted input: it comes from the machine that is going away, through a
 * channel that truncates (SSM returns the first 24,000 characters of standard output, 2,500 in listings). A manifest
 * is whole or it is nothing.
 */
import { gunzipSync } from 'node:zlib'
import type { FlushPurpose, Manifest, ManifestFile, MultipartDigests } from '../model.ts'

/** A line found in a flush's standard output: the manifest itself, or where in S3 it lies because it did not fit. */
export type ManifestLine =
  | { readonly kind: 'inline'; readonly gzip: Uint8Array }
  | { readonly kind: 'object'; readonly key: string; readonly sha256: string }
  | { readonly kind: 'unreadable'; readonly why: string }

/** An unpacked manifest larger than this is refused: 50,000 files fit in well under it. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024
/** Most manifests unpack to less than this, and each pass reads some: zlib sets aside four times as much for itself. */
const CHUNK_BYTES = 4096

/** How each such line begins. */
export const MANIFEST = 'termination-guard manifest'

const INLINE = /^termination-guard manifest 2 ([A-Za-z0-9+/=]+) end$/m
const OBJECT = /^termination-guard manifest-at 2 ([A-Za-z0-9_./=-]{1,1024}) ([0-9a-f]{64}) end$/m

/** Finds the manifest line in standard output; anything else there is ignored. */
export function findManifestLine(stdout: string): ManifestLine {
  const inline = INLINE.exec(stdout)?.[1]
  if (inline) return { kind: 'inline', gzip: Buffer.from(inline, 'base64') }
  const object = OBJECT.exec(stdout)
  if (object?.[1] && object[2]) return { kind: 'object', key: object[1], sha256: object[2] }
  const why = stdout.includes(MANIFEST) ? 'the manifest was truncated' : 'the flush printed no manifest'
  return { kind: 'unreadable', why }
}

/** Unpacks a manifest. Throws an Error that says what is wrong with it; nothing of a broken manifest is believed. */
export function parseManifest(gzip: Uint8Array): Manifest {
  const unpacked = gunzipSync(gzip, { maxOutputLength: MAX_PAYLOAD_BYTES, chunkSize: CHUNK_BYTES })
  const payload = unpacked.toString('utf8')
  if (!payload.endsWith('\0')) throw new Error('the manifest does not end with a whole record')
  const records = payload.slice(0, -1).split('\0')
  const last = records.pop() ?? ''
  if (last !== `end\t${records.length}`) throw new Error('the manifest has no matching end record')
  return assemble(records)
}

function assemble([head = '', ...records]: readonly string[]): Manifest {
  const [kind, version, instanceId, purpose, census, uptime] = head.split('\t')
  if (kind !== 'manifest' || version !== '2') throw new Error('the manifest has no head record of version 2')
  if (!instanceId || !isPurpose(purpose)) throw new Error('the manifest does not say whose it is')
  const told: Told = { files: [], live: [], unaccounted: [], accounted: [], writers: [], notes: [] }
  for (const record of records) takeIn(told, record.split('\t'))
  eachOnce(told.files)
  return {
    instanceId,
    purpose,
    census: parseSize(census),
    // A salvage's machine is another one.
    ...(uptime && purpose !== 'salvage' && { uptimeSeconds: parseSize(uptime) }),
    ...told,
  }
}

/** What the records after the head tell. */
type Told = {
  readonly [Part in
    | 'files'
    | 'live'
    | 'unaccounted'
    | 'accounted'
    | 'writers'
    | 'notes']: Manifest[Part][number][]
}

function takeIn(told: Told, fields: readonly string[]): void {
  const [kind, first, second = ''] = fields
  switch (kind) {
    case 'file':
      told.files.push(parseFile(fields))
      return
    case 'live':
      told.live.push({ size: parseSize(first), path: parsePath(fields, 2) })
      return
    case 'unaccounted':
      told.unaccounted.push({ size: parseSize(first), why: second, path: parsePath(fields, 3) })
      return
    case 'accounted':
      told.accounted.push(parsePath(fields, 1))
      return
    case 'writer':
      told.writers.push({ name: first ?? '', path: parsePath(fields, 2) })
      return
    case 'note':
      told.notes.push(fields.slice(1).join('\t'))
      return
  }
  throw new Error(`the manifest has a record of unknown kind ${JSON.stringify(kind)}`)
}

function eachOnce(files: readonly ManifestFile[]): void {
  const seen = new Set<string>()
  for (const { path } of files) {
    if (seen.has(path)) throw new Error(`the manifest names ${JSON.stringify(path)} twice`)
    seen.add(path)
  }
}

function parseFile(fields: readonly string[]): ManifestFile {
  const [, size, md5 = '', sha256 = '', modified, etag = '', composite = ''] = fields
  if (!/^[0-9a-f]{32}$/.test(md5) || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error('the manifest has a file without its digests')
  }
  const multipart = parseMultipart(etag, composite)
  const modifiedAt = parseTime(modified)
  return {
    path: parsePath(fields, 7),
    size: parseSize(size),
    md5,
    sha256,
    modifiedAt,
    ...(multipart && { multipart }),
  }
}

function parseMultipart(etag: string, sha256: string): MultipartDigests | undefined {
  if (etag === '-' && sha256 === '-') return undefined
  const isComposite = sha256 === '-' || /^[A-Za-z0-9+/]{43}=-[0-9]{1,5}$/.test(sha256)
  if (!/^[0-9a-f]{32}-[0-9]{1,5}$/.test(etag) || !isComposite) {
    throw new Error('the manifest has a file whose multipart digests are none')
  }
  return sha256 === '-' ? { etag } : { etag, sha256 }
}

function parseSize(text: string | undefined): number {
  if (!text || !/^[0-9]{1,15}$/.test(text)) throw new Error('the manifest has a size that is no number')
  return Number(text)
}

/** The end of what a Date can tell: a clock that was wrong, or a program, may have dated a file beyond it, or before 1970. */
const LAST_MOMENT = 8.64e15

function parseTime(text: string | undefined): number {
  if (!text || !/^-?[0-9]{1,20}$/.test(text)) throw new Error('the manifest has a time that is no number')
  return Math.max(-LAST_MOMENT, Math.min(LAST_MOMENT, Number(text) * 1000))
}

/** The last field of a record; a path may hold tabs. */
function parsePath(fields: readonly string[], from: number): string {
  const path = fields.slice(from).join('\t')
  if (!path.startsWith('/')) throw new Error('the manifest has a path that is not absolute')
  return path
}

function isPurpose(text: string | undefined): text is FlushPurpose {
  return text === 'termination' || text === 'audit' || text === 'salvage'
}
