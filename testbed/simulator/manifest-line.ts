/** What the script prints: the manifest in its real encoding, so that production parsing runs. */
import { hash } from 'node:crypto'
import { crc32, gzipSync } from 'node:zlib'
import type { Command } from './flush-command.ts'
import type { Archiving } from './publisher.ts'
import type { LogFile } from './simulated-disk.ts'
import type { Machine } from './simulated-machine.ts'

/** What a flush found, as its manifest tells it. */
export interface Findings {
  readonly census: number
  readonly files: readonly LogFile[]
  readonly live: readonly { readonly path: string; readonly size: number }[]
  readonly unaccounted: readonly Unaccounted[]
  readonly accounted: readonly string[]
  readonly writers: readonly { readonly name: string; readonly path: string }[]
}

export interface Unaccounted {
  readonly file: LogFile
  readonly why: string
}

/** Whose logs these are, by whose clock its files are dated, and since when the machine runs that tells of them. */
type Reporter = Pick<Machine, 'instanceId' | 'skewMs' | 'bootedAt'>

/** The line, inline or pointing to an object that holds the manifest. */
export function manifestLine(
  world: Archiving,
  machine: Reporter,
  command: Command,
  findings: Findings,
): { readonly text: string; readonly isSpoilt: boolean } {
  const { setting, chance, faults, bucket, time } = world
  const gzip = pack(manifestRecords(machine, command.parameters.purpose, findings, time.now))
  const inline = `termination-guard manifest 2 ${gzip.toString('base64')} end`
  if (inline.length <= setting.inlineManifestCharacters) return { text: inline, isSpoilt: false }
  const key = `${command.parameters.manifestPrefix}${machine.instanceId}/${command.id}.gz`
  const text = `termination-guard manifest-at 2 ${key} ${hash('sha256', gzip, 'hex')} end`
  const isBroken = chance.of(faults['manifest-object-is-broken'])
  if (world.weather.refusesUploads) return { text, isSpoilt: true }
  if (!isBroken || chance.of(0.5)) bucket.put(time.now, key, isBroken ? gzip.subarray(3) : gzip, 'single')
  return { text, isSpoilt: isBroken }
}

/** A gzip file whose one block is stored as it is: compressing is what would take most of a seed's time. */
export function pack(records: readonly string[]): Buffer {
  const payload = Buffer.from(records.map((record) => `${record}\0`).join(''))
  if (payload.length > 0xffff) return gzipSync(payload)
  const size = payload.length
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
  const block = [1, size & 0xff, size >> 8, ~size & 0xff, (~size >> 8) & 0xff]
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(payload), 0)
  trailer.writeUInt32LE(size, 4)
  return Buffer.concat([Buffer.from([...header, ...block]), payload, trailer])
}

function manifestRecords(
  { instanceId, skewMs, bootedAt }: Reporter,
  purpose: string,
  findings: Findings,
  now: number,
): string[] {
  const { census, files, live, unaccounted, accounted, writers } = findings
  const records = [
    `manifest\t2\t${instanceId}\t${purpose}\t${census}\t${Math.floor((now - bootedAt) / 1000)}`,
  ]
  for (const { path, content, modifiedAt } of files) {
    const modified = Math.max(0, Math.floor((modifiedAt + skewMs) / 1000))
    records.push(`file\t${content.size}\t${content.md5}\t${content.sha256}\t${modified}\t-\t-\t${path}`)
  }
  for (const { path, size } of live) records.push(`live\t${size}\t${path}`)
  for (const { file, why } of unaccounted)
    records.push(`unaccounted\t${file.content.size}\t${why}\t${file.path}`)
  for (const path of accounted) records.push(`accounted\t${path}`)
  for (const { name, path } of writers) records.push(`writer\t${name}\t${path}`)
  return [...records, `end\t${records.length}`]
}
