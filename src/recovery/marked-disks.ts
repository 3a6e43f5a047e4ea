/** The disks of guarded machines that the Recycle Bin is to keep: which are marked, which are in the bin, which outlived their machine. */
import type { Instance, Volume } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'
import { pages } from '../aws/every-page.ts'
import type { Guard } from '../guard.ts'
import {
  binKey,
  type DiskMark,
  type Fate,
  fateMarkOf,
  isProvenDisk,
  KEEP,
  LET_GO,
  type MarkedDisk,
  RESTORED,
  readMark,
  STAYS,
} from '../termination/disk-mark.ts'
import { rootOf, staysOf } from '../termination/root-volume.ts'

/** A filter takes so many values. */
const AT_ONCE = 200

/** The machines of these groups that run, or will, whose root volume is not marked as it must be. */
export async function unmarkedDisks(
  aws: AwsApi,
  hookName: string,
  groupNames: readonly string[],
  staying: ReadonlySet<string>,
): Promise<DiskMark[]> {
  const found: DiskMark[] = []
  const guarded = new Set(groupNames)
  for (let from = 0; from < groupNames.length; from += AT_ONCE) {
    const Filters = [
      { Name: 'tag:aws:autoscaling:groupName', Values: groupNames.slice(from, from + AT_ONCE) },
      { Name: 'instance-state-name', Values: ['pending', 'running'] },
    ]
    for await (const machine of machines(aws, Filters)) {
      const root = rootOf(machine)
      const volumeId = root?.VolumeId
      const groupName = machine.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value
      const instanceId = machine.InstanceId
      if (!volumeId || !groupName || !instanceId) continue
      // To a filter, a star in a name stands for anything.
      if (!guarded.has(groupName)) continue
      const fate = staysOf(root) ? STAYS : KEEP
      const mark = readMark(hookName, machine.Tags)
      // One that got another disk has an older mark; one that was proven may be on its way out, or back out of a warm pool.
      const isRight = mark && isProvenDisk(mark) ? !staying.has(instanceId) : mark?.fate === fate
      if (mark?.volumeId !== volumeId || !isRight) found.push({ instanceId, volumeId, groupName, fate })
    }
  }
  return found
}

/** The machines that are gone and whose disk was to be kept, as long as EC2 shows them: about an hour. */
export async function keptAndGone(aws: AwsApi, hookName: string): Promise<MarkedDisk[]> {
  const Filters = [
    { Name: `tag:${binKey(hookName)}`, Values: [KEEP] },
    { Name: 'instance-state-name', Values: ['shutting-down', 'terminated'] },
  ]
  const found: MarkedDisk[] = []
  for await (const { InstanceId, Tags } of machines(aws, Filters)) {
    const mark = readMark(hookName, Tags)
    // Templates and backups are made of machines, tags and all.
    if (mark && mark.instanceId === InstanceId) found.push(mark)
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
export interface Orphan extends DiskMark {
  readonly createdAt: number
}

/** But those that are proven and were in no bin: they are their owner's, and with them we have done. */
export async function orphansOf(aws: AwsApi, hookName: string): Promise<Orphan[]> {
  const Filters = [
    { Name: `tag:${binKey(hookName)}`, Values: [KEEP, STAYS, RESTORED, LET_GO] },
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
    found.push({ ...mark, createdAt: CreateTime?.getTime() ?? 0 })
  }
  return found
}

/** On the disk alone: what the machine says is what it was when it lived. */
export async function setFate(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  { volumeId }: MarkedDisk,
  fate: Fate,
): Promise<void> {
  await aws.createTags({ Resources: [volumeId], Tags: fateMarkOf(policy.hookName, fate) })
}
