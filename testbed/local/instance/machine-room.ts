import { join } from 'node:path'
import { type Instance, type InstanceOptions, startInstance } from '../instance.ts'
import type { Launch } from '../machine.ts'
import { instancePrograms } from './programs.ts'

export interface MachineRoomOptions
  extends Omit<InstanceOptions, 'instanceId' | 'groupName' | 'disk' | 'programs' | 'fullHourAt'> {
  /** The disks are its subdirectories, named by instance id. */
  readonly directory: string
}

/** Every machine of one local AWS. */
export interface MachineRoom {
  readonly launch: Launch
  /** In the order of launch, whatever became of them. */
  instances(): readonly Instance[]
  find(instanceId: string): Instance | undefined
  /** Pulls every plug. The disks stay. */
  stop(): Promise<void>
}

/** A place for instances: launches them for Auto Scaling, and makes sure that none is left running. */
export function openMachineRoom(options: MachineRoomOptions): MachineRoom {
  const instances = new Map<string, Instance>()
  const launches = new Set<Promise<Instance>>()
  const programs = instancePrograms(process.env)
  const fullHourAt = Date.now()
  const start = async (instanceId: string, groupName: string) => {
    const disk = join(options.directory, instanceId)
    const instance = await startInstance({ ...options, instanceId, groupName, disk, programs, fullHourAt })
    instances.set(instanceId, instance)
    return instance
  }
  return {
    launch: ({ instanceId, groupName }) => {
      const launching = start(instanceId, groupName)
      launches.add(launching)
      return launching
    },
    instances: () => [...instances.values()],
    find: (instanceId) => instances.get(instanceId),
    stop: async () => {
      await Promise.allSettled(launches)
      await Promise.all([...instances.values()].map((instance) => instance.powerOff()))
    },
  }
}
