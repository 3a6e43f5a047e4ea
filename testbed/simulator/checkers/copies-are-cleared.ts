/**
 * Copies of disks: made of a machine only while our hook holds it, salvaged by one in service under the dead one's name, and gone in the
 * end. No machine's own volume is attached elsewhere, taken off or deleted.
 */
import type { CopiedDisk } from '../copied-disks.ts'
import { publishPrefix } from '../publisher.ts'
import { STALEST_VIEW_MS } from '../stale-views.ts'
import type { World } from '../world.ts'
import { lastActionOf, owedLines } from './archive.ts'
import type { Checker } from './checker.ts'
import { heldSince } from './held-since.ts'

const MOVING = ['attachVolume', 'detachVolume', 'deleteVolume']

export function copiesAreCleared(world: World): Checker {
  const { region } = world
  return {
    called(run, operation, input: { VolumeId?: string }, tookEffect) {
      if (!tookEffect || input.VolumeId === undefined) return
      const owner = rootOwner(world, input.VolumeId)
      const kept = region.copies.kept(input.VolumeId)
      if (operation === 'deleteVolume' && kept && unsaved(world, kept, run.startedAt) > 0)
        world.violation('S1', `the disk of ${kept.machine.instanceId} is deleted, and not all of it is in S3`)
      if (operation === 'deleteVolume' && kept && world.setting.ownersKeepDisks)
        world.violation('recovery', `${input.VolumeId} is deleted, which its owner keeps`)
      if (operation === 'createSnapshot' && !kept && !heldSince(world, owner ?? '', run.startedAt))
        world.violation(
          'S4',
          `the disk of ${owner ?? input.VolumeId} is copied, and our hook does not hold it`,
        )
      if (MOVING.includes(operation) && owner !== undefined)
        world.violation('recovery', `${operation} of ${input.VolumeId}, from which ${owner} runs`)
    },
    flushSent({ instanceId, parameters: { purpose, prefix }, comment }, run) {
      if (purpose !== 'salvage') return
      const dead = region.machines.get(/^salvage:(\S+)/.exec(comment)?.[1] ?? '')
      if (!dead || prefix !== publishPrefix(world, dead))
        world.violation('S4', `the salvage of ${dead?.instanceId} writes to ${prefix}`)
      const on = region.model.instances().find(({ id }) => id === instanceId)
      const leftAt = on?.departure?.activity.StartTime?.getTime() ?? Number.POSITIVE_INFINITY
      if (!on || on.groupName !== dead?.groupName || leftAt + STALEST_VIEW_MS < run.startedAt)
        world.violation('recovery', `${instanceId} salvages, and is not in service in the same group`)
    },
    atRest() {
      if (region.copies.count > 0 && !isHindered(world))
        world.violation('recovery', `${region.copies.count} snapshots and volumes are left`)
    },
  }
}

/** How many lines the disk holds that no object does: of those that the last action of its machine owes, where there was one. */
function unsaved(world: World, { disk }: CopiedDisk, since: number): number {
  const { bucket } = world
  const last = lastActionOf(world, disk)
  if (last) return owedLines(world, last, since)
  const copy = disk.copied()
  copy.rotate({ isHeld: () => true, isOutside: () => false, fails: () => false })
  const lines = copy.files.flatMap(({ content }) => content.lines())
  return lines.filter(({ line }) => !bucket.holds(disk.number, line, since)).length
}

/** The machine that runs from this volume. */
export function rootOwner({ region }: World, volumeId: string | undefined): string | undefined {
  return region.model
    .instances()
    .find(({ volumes }) => volumes.some(({ id, attachment }) => id === volumeId && attachment?.isRoot))?.id
}

/** What EC2 never lets us throw away stays, and is told; so is what is attached where SSM never tells whether it is being salvaged. */
export function isHindered({ weather, region }: World): boolean {
  return weather.is('ec2-denies-for-good') || (weather.is('ssm-denies-for-good') && region.copies.areAttached)
}
