/** Which volume a machine runs from, and how many it has besides. */
import type { EbsInstanceBlockDevice, Instance } from '@aws-sdk/client-ec2'

/** As it is attached; `undefined`: EC2 does not tell, or the machine has none any more. */
export function rootOf(machine: Instance | undefined): EbsInstanceBlockDevice | undefined {
  return machine?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === machine.RootDeviceName)?.Ebs
}

/** It outlives its machine by its owner's wish. */
export function staysOf({ DeleteOnTermination }: EbsInstanceBlockDevice): boolean {
  return DeleteOnTermination === false
}

export function rootVolumeOf(machine: Instance | undefined): string | undefined {
  return rootOf(machine)?.VolumeId
}

/**
 * How many volumes of EBS the machine has besides; `undefined`: EC2 does not tell, as of a machine that is gone. `notItsOwn`: copies of
 * other machines' disks, which are attached to it for a while.
 */
export function otherVolumesOf(
  machine: Instance | undefined,
  notItsOwn: ReadonlySet<string> = new Set(),
): number | undefined {
  if (!rootOf(machine)) return undefined
  const others = machine?.BlockDeviceMappings?.filter(
    ({ DeviceName, Ebs }) =>
      Ebs && DeviceName !== machine.RootDeviceName && !notItsOwn.has(Ebs.VolumeId ?? ''),
  )
  return others?.length
}
