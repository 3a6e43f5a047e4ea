/** The disks of guarded machines that the Recycle Bin is to keep: which are marked, which are in the bin, which outlived their machine. */
import type { Instance, Volume } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'
import { binKey, diskKey, LET_GO, type MarkedDisk, readMark } from '../termination/disk-mark.ts'
import { rootVolumeOf } from '../termination/root-volume.ts'
import { pages } from './every-page.ts'

/** A filter takes so many values. */
const AT_ONCE = 200

/** The machines of these groups that run, or will, whose root volume is not marked yet. */
export async function unmarkedDisks(
  aws: AwsApi,
  hookName: string,
  groupNames: readonly string[],
): Promise<MarkedDisk[]> {
  const found: MarkedDisk[] = []
  for (let from = 0; from < groupNames.length; from += AT_ONCE) {
    const Filters = [
      { Name: 'tag:aws:autoscaling:groupName', Values: groupNames.slice(from, from + AT_ONCE) },
      { Name: 'instance-state-name', Values: ['pending', 'running'] },
    ]
    for await (const machine of machines(aws, Filters)) {
      const volumeId = rootVolumeOf(machine)
      const groupName = machine.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value
      const instanceId = machine.InstanceId
      if (!volumeId || !groupName || !instanceId) continue
      // A machine that got another disk has an older mark.
      if (readMark(hookName, machine.Tags)?.volumeId !== volumeId)
        found.push({ instanceId, volumeId, groupName })
    }
  }
  return found
}

/** The machines that are gone and were marked, as long as EC2 shows them: about an hour. */
export async function markedAndGone(aws: AwsApi, hookName: string): Promise<MarkedDisk[]> {
  const Filters = [
    { Name: 'tag-key', Values: [diskKey(hookName)] },
    { Name: 'instance-state-name', Values: ['shutting-down', 'terminated'] },
  ]
  const found: MarkedDisk[] = []
  for await (const { Tags } of machines(aws, Filters)) {
    const mark = readMark(hookName, Tags)
    if (mark) found.push(mark)
  }
  return found
}

async function* machines(
  aws: AwsApi,
  Filters: { Name: string; Values: string[] }[],
): AsyncGenerator<Instance> {
  yield* pages(async (more) => {
    const { Reservations, NextToken } = await aws.describeInstances({ Filters, ...more })
    return { items: (Reservations ?? []).flatMap(({ Instances }) => Instances ?? []), NextToken }
  })
}

/** What lies in the Recycle Bin, by whatever rule: it shows neither tags nor machines. */
export async function inRecycleBin(aws: AwsApi): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const all = pages(async (more) => {
    const { Volumes, NextToken } = await aws.listVolumesInRecycleBin(more)
    return { items: Volumes ?? [], NextToken }
  })
  for await (const { VolumeId } of all) if (VolumeId) found.add(VolumeId)
  return found
}

/** A marked disk that is attached to nothing. */
export interface Orphan extends MarkedDisk {
  readonly createdAt: number
  /** Its logs are proven. */
  readonly mayGo: boolean
}

export async function orphansOf(aws: AwsApi, hookName: string): Promise<Orphan[]> {
  const key = binKey(hookName)
  const Filters = [
    { Name: 'tag-key', Values: [key] },
    { Name: 'status', Values: ['available'] },
  ]
  const found: Orphan[] = []
  const all = pages<Volume>(async (more) => {
    const { Volumes, NextToken } = await aws.describeVolumes({ Filters, ...more })
    return { items: Volumes ?? [], NextToken }
  })
  for await (const { VolumeId, Tags, CreateTime } of all) {
    const mark = readMark(hookName, Tags)
    if (!mark || mark.volumeId !== VolumeId) continue
    const mayGo = Tags?.find(({ Key }) => Key === key)?.Value === LET_GO
    found.push({ ...mark, createdAt: CreateTime?.getTime() ?? 0, mayGo })
  }
  return found
}
