/** The volumes that a machine is launched with, and what becomes of those it has when it ends. */
import { discard, retentionDays } from './recycle-bin.ts'
import type { Instance, World } from './state.ts'
import type { Volume } from './storage-state.ts'
import { callOff, plan } from './storage-steps.ts'

export const ROOT_DEVICE = '/dev/xvda'
/** What an Amazon Linux image asks for. */
const ROOT_SIZE_GIB = 8

/** A group's tags go to its instances, and not to their volumes. */
export function attachNewRoot(
  world: World,
  now: number,
  instance: Pick<Instance, 'id' | 'availabilityZone'>,
): Volume {
  const volume: Volume = {
    id: world.options.newId('volume'),
    availabilityZone: instance.availabilityZone,
    createdAt: now,
    seenFrom: now,
    // That of the image.
    snapshotId: 'snap-00000000000000000',
    type: 'gp3',
    isEncrypted: false,
    sizeGiB: ROOT_SIZE_GIB,
    tags: new Map(),
    state: 'in-use',
    attachment: {
      instanceId: instance.id,
      device: ROOT_DEVICE,
      since: now,
      isRoot: true,
      deleteOnTermination: true,
      state: 'attached',
    },
    modification: undefined,
    inBin: undefined,
    snapshotAt: Number.NEGATIVE_INFINITY,
  }
  world.volumes.set(volume.id, volume)
  return volume
}

/** The machine is gone. What is not deleted with it is detached; its root volume may outlive it that way, or go to the bin. */
export function destroy(world: World, now: number, instance: Instance): void {
  const { volumes } = instance
  instance.volumes = []
  for (const volume of volumes) part(world, now, volume)
  world.effects.push({ do: 'destroy', instanceId: instance.id })
  for (const volume of volumes) becomeOf(world, now, volume)
}

/** The old one goes as with the machine; the new one holds what that of a new machine holds, and has the size and the wish of the old one. */
export function replaceRoot(world: World, now: number, instance: Instance): void {
  const [old, ...others] = instance.volumes
  const replacement = attachNewRoot(world, now, instance)
  instance.volumes = [replacement, ...others]
  if (replacement.attachment && old?.attachment) {
    replacement.attachment.deleteOnTermination = old.attachment.deleteOnTermination
    replacement.sizeGiB = old.sizeGiB
  }
  if (old !== undefined) part(world, now, old)
  world.effects.push({ do: 'replace-root-volume', instanceId: instance.id })
  if (old !== undefined) becomeOf(world, now, old)
}

/** There was never such a machine. */
export function forgetVolumes(world: World, { volumes }: Instance): void {
  for (const { id } of volumes) world.volumes.delete(id)
}

/** What happens to the contents before the machine is gone. */
function part(world: World, now: number, volume: Volume): void {
  const { attachment, id: volumeId } = volume
  if (attachment === undefined) return
  const { instanceId, device, isRoot, deleteOnTermination, state } = attachment
  if (isRoot && (!deleteOnTermination || retentionDays(world, now, volume) > 0))
    world.effects.push({ do: 'keep-volume', volumeId, instanceId })
  if (!isRoot && state === 'attached')
    world.effects.push({ do: 'detach-volume', volumeId, instanceId, device })
}

function becomeOf(world: World, now: number, volume: Volume): void {
  const { attachment } = volume
  if (attachment === undefined || attachment.state === 'detaching') return
  callOff(world, volume, 'attached')
  if (attachment.deleteOnTermination) {
    discard(world, now, volume)
    return
  }
  attachment.state = 'detaching'
  plan(world, { at: now + world.timings.detachMs, what: 'detached', volume })
}
