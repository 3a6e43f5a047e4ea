/** What of a disk is really in S3, read from the objects themselves. */
import { Content } from '../lines.ts'
import type { Disk } from '../simulated-disk.ts'
import type { World } from '../world.ts'

/** How many lines of this disk no object holds. Wherever an object was moved to counts. */
export function missingLines(world: World, disk: Disk): number {
  const isThere = new Uint8Array(disk.lines)
  for (const { bytes } of world.bucket.objects()) {
    if (!(bytes instanceof Content)) continue
    for (const { disk: number, line } of bytes.lines()) if (number === disk.number) isThere[line] = 1
  }
  return isThere.reduce((missing, there) => missing - there, disk.lines)
}
