/** The disks of machines that were terminated past our hook are taken out of the Recycle Bin, and marked as that. */
import { ask } from '../aws/ask.ts'
import type { Guard } from '../guard.ts'
import { shuffled } from '../shuffled.ts'
import { type Fate, LET_GO, type MarkedDisk, markOf, RESTORED, readMark } from '../termination/disk-mark.ts'
import { describedVolume } from './described-volume.ts'
import { type Budget, limitedTo } from './found.ts'
import { inRecycleBin, keptAndGone } from './marked-disks.ts'
import { tried } from './recover-held.ts'

/** What is in the bin was not let go: nothing proves its logs. */
export async function restoreLost(guard: Guard, budget: Budget, remainingMs: () => number): Promise<void> {
  const { aws } = limitedTo(guard, remainingMs)
  const gone = await keptAndGone(aws, guard.policy.hookName)
  const binned = gone.length > 0 ? await inRecycleBin(aws) : new Set<string>()
  let refused = 0
  for (const disk of shuffled(gone, guard.random)) {
    if (!binned.has(disk.volumeId) || budget.left <= 0) continue
    budget.left--
    if (!(await tried(guard, disk, 'bin', () => restore(guard, disk, remainingMs)))) refused++
  }
  // What AWS refused does not go on, and must not keep a place of others, sweep by sweep, as long as EC2 shows its machine.
  budget.left += refused
}

async function restore(guard: Guard, disk: MarkedDisk, remainingMs: () => number): Promise<void> {
  const { instanceId, groupName, volumeId } = disk
  const reason = `the machine is gone: its disk, ${volumeId}, is taken out of the Recycle Bin`
  guard.journal({ event: 'recovery', rung: 'bin', instanceId, groupName, reason })
  const limited = limitedTo(guard, remainingMs)
  await limited.aws.restoreVolumeFromRecycleBin({ VolumeId: volumeId })
  // What we let go may be there by another rule. Whatever else it was, and although EC2 may not show it yet, somebody had deleted it.
  if ((await fateOf(limited, disk)) === LET_GO) return
  // Last: what is not known to have been deleted is somebody's.
  const Tags = markOf(guard.policy.hookName, { ...disk, fate: RESTORED })
  await limited.aws.createTags({ Resources: [volumeId], Tags })
}

/** `undefined`: nothing tells. */
async function fateOf({ aws, policy }: Guard, { volumeId }: MarkedDisk): Promise<Fate | undefined> {
  const asked = await ask(() => describedVolume(aws, volumeId), true)
  return asked.is === 'answered' ? readMark(policy.hookName, asked.answer?.Tags)?.fate : undefined
}
