/** A volume by its id, and never another that an answer may hold. */
import type { Volume } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'

/** As EC2 describes it; `undefined` when the answer is without it. Throws what EC2 refuses, a volume that it never heard of too. */
export async function describedVolume(
  aws: Pick<AwsApi, 'describeVolumes'>,
  volumeId: string,
): Promise<Volume | undefined> {
  const { Volumes } = await aws.describeVolumes({ VolumeIds: [volumeId] })
  return Volumes?.find((volume) => volume.VolumeId === volumeId)
}
