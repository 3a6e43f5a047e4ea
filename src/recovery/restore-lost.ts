/** The disks of machines that were terminated past our hook are taken out of the Recycle Bin, and marked as that. */
import type { Guard } from '../guard.ts'
import { type Fate, KEEP, type MarkedDisk, RESTORED, readMark } from '../termination/disk-mark.ts'
import { describedVolume } from './described-volume.ts'
import { limitedTo } from './found.ts'
import { inRecycleBin, keptAndGone, setFate } from './marked-disks.ts'
import { type Cloning, tried } from './recover-held.ts'

/** What is in the bin was not let go: nothing proves its logs. */
export async function restoreLost(
  guard: Guard,
  { budget }: Cloning,
  remainingMs: () => number,
): Promise<void> {
  const { aws } = limitedTo(guard, remainingMs)
  const gone = await keptAndGone(aws, guard.policy.hookName)
  const binned = gone.length > 0 ? await inRecycleBin(aws) : new Set<string>()
  for (const disk of gone) {
    if (!binned.has(disk.volumeId) || budget.left <= 0) continue
    budget.left--
    await tried(guard, disk, 'bin', () => restore(guard, disk, remainingMs))
  }
}

async function restore(guard: Guard, disk: MarkedDisk, remainingMs: () => number): Promise<void> {
  const { instanceId, groupName, volumeId } = disk
  const reason = `the machine is gone: its disk, ${volumeId}, is taken out of the Recycle Bin`
  guard.journal({ event: 'recovery', rung: 'bin', instanceId, groupName, reason })
  const limited = limitedTo(guard, remainingMs)
  await limited.aws.restoreVolumeFromRecycleBin({ VolumeId: volumeId })
  // Last: what is not known to have been deleted is somebody's. What we let go may be there by another rule.
  if ((await fateOf(limited, disk)) === KEEP) await setFate(limited, disk, RESTORED)
}

async function fateOf({ aws, policy }: Guard, { volumeId }: MarkedDisk): Promise<Fate | undefined> {
  return readMark(policy.hookName, (await describedVolume(aws, volumeId))?.Tags)?.fate
}
