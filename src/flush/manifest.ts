/**
 * Reads what a flush printed. The manifest is untrusted input: it comes from the machine that is going away, through a
 * channel that truncates (SSM returns the first 24,000 characters of standard output, 2,500 in listings). A manifest
 * is whole or it is nothing.
 */
import { gunzipSync } from 'node:zlib'
import type { FlushPurpose, Manifest, ManifestFile } from '../model.ts'

/** A line found in a flush's standard output: the manifest itself, or where in S3 it lies because it did not fit. */
export type ManifestLine =
  | { readonly kind: 'inline'; readonly gzip: Uint8Array }
  | { readonly kind: 'object'; readonly key: string; readonly sha256: string }
  | { readonly kind: 'unreadable'; readonly why: string }

/** An unpacked manifest larger than this is refused: 50,000 files fit in well under it. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024

const INLINE = /^termination-guard manifest 1 ([A-Za-z0-9+/=]+) end$/m
const OBJECT = /^termination-guard manifest-at 1 ([A-Za-z0-9_./=-]{1,1024}) ([0-9a-f]{64}) end$/m

/** Finds the manifest line in standard output; anything else there is ignored. */
export function findManifestLine(stdout: string): ManifestLine {
  const inline = INLINE.exec(stdout)?.[1]
  if (inline) return { kind: 'inline', gzip: Buffer.from(inline, 'base64') }
  const object = OBJECT.exec(stdout)
  if (object?.[1] && object[2]) return { kind: 'object', key: object[1], sha256: object[2] }
  const why = stdout.includes('termination-guard manifest')
    ? 'the manifest was truncated'
    : 'the flush printed no manifest'
  return { kind: 'unreadable', why }
}

/** Unpacks a manifest. Throws an Error that says what is wrong with it; nothing of a broken manifest is believed. */
export function parseManifest(gzip: Uint8Array): Manifest {
  const payload = gunzipSync(gzip, { maxOutputLength: MAX_PAYLOAD_BYTES }).toString('utf8')
  if (!payload.endsWith('\0')) throw new Error('the manifest does not end with a whole record')
  const records = payload.slice(0, -1).split('\0')
  const last = records.pop() ?? ''
  if (last !== `end\t${records.length}`) throw new Error('the manifest has no matching end record')
  return assemble(records)
}

function assemble(records: readonly string[]): Manifest {
  const [head, ...rest] = records
  const [kind, version, instanceId, purpose, quiesced] = (head ?? '').split('\t')
  if (kind !== 'manifest' || version !== '1') throw new Error('the manifest has no head record of version 1')
  if (!instanceId || !isPurpose(purpose)) throw new Error('the manifest does not say whose it is')
  const files = new Map<string, ManifestFile>()
  const live: { path: string; size: number }[] = []
  const notes: string[] = []
  for (const record of rest) {
    const [name = '', ...fields] = record.split('\t')
    if (name === 'file') addFile(files, fields)
    else if (name === 'live') live.push({ size: parseSize(fields[0]), path: parsePath(fields.slice(1)) })
    else if (name === 'note') notes.push(fields.join('\t'))
    else throw new Error(`the manifest has a record of unknown kind ${JSON.stringify(name)}`)
  }
  return { instanceId, purpose, quiesced: quiesced === 'yes', files: [...files.values()], live, notes }
}

function addFile(files: Map<string, ManifestFile>, [size, md5 = '', sha256 = '', ...path]: string[]): void {
  if (!/^[0-9a-f]{32}$/.test(md5) || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error('the manifest has a file without its digests')
  }
  const file = { path: parsePath(path), size: parseSize(size), md5, sha256 }
  if (files.has(file.path)) throw new Error(`the manifest names ${JSON.stringify(file.path)} twice`)
  files.set(file.path, file)
}

function parseSize(text: string | undefined): number {
  if (!text || !/^[0-9]{1,15}$/.test(text)) throw new Error('the manifest has a size that is no number')
  return Number(text)
}

function parsePath(fields: string[]): string {
  const path = fields.join('\t')
  if (!path.startsWith('/')) throw new Error('the manifest has a path that is not absolute')
  return path
}

function isPurpose(text: string | undefined): text is FlushPurpose {
  return text === 'termination' || text === 'audit'
}
