/**
 * Machines that were terminated past our hook, and whose logs are not proven: their disk is taken out of the Recycle Bin, a copy of it is
 * salvaged, and what is proven of that is told as the end of their termination. Then the disk is deleted.
 */
import { listSalvages } from '../flush/commands.ts'
import { salvageDocumentOf } from '../flush/salvage-document.ts'
import type { Guard } from '../guard.ts'
import { binKey, LET_GO, type MarkedDisk } from '../termination/disk-mark.ts'
import { machineState } from '../termination/machine-state.ts'
import { activityBegan } from '../termination/scaling-activities.ts'
import { advance, copyVolume } from './clone.ts'
import { isInVain } from './decide-copy.ts'
import { isTimeLeft, limitedTo } from './found.ts'
import { inRecycleBin, markedAndGone, type Orphan, orphansOf } from './marked-disks.ts'
import { provenWhenGone } from './proven-when-gone.ts'
import { type Cloning, tried } from './recover-held.ts'
import { siblingsOf } from './siblings.ts'

/** As long as EC2 shows a machine that is gone, its disk may be found; then it has patience, as one that is held. */
const FORGOTTEN_SECONDS = 3600

/** Answers the machines whose disk, and the copy of it, is needed yet. */
export async function recoverGone(
  guard: Guard,
  cloning: Cloning,
  remainingMs: () => number,
): Promise<ReadonlySet<string>> {
  const { aws } = limitedTo(guard, remainingMs)
  const { hookName } = guard.policy
  const orphans = await orphansOf(aws, hookName)
  const needed = new Set(orphans.map(({ instanceId }) => instanceId))
  await restoreLost(guard, cloning, remainingMs)
  for (const orphan of orphans) {
    if (!isTimeLeft(guard, remainingMs)) break
    await tried(guard, orphan, 'bin', async () => {
      if (await recoverOrphan(limitedTo(guard, remainingMs), orphan, cloning))
        needed.delete(orphan.instanceId)
    })
  }
  return needed
}

/** What is in the bin was not let go: nothing proves its logs. */
async function restoreLost(guard: Guard, { budget }: Cloning, remainingMs: () => number): Promise<void> {
  const { aws } = limitedTo(guard, remainingMs)
  const gone = await markedAndGone(aws, guard.policy.hookName)
  const binned = gone.length > 0 ? await inRecycleBin(aws) : new Set<string>()
  for (const disk of gone) {
    if (!binned.has(disk.volumeId) || budget.left <= 0) continue
    budget.left--
    await tried(guard, disk, 'bin', async () => {
      tell(guard, disk, `the machine is gone: its disk, ${disk.volumeId}, is taken out of the Recycle Bin`)
      await limitedTo(guard, remainingMs).aws.restoreVolumeFromRecycleBin({ VolumeId: disk.volumeId })
    })
  }
}

/** Whether nobody needs it any more. A disk whose machine is not surely gone is left alone: somebody may have taken it off. */
async function recoverOrphan(guard: Guard, orphan: Orphan, cloning: Cloning): Promise<boolean> {
  const { aws, clock } = guard
  const { instanceId, volumeId, groupName } = orphan
  if ((await machineState(aws, instanceId, Number.POSITIVE_INFINITY)) !== 'gone') return false
  if (orphan.mayGo) return await letGo(guard, orphan)
  const copy = cloning.copies.find((one) => one.instanceId === instanceId)
  if (copy && (await provenWhenGone(guard, groupName, copy))) return await letGo(guard, orphan)
  const now = clock.now()
  const began =
    copy?.actionBegan ?? (await activityBegan(aws, groupName, instanceId, { by: now, now })) ?? now
  const obstacle = await whyNotSalvaged(guard, orphan, began)
  if (obstacle !== undefined) {
    if (copy) return true
    throw new Error(`${obstacle}: ${volumeId} is left`)
  }
  if (!copy) {
    if (cloning.budget.left <= 0) return false
    cloning.budget.left--
    tell(guard, orphan, `a snapshot of its disk, ${volumeId}, is made`)
    await copyVolume(guard, { instanceId, actionBegan: began }, volumeId)
    return false
  }
  await advance(guard, groupName, copy, cloning.busy, 'bin')
  return false
}

/** A copy costs money, and no action's end would throw it away. */
async function whyNotSalvaged(
  guard: Guard,
  { instanceId, groupName }: Orphan,
  began: number,
): Promise<string | undefined> {
  const { aws, clock, policy } = guard
  const listed = await listSalvages(aws, salvageDocumentOf(policy.hookName), instanceId, clock.now())
  const salvages = listed.map(({ flush }) => flush)
  if (isInVain(salvages, clock.now())) return `its disk was salvaged ${salvages.length} times in vain`
  const isRunning = salvages.some(({ status }) => status === 'running')
  if (clock.now() - began >= 1000 * (policy.patienceSeconds + FORGOTTEN_SECONDS))
    return 'its disk could not be salvaged in time'
  if (isRunning || (await siblingsOf(guard, groupName)).length > 0) return undefined
  return 'its group has no healthy machine that could salvage its disk'
}

/** First, that it may go: what is deleted with the mark goes into the bin once more. */
async function letGo({ aws, policy }: Guard, { volumeId }: Orphan): Promise<boolean> {
  const Tags = [{ Key: binKey(policy.hookName), Value: LET_GO }]
  await aws.createTags({ Resources: [volumeId], Tags })
  await aws.deleteVolume({ VolumeId: volumeId })
  return true
}

function tell({ journal }: Guard, { instanceId, groupName }: MarkedDisk, reason: string): void {
  journal({ event: 'recovery', rung: 'bin', instanceId, groupName, reason })
}
