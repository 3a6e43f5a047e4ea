/** The machines behind the instances, and their disks: what EC2 really starts, stops, copies and attaches on this machine. */
import { mkdir } from 'node:fs/promises'
import type { Launch, Machine } from '../machine.ts'
import type { Disks } from './disks.ts'

export interface Machines {
  /** Resolves once the machine runs. */
  start(instance: { readonly instanceId: string; readonly groupName: string }): Promise<void>
  get(instanceId: string): Machine | undefined
  /** Waits until everything that was asked for of one machine has happened. */
  ready(instanceId: string): Promise<void>
  shutDown(instanceId: string): void
  powerOn(instanceId: string): void
  reboot(instanceId: string): void
  destroy(instanceId: string): void
  replaceRootVolume(instanceId: string): void
  /** The volume as it is now: an instance's root, or one that was made or kept here. */
  snapshot(snapshotId: string, volumeId: string, instanceId: string | undefined): void
  /** With what the snapshot holds, or empty. */
  makeVolume(volumeId: string, snapshotId: string | undefined): void
  attachVolume(volumeId: string, instanceId: string, device: string): void
  /** Whatever is doing something with it finds that it does not answer any more. */
  detachVolume(volumeId: string, instanceId: string, device: string): void
  deleteVolume(volumeId: string): void
  deleteSnapshot(snapshotId: string): void
  /** Just before an instance is destroyed: its root outlives it. */
  keepVolume(volumeId: string, instanceId: string): void
  /** Waits until everything asked for has happened. */
  idle(): Promise<void>
  /** Switches everything off and deletes every disk. */
  stop(): Promise<void>
}

export function createMachines(launch: Launch, disks: Disks, failed: (error: unknown) => void): Machines {
  const machines = new Map<string, Machine>()
  const groups = new Map<string, string>()
  // What happens to one machine, or one disk, happens in order; those that have nothing to do with each other do not wait.
  const queues = new Map<string, Promise<void>>()

  const inOrder = (ids: readonly string[], work: () => Promise<void>): Promise<void> => {
    const done = Promise.all(ids.map((id) => queues.get(id))).then(work)
    const over = done.catch(() => {})
    for (const id of ids) queues.set(id, over)
    return done
  }
  const eventually = (instanceId: string, work: (machine: Machine) => Promise<void>) => {
    inOrder([instanceId], async () => {
      const machine = machines.get(instanceId)
      if (machine !== undefined) await work(machine)
    }).catch(failed)
  }
  const ofDisks = (ids: readonly string[], work: () => Promise<void>) => {
    inOrder(ids, work).catch(failed)
  }
  const machineOf = (instanceId: string): Machine => {
    const machine = machines.get(instanceId)
    if (machine === undefined) throw new Error(`there is no machine of ${instanceId}`)
    return machine
  }
  const start: Machines['start'] = async (instance) => {
    groups.set(instance.instanceId, instance.groupName)
    await inOrder([instance.instanceId], async () => {
      machines.set(instance.instanceId, await launch(instance))
    })
  }
  const destroy: Machines['destroy'] = (instanceId) => {
    eventually(instanceId, async (machine) => {
      machines.delete(instanceId)
      await machine.destroy()
    })
  }
  const powerOff = (instanceId: string) => {
    eventually(instanceId, (machine) => machine.powerOff())
  }
  return {
    start,
    shutDown: (instanceId) => eventually(instanceId, (machine) => machine.shutDown()),
    powerOn: (instanceId) => eventually(instanceId, (machine) => machine.powerOn()),
    reboot: (instanceId) => eventually(instanceId, (machine) => machine.reboot()),
    destroy,
    get: (instanceId) => machines.get(instanceId),
    ready: async (instanceId) => queues.get(instanceId),
    replaceRootVolume(instanceId) {
      powerOff(instanceId)
      destroy(instanceId)
      start({ instanceId, groupName: groups.get(instanceId) ?? '' }).catch(failed)
    },
    snapshot(snapshotId, volumeId, instanceId) {
      ofDisks([snapshotId, volumeId, instanceId ?? volumeId], async () => {
        if (instanceId === undefined || disks.has(volumeId)) await disks.copy(volumeId, snapshotId)
        else await disks.make(snapshotId, (folder) => machineOf(instanceId).copyDisk(folder))
      })
    },
    makeVolume: (volumeId, snapshotId) =>
      ofDisks([volumeId, snapshotId ?? volumeId], () =>
        snapshotId === undefined
          ? disks.make(volumeId, async (folder) => void (await mkdir(folder)))
          : disks.copy(snapshotId, volumeId),
      ),
    attachVolume(volumeId, instanceId, device) {
      ofDisks([volumeId, instanceId], async () => {
        machineOf(instanceId).attach({ volumeId, folder: disks.find(volumeId), device })
      })
    },
    detachVolume(volumeId, instanceId) {
      ofDisks([volumeId, instanceId], async () => machines.get(instanceId)?.detach(volumeId))
    },
    deleteVolume(volumeId) {
      ofDisks([volumeId], async () => {
        for (const machine of machines.values()) machine.detach(volumeId)
        await disks.remove(volumeId)
      })
    },
    deleteSnapshot: (snapshotId) => ofDisks([snapshotId], () => disks.remove(snapshotId)),
    keepVolume(volumeId, instanceId) {
      powerOff(instanceId)
      ofDisks([volumeId, instanceId], () =>
        disks.make(volumeId, (folder) => machineOf(instanceId).copyDisk(folder)),
      )
    },
    async idle() {
      await Promise.all(queues.values())
    },
    async stop() {
      await Promise.all(queues.values())
      for (const instanceId of machines.keys()) {
        powerOff(instanceId)
        destroy(instanceId)
      }
      await Promise.all(queues.values())
      await disks.removeAll()
    },
  }
}
