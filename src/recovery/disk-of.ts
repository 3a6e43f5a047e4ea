/** The volume that a machine runs from, where it must be known. */
import type { AwsApi } from '../aws/api.ts'
import { describedInstance } from '../termination/machine-state.ts'
import { rootVolumeOf } from '../termination/root-volume.ts'

/** Its id. Throws where EC2 does not tell. */
export async function diskOf(aws: AwsApi, instanceId: string): Promise<string> {
  const volumeId = rootVolumeOf(await describedInstance(aws, instanceId))
  if (volumeId === undefined) throw new Error(`EC2 does not tell which volume ${instanceId} runs from`)
  return volumeId
}
