import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { S3Client } from '@aws-sdk/client-s3'
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { acceptedEventIds } from '../instance/access-log.ts'
import { PATHS } from '../instance/disk.ts'

/** What became of the events that somebody was told were accepted. `accepted = inS3 + kept + lost`. */
export interface Ledger {
  readonly accepted: number
  /** In an object under the publish prefix. */
  readonly inS3: number
  /** Not in S3, but on the disk of a retained instance. */
  readonly kept: number
  readonly lost: number
  /** In S3 more than once: in two objects, or twice in one. */
  readonly duplicated: number
}

/** Counts by unique event id. `archived` holds an id as often as it is in S3. */
export function countEvents(
  accepted: ReadonlySet<string>,
  archived: readonly string[],
  onKeptDisks: readonly string[],
): Ledger {
  const inS3 = new Set(archived)
  const onDisk = new Set(onKeptDisks)
  const seen = new Set<string>()
  const twice = new Set(archived.filter((id) => seen.size === seen.add(id).size))
  const ids = [...accepted]
  return {
    accepted: ids.length,
    inS3: ids.filter((id) => inS3.has(id)).length,
    kept: ids.filter((id) => !inS3.has(id) && onDisk.has(id)).length,
    lost: ids.filter((id) => !inS3.has(id) && !onDisk.has(id)).length,
    duplicated: twice.size,
  }
}

/** The event ids in the archive, read from the objects themselves as the pipeline behind S3 would read them: of the access logs. */
export function archivedEventIds(s3: S3Client, bucket: string, prefix: string): Promise<string[]> {
  return eventIdsBelow(s3, bucket, prefix, isAccessLog)
}

/** The event ids in objects under any key, read as those of the archive: whole lines, also within a tar. */
export function eventIdsAnywhere(s3: S3Client, bucket: string): Promise<string[]> {
  return eventIdsBelow(s3, bucket, '', () => true)
}

async function eventIdsBelow(
  s3: S3Client,
  bucket: string,
  prefix: string,
  isMeant: (key: string) => boolean,
): Promise<string[]> {
  const ids: string[] = []
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key } of page.Contents ?? []) {
      if (Key === undefined || !isMeant(Key)) continue
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
      ids.push(...eventIdsOfFile((await Body?.transformToByteArray()) ?? new Uint8Array()))
    }
  }
  return ids
}

/** The event ids on an instance's disk: its live access log and the rotated ones. */
export function eventIdsOnDisk(disk: string): string[] {
  return [PATHS.logs, PATHS.rotated].flatMap((directory) =>
    readdirSync(join(disk, directory), { withFileTypes: true })
      .filter((entry) => entry.isFile() && isAccessLog(entry.name))
      .flatMap(({ name }) => eventIdsOfFile(readFileSync(join(disk, directory, name)))),
  )
}

/** Whoever collects the archive looks for this anywhere in a key. */
function isAccessLog(name: string): boolean {
  return /localhost_access_log.*\.txt/.test(name)
}

/** A compressed file that was cut cannot be read by anybody: it counts as holding nothing. */
function eventIdsOfFile(content: Uint8Array): string[] {
  if (content[0] !== 0x1f || content[1] !== 0x8b)
    return acceptedEventIds(Buffer.from(content).toString('utf8'))
  try {
    return acceptedEventIds(gunzipSync(content).toString('utf8'))
  } catch {
    return []
  }
}
