/** Which volume a machine runs from. */
import type { Instance } from '@aws-sdk/client-ec2'

/** `undefined`: EC2 does not tell, or it has none any more. */
export function rootVolumeOf(machine: Instance | undefined): string | undefined {
  const root = machine?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === machine.RootDeviceName)
  return root?.Ebs?.VolumeId
}
