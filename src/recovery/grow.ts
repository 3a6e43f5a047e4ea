/**
 * The full disk of a machine whose agent is silent: its root volume is made larger, and the machine rebooted, since it is at boot that its
 * partition and file system grow.
 */
import type { AwsApi } from '../aws/api.ts'
import { ask } from '../aws/ask.ts'
import type { Guard } from '../guard.ts'
import { decideGrow, type GrowStep, type RootVolume, type VolumeChange } from './decide-grow.ts'
import { describedVolume } from './described-volume.ts'
import { diskOf } from './disk-of.ts'
import { complaintOfFullDisk } from './full-disk.ts'
import { readConsole, reboot } from './held.ts'
import type { HeldLook } from './ladder.ts'
import { growthKey, onceMark, readOnceMark } from './once-mark.ts'

/** What is next for its disk, from what is asked just before. */
export async function considerGrowing(
  { aws, clock, policy }: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  { instanceId, heldSince }: { readonly instanceId: string; readonly heldSince: number },
  { rebootedAt, said }: Pick<HeldLook, 'rebootedAt' | 'said'>,
): Promise<GrowStep> {
  const volume = await rootVolume(aws, await diskOf(aws, instanceId), growthKey(policy.hookName))
  const isMarked = (volume.grownAt ?? 0) >= heldSince
  return decideGrow({
    ...{ now: clock.now(), heldSince, rebootedAt, volume },
    change: isMarked ? await newestChange(aws, volume.volumeId) : undefined,
    complaint: isMarked ? undefined : await complaintOf(aws, instanceId, said),
  })
}

async function rootVolume(aws: AwsApi, volumeId: string, key: string): Promise<RootVolume> {
  const volume = await describedVolume(aws, volumeId)
  if (volume?.Size === undefined) throw new Error(`EC2 does not tell the size of ${volumeId}`)
  return { volumeId, sizeGiB: volume.Size, grownAt: readOnceMark(key, volume.Tags) }
}

/** `undefined`: there is none, for which EC2 has an error. */
async function newestChange(aws: AwsApi, volumeId: string): Promise<VolumeChange | undefined> {
  const asked = await ask(() => aws.describeVolumesModifications({ VolumeIds: [volumeId] }))
  const changes = asked.is === 'answered' ? asked.answer.VolumesModifications : undefined
  const change = changes?.find((one) => one.VolumeId === volumeId)
  if (!change?.StartTime) return undefined
  return { startedAt: change.StartTime.getTime(), state: change.ModificationState ?? '' }
}

async function complaintOf(
  aws: AwsApi,
  instanceId: string,
  said: string | undefined,
): Promise<string | undefined> {
  const complaint = said === undefined ? undefined : complaintOfFullDisk(said)
  if (complaint !== undefined) return complaint
  const console = await readConsole(aws, instanceId)
  return console.is === 'answered' ? complaintOfFullDisk(console.answer) : undefined
}

/** At most once an action: the tag comes first, and where it cannot be written, nothing grows. */
export async function takeStep(
  guard: Guard,
  instanceId: string,
  step: Extract<GrowStep, { do: 'grow' | 'reboot' }>,
): Promise<void> {
  if (step.do === 'reboot') return await reboot(guard, instanceId)
  const { aws, clock, policy } = guard
  const Tags = onceMark(growthKey(policy.hookName), clock.now())
  await aws.createTags({ Resources: [step.volumeId], Tags })
  await aws.modifyVolume({ VolumeId: step.volumeId, Size: step.toGiB })
}
