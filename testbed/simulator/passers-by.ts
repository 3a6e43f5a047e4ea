/** Other hands in the bucket: an object that was there is overwritten, or deleted by a person or a lifecycle rule. */
import { Content } from './lines.ts'
import { often } from './occasions.ts'
import type { Archiving } from './publisher.ts'
import { hour } from './setting.ts'

export function startPassersBy(world: Archiving): void {
  const { faults, setting } = world
  const hours = setting.chaosMs / hour
  const { manifestPrefix, receiptPrefix } = setting.policy.archive
  const theirs = () => {
    const keys = [...world.bucket.objects()]
      .map(({ key }) => key)
      .filter((key) => !key.startsWith(manifestPrefix) && !key.startsWith(receiptPrefix))
    return keys.length > 0 ? world.chance.pick(keys) : undefined
  }
  often(world, faults['object-is-overwritten-later'] * hours, () => {
    const key = theirs()
    if (!key) return
    world.trace?.note('s3', `somebody overwrites ${key}`)
    world.bucket.overwrite(world.time.now, key, new Content('something else\n'))
  })
  often(world, faults['object-is-deleted-later'] * hours, () => {
    const key = theirs()
    if (!key) return
    world.trace?.note('s3', `somebody deletes ${key}`)
    world.bucket.remove(world.time.now, key)
  })
}
