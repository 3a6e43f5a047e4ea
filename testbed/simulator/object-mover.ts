/** The pipeline behind the archive: it moves objects away under names of its own. */
import type { StoredObject } from './bucket.ts'
import type { Archiving } from './publisher.ts'

export function startCollector(world: Archiving): void {
  const { collector, policy } = world.setting
  if (!collector) return
  const { movedTo, manifestPrefix, receiptPrefix } = policy.archive
  // Where nobody told the guard to look, an object is as good as missing.
  const seen = movedTo.at(-1)
  let count = 0
  const isArchived = ({ key, putAt }: StoredObject) =>
    !key.startsWith(manifestPrefix) &&
    !key.startsWith(receiptPrefix) &&
    !key.startsWith('taken/') &&
    !movedTo.some((prefix) => key.startsWith(prefix)) &&
    putAt + collector.minAgeMs <= world.time.now
  const collect = () => {
    for (const object of [...world.bucket.objects()].filter(isArchived)) {
      const isOutOfSight = world.chance.of(world.faults['collector-moves-objects-out-of-sight'])
      const to = isOutOfSight ? 'taken/' : seen
      if (to) world.bucket.move(world.time.now, object, `${to}run-${++count}.log`)
    }
    world.time.after(collector.everyMs, collect)
  }
  world.time.after(collector.everyMs, collect)
}
