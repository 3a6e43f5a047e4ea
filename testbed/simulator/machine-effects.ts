/** What Auto Scaling and EC2 do to a machine. */
import type { Effect, Instance } from '../auto-scaling/auto-scaling.ts'
import { ROOT_DEVICE } from '../auto-scaling/machine-volumes.ts'
import type { Machine } from './simulated-machine.ts'

export type MachineEffect = Exclude<
  Effect,
  { do: 'launch' | 'notify' | 'publish' | 'snapshot' } | { volumeId: string } | { snapshotId: string }
>

/** `instance` is asked again at each use, since it may have changed by then. */
export function befall(
  machine: Machine | undefined,
  effect: MachineEffect,
  instance: () => Readonly<Instance> | undefined,
): void {
  if (!machine) return
  switch (effect.do) {
    case 'register':
      machine.start(true)
      return
    case 'deregister':
      machine.leaveService()
      return
    case 'power-off':
      if (!/:Proceed$|^Warmed:Stopped$/.test(instance()?.lifecycleState ?? '')) machine.hasVanished = true
      machine.powerOff()
      return
    case 'power-on':
      machine.powerOn()
      return
    case 'reboot':
      machine.reboot(
        () => instance()?.machine === 'running',
        () => hasGrown(instance()),
      )
      return
    case 'destroy':
      machine.destroy()
      return
    case 'replace-root-volume':
      machine.replaceDisk()
      return
  }
}

/** As a launch template says it. */
export function keepsItsDisk(InstanceId: string) {
  return {
    InstanceId,
    BlockDeviceMappings: [{ DeviceName: ROOT_DEVICE, Ebs: { DeleteOnTermination: false } }],
  }
}

/** A volume that is made larger has its size before that is optimized. */
function hasGrown(instance: Readonly<Instance> | undefined): boolean {
  const root = instance?.volumes.find(({ attachment }) => attachment?.isRoot)
  return root?.modification !== undefined && root.modification.state !== 'modifying'
}
