/** What snapshots and volumes hold that are no machine's root, and where these are attached. */
import type { Effect } from '../auto-scaling/auto-scaling.ts'
import type { Disk } from './simulated-disk.ts'
import type { Machine } from './simulated-machine.ts'

/** A dead machine's disk as it was at one moment. */
export interface CopiedDisk {
  readonly machine: Machine
  readonly copiedAt: number
  /** A salvage gives logs other names there. */
  readonly disk: Disk
}

type StorageEffect = Extract<Effect, { volumeId: string } | { snapshotId: string }>

export class CopiedDisks {
  readonly #snapshots = new Map<string, CopiedDisk>()
  readonly #volumes = new Map<string, CopiedDisk>()
  /** The roots of machines that are gone, in the Recycle Bin or out of it; and deleted: who looks at a deletion asks what it was of. */
  readonly #kept = new Map<string, CopiedDisk>()
  /** By volume: the machine that has it, and under which name. */
  readonly #attached = new Map<string, string>()

  /** How many were made and are there, of both. */
  get count(): number {
    return this.#snapshots.size + this.#volumes.size
  }

  get areAttached(): boolean {
    return this.#attached.size > 0
  }

  carryOut(now: number, effect: StorageEffect, machines: ReadonlyMap<string, Machine>): void {
    switch (effect.do) {
      case 'snapshot': {
        const machine = machines.get(effect.instanceId ?? '')
        const copy = machine ? copyOf(now, machine) : this.#find(effect.volumeId)
        if (copy) this.#snapshots.set(effect.snapshotId, { ...copy, disk: copy.disk.copied() })
        return
      }
      case 'make-volume': {
        const copy = this.#snapshots.get(effect.snapshotId ?? '')
        if (copy) this.#volumes.set(effect.volumeId, { ...copy, disk: copy.disk.copied() })
        return
      }
      case 'keep-volume': {
        const machine = machines.get(effect.instanceId)
        if (machine) this.#kept.set(effect.volumeId, copyOf(now, machine))
        return
      }
      case 'attach-volume':
        this.#attached.set(effect.volumeId, `${effect.instanceId} ${effect.device}`)
        return
      case 'detach-volume':
        this.#attached.delete(effect.volumeId)
        return
      case 'delete-volume':
        this.#volumes.delete(effect.volumeId)
        return
      case 'delete-snapshot':
        this.#snapshots.delete(effect.snapshotId)
        return
    }
  }

  /** What a machine finds under that name, if it is that volume. */
  at(instanceId: string, volumeId: string, device: string): CopiedDisk | undefined {
    return this.#attached.get(volumeId) === `${instanceId} ${device}` ? this.#find(volumeId) : undefined
  }

  /** The root of a machine that is gone. */
  kept(volumeId: string): CopiedDisk | undefined {
    return this.#kept.get(volumeId)
  }

  #find(volumeId: string): CopiedDisk | undefined {
    return this.#volumes.get(volumeId) ?? this.#kept.get(volumeId)
  }
}

function copyOf(now: number, machine: Machine): CopiedDisk {
  machine.write()
  return { machine, copiedAt: now, disk: machine.disk.copied() }
}
