/** What the script prints: the manifest in its real encoding, so that production parsing runs. */
import { hash } from 'node:crypto'
import { crc32, gzipSync } from 'node:zlib'
import type { Command } from './flush-command.ts'
import type { Archiving } from './publisher.ts'
import type { Machine } from './simulated-machine.ts'

/** What the script knows besides the files. */
export interface Findings {
  readonly isQuiesced: boolean
  /** How many files were there when the last rotation was over. */
  readonly inventory: number
}

/** The line, inline or pointing to an object that holds the manifest. */
export function manifestLine(
  world: Archiving,
  machine: Machine,
  command: Command,
  findings: Findings,
): string {
  const { setting, chance, faults, bucket, time } = world
  const gzip = pack(manifestRecords(machine, command.parameters.purpose, findings))
  const inline = `termination-guard manifest 2 ${gzip.toString('base64')} end`
  if (inline.length <= setting.inlineManifestCharacters) return inline
  const key = `${command.parameters.manifestPrefix}${machine.instanceId}/${command.id}.gz`
  const line = `termination-guard manifest-at 2 ${key} ${hash('sha256', gzip, 'hex')} end`
  const isBroken = chance.of(faults['manifest-object-is-broken'])
  if (world.weather.refusesUploads) return line
  if (!isBroken || chance.of(0.5)) bucket.put(time.now, key, isBroken ? gzip.subarray(3) : gzip, 'single')
  return line
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

/** What is taken down before the last look; what appeared since is as live as what grew. */
function manifestRecords({ instanceId, disk }: Machine, purpose: string, findings: Findings): string[] {
  const { inventory } = findings
  const census = disk.files.length + disk.live().length
  const records = [`manifest\t2\t${instanceId}\t${purpose}\t${census}`]
  for (const { path, content, modifiedAt } of disk.files.slice(0, inventory)) {
    const modified = Math.floor(modifiedAt / 1000)
    records.push(`file\t${content.size}\t${content.md5}\t${content.sha256}\t${modified}\t-\t-\t${path}`)
  }
  for (const { path, content } of disk.files.slice(inventory)) records.push(`live\t${content.size}\t${path}`)
  for (const { path, size } of disk.live()) records.push(`live\t${size}\t${path}`)
  return [...records, `end\t${records.length}`]
}
