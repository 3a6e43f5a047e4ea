/** The machines behind the instances: what EC2 really starts and stops on this machine. */
import type { Launch, Machine } from '../machine.ts'

export interface Machines {
  /** Resolves once the machine runs. */
  start(instance: { readonly instanceId: string; readonly groupName: string }): Promise<void>
  get(instanceId: string): Machine | undefined
  powerOff(instanceId: string): void
  reboot(instanceId: string): void
  destroy(instanceId: string): void
  replaceRootVolume(instanceId: string): void
  /** `instanceId`: the machine whose root volume it is. */
  snapshot(snapshotId: string, volumeId: string, instanceId: string | undefined): void
  makeVolume(volumeId: string, snapshotId: string | undefined): void
  attachVolume(volumeId: string, instanceId: string, device: string): void
  detachVolume(volumeId: string, instanceId: string, device: string): void
  keepVolume(volumeId: string, instanceId: string): void
  deleteVolume(volumeId: string): void
  deleteSnapshot(snapshotId: string): void
  /** Waits until everything asked for has happened. */
  idle(): Promise<void>
  /** Switches everything off and deletes every disk. */
  stop(): Promise<void>
}

export function createMachines(launch: Launch, failed: (error: unknown) => void): Machines {
  const machines = new Map<string, Machine>()
  const groups = new Map<string, string>()
  // What happens to one machine happens in order; machines do not wait for each other.
  const queues = new Map<string, Promise<void>>()

  const inOrder = (instanceId: string, work: () => Promise<void>): Promise<void> => {
    const done = (queues.get(instanceId) ?? Promise.resolve()).then(work)
    queues.set(
      instanceId,
      done.catch(() => {}),
    )
    return done
  }
  const eventually = (instanceId: string, work: (machine: Machine) => Promise<void>) => {
    inOrder(instanceId, async () => {
      const machine = machines.get(instanceId)
      if (machine !== undefined) await work(machine)
    }).catch(failed)
  }
  const start: Machines['start'] = async (instance) => {
    groups.set(instance.instanceId, instance.groupName)
    await inOrder(instance.instanceId, async () => {
      machines.set(instance.instanceId, await launch(instance))
    })
  }
  const destroy: Machines['destroy'] = (instanceId) => {
    eventually(instanceId, async (machine) => {
      machines.delete(instanceId)
      await machine.destroy()
    })
  }
  const powerOff: Machines['powerOff'] = (instanceId) => {
    eventually(instanceId, (machine) => machine.powerOff())
  }
  return {
    start,
    powerOff,
    reboot: (instanceId) => eventually(instanceId, (machine) => machine.reboot()),
    destroy,
    get: (instanceId) => machines.get(instanceId),
    replaceRootVolume(instanceId) {
      powerOff(instanceId)
      destroy(instanceId)
      start({ instanceId, groupName: groups.get(instanceId) ?? '' }).catch(failed)
    },
    snapshot() {},
    makeVolume() {},
    attachVolume() {},
    detachVolume() {},
    keepVolume() {},
    deleteVolume() {},
    deleteSnapshot() {},
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
    },
  }
}
