/** What volumes and snapshots do next by themselves. */
import type { World } from './state.ts'
import type { StorageStep, Volume } from './storage-state.ts'

export function plan(world: World, step: StorageStep): void {
  world.storageSteps.add(step)
}

/** What was to become of the volume does not. */
export function callOff(world: World, volume: Volume, what: StorageStep['what']): void {
  for (const step of world.storageSteps)
    if (step.what === what && 'volume' in step && step.volume === volume) world.storageSteps.delete(step)
}

/** When the first of them is due. */
export function storageDueAt({ storageSteps }: World): number {
  let first = Number.POSITIVE_INFINITY
  for (const { at } of storageSteps) first = Math.min(first, at)
  return first
}

/** Carries out the one that is due first. */
export function applyFirstStorageStep(world: World): void {
  const dueAt = storageDueAt(world)
  const step = [...world.storageSteps].find(({ at }) => at === dueAt)
  if (step === undefined) return
  world.storageSteps.delete(step)
  apply(world, step)
}

function apply(world: World, step: StorageStep): void {
  switch (step.what) {
    case 'created':
      step.volume.state = 'available'
      return
    case 'attached':
      arriveAtMachine(world, step.volume)
      return
    case 'detached':
      leaveMachine(world, step.volume)
      return
    case 'grown':
      grow(world, step.at, step.volume)
      return
    case 'optimized':
      if (step.volume.modification === undefined) return
      step.volume.modification.state = 'completed'
      step.volume.modification.endedAt = step.at
      return
    case 'volume-gone':
      world.volumes.delete(step.volume.id)
      return
    case 'bin-expired':
      world.volumes.delete(step.volume.id)
      world.effects.push({ do: 'delete-volume', volumeId: step.volume.id })
      return
    case 'completed':
      step.snapshot.state = 'completed'
      step.snapshot.completedAt = step.at
      // One that was deleted meanwhile is completed first.
      if (step.snapshot.isDeleted) world.snapshots.delete(step.snapshot.id)
      return
    case 'snapshot-gone':
      world.snapshots.delete(step.snapshot.id)
      return
  }
}

function arriveAtMachine(world: World, { id, attachment }: Volume): void {
  if (attachment === undefined) return
  attachment.state = 'attached'
  const { instanceId, device } = attachment
  world.effects.push({ do: 'attach-volume', volumeId: id, instanceId, device })
}

function leaveMachine(world: World, volume: Volume): void {
  const instance = world.instances.get(volume.attachment?.instanceId ?? '')
  if (instance !== undefined) instance.volumes = instance.volumes.filter((other) => other !== volume)
  volume.attachment = undefined
  volume.state = 'available'
}

function grow(world: World, at: number, volume: Volume): void {
  if (volume.modification === undefined) return
  volume.modification.state = 'optimizing'
  volume.sizeGiB = volume.modification.targetSizeGiB
  plan(world, { at: at + world.timings.modifyVolumeMs, what: 'optimized', volume })
}
