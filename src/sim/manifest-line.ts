/** What the script prints: the manifest in its real encoding, so that production parsing runs. */
import { hash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Machine } from './machine.ts'
import type { Command } from './run-command.ts'
import type { World } from './world.ts'

/** The line, inline or pointing to an object that holds the manifest. */
export function manifestLine(world: World, machine: Machine, command: Command, isQuiesced: boolean): string {
  const { setting, chance, faults, bucket, time } = world
  const gzip = pack(manifestRecords(machine, command.parameters.purpose, isQuiesced))
  const inline = `termination-guard manifest 1 ${gzip.toString('base64')} end`
  if (inline.length <= setting.inlineManifestCharacters) return inline
  const key = `${command.parameters.manifestPrefix}${machine.instanceId}/${command.id}.gz`
  const isBroken = chance.of(faults['manifest-object-is-broken'])
  if (!isBroken || chance.of(0.5)) bucket.put(time.now, key, isBroken ? gzip.subarray(3) : gzip, 'single')
  return `termination-guard manifest-at 1 ${key} ${hash('sha256', gzip, 'hex')} end`
}

/** Little memory and no search: thousands of small manifests are packed in a second. */
export function pack(records: readonly string[]): Buffer {
  const payload = records.map((record) => `${record}\0`).join('')
  return gzipSync(payload, { level: 1, memLevel: 2, windowBits: 9 })
}

function manifestRecords({ instanceId, disk }: Machine, purpose: string, isQuiesced: boolean): string[] {
  const records = [`manifest\t1\t${instanceId}\t${purpose}\t${isQuiesced ? 'yes' : 'no'}`]
  for (const { path, content } of disk.files) {
    records.push(`file\t${content.size}\t${content.md5}\t${content.sha256}\t${path}`)
  }
  for (const { path, size } of disk.live()) records.push(`live\t${size}\t${path}`)
  return [...records, `end\t${records.length}`]
}
