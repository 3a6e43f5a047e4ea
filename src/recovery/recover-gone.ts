/**
 * Machines that were terminated past our hook, and whose logs are not proven: their disk is taken out of the Recycle Bin, a copy of it is
 * salvaged, and what is proven of that is told as the end of their termination. Then the disk is deleted.
 */
import type { AwsApi } from '../aws/api.ts'
import { ask } from '../aws/ask.ts'
import { askingOnce } from '../aws/ask-once.ts'
import { groupOf } from '../aws/group-of.ts'
import { listSalvages } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import { shuffled } from '../shuffled.ts'
import { LET_GO, type MarkedDisk, PROVEN, RESTORED, readMark } from '../termination/disk-mark.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { describedInstance, machineState } from '../termination/machine-state.ts'
import { activityBegan } from '../termination/scaling-activities.ts'
import { advance, copyVolume } from './clone.ts'
import type { Copy } from './copies.ts'
import { isInVain } from './decide-copy.ts'
import { isTimeLeft, limitedTo } from './found.ts'
import { type Orphan, orphansOf, setFate } from './marked-disks.ts'
import { provenWhenGone } from './proven-when-gone.ts'
import { type Cloning, tried } from './recover-held.ts'
import { restoreLost } from './restore-lost.ts'
import { siblingsOf } from './siblings.ts'

/** Until EC2 has forgotten a machine that is gone, a copy of its disk that is thrown away would be made anew. */
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
  const needed = new Set(orphans)
  // What is needed is known without the bin, which a Region may not have.
  try {
    await restoreLost(guard, cloning.budget, remainingMs)
  } catch (error) {
    guard.journal({ event: 'disks-failed', ...described(error) })
  }
  const { budget } = cloning
  let refused = 0
  for (const orphan of shuffled(orphans, guard.random)) {
    if (!isTimeLeft(guard, remainingMs)) break
    const before = budget.left
    const isDone = await tried(guard, orphan, 'bin', async () => {
      const limited = limitedTo(guard, remainingMs)
      const asking = { ...limited, aws: askingOnce(limited.aws) }
      const { isNeeded, left } = await recoverOrphan(asking, orphan, cloning)
      if (!isNeeded) needed.delete(orphan)
      if (left !== undefined) throw new Error(`${left}: ${orphan.volumeId} is left`)
    })
    if (!isDone) refused += before - budget.left
  }
  // As with what is in the bin, what AWS refused keeps no place of others.
  budget.left += refused
  return new Set([...needed].map(({ instanceId }) => instanceId))
}

/** What came of one disk: whether its machine's copy is needed yet, and why the disk is left as it is. */
interface Came {
  readonly isNeeded: boolean
  readonly left?: string
}

const NEEDED: Came = { isNeeded: true }
const OVER: Came = { isNeeded: false }

/** A disk whose machine is not surely gone, or had another one last, is left alone: somebody may have taken it off. */
async function recoverOrphan(guard: Guard, orphan: Orphan, cloning: Cloning): Promise<Came> {
  const { aws, clock, policy } = guard
  const { instanceId, volumeId, groupName } = orphan
  const machine = await machineState(aws, instanceId, Number.POSITIVE_INFINITY)
  if (machine !== 'gone') return { isNeeded: machine === 'unknown' }
  if (orphan.fate === LET_GO) return await letGo(guard, orphan)
  const last = await lastDiskOf(aws, policy.hookName, instanceId)
  if (last !== undefined && last !== volumeId)
    return { isNeeded: false, left: `another disk, ${last}, was the last of ${instanceId}` }
  const now = clock.now()
  const mostMs = 1000 * Math.max(policy.patienceSeconds, FORGOTTEN_SECONDS)
  const isLate = cloning.copies.some((one) => isOf(one, orphan) && now - madeAt(one) >= mostMs)
  const asked = await ask(() => activityBegan(aws, groupName, instanceId, { by: now, now }), isLate)
  // So it is, too, where its group is gone.
  if (asked.is === 'refused')
    return { isNeeded: !isLate, left: `when its termination began is not told (${asked.why})` }
  const lastBegan = asked.answer
  const copy = cloning.copies.find((one) => isOf(one, orphan, lastBegan))
  // What SSM does not tell for good must not keep a copy for ever.
  const proven = copy && (await ask(() => provenWhenGone(guard, groupName, copy), isLate))
  if (proven?.is === 'answered' && proven.answer) return await letGo(guard, orphan)
  const obstacle = isLate
    ? 'its disk could not be salvaged in time'
    : await whyNotSalvaged(guard, orphan, lastBegan)
  if (obstacle !== undefined) return { isNeeded: false, left: obstacle }
  if (!copy) {
    if (last === undefined)
      return { isNeeded: false, left: `EC2 has forgotten which disk was the last of ${instanceId}` }
    if (orphan.fate !== RESTORED && (await isUnnoticed(aws, orphan))) return NEEDED
    if (cloning.budget.left <= 0) return NEEDED
    cloning.budget.left--
    tell(guard, orphan, `a snapshot of its disk, ${volumeId}, is made`)
    const actionBegan = lastBegan ?? now
    await copyVolume(guard, { instanceId, actionBegan, diskId: volumeId, ofGone: true })
    return NEEDED
  }
  await advance(guard, groupName, copy, cloning, 'bin')
  return NEEDED
}

/** As the machine's own mark says, as long as EC2 shows it; what is proven of its last disk tells nothing of an earlier one. */
async function lastDiskOf(aws: AwsApi, hookName: string, instanceId: string): Promise<string | undefined> {
  const asked = await ask(() => describedInstance(aws, instanceId))
  return asked.is === 'answered' ? readMark(hookName, asked.answer?.Tags)?.volumeId : undefined
}

/** Where a person has suspended one of these, Auto Scaling never does. */
const NOTICING = new Set(['HealthCheck', 'ReplaceUnhealthy', 'Terminate'])

/**
 * Auto Scaling notices minutes later that a machine is gone. Only then its termination begins, of which the copy must be; a disk that its
 * owner keeps was never in the bin meanwhile.
 */
async function isUnnoticed(aws: AwsApi, { instanceId, groupName }: Orphan): Promise<boolean> {
  const found = await whereabouts(aws, instanceId)
  if (found?.lifecycleState !== 'InService') return false
  const group = await groupOf(aws, groupName)
  return !group?.SuspendedProcesses?.some(({ ProcessName = '' }) => NOTICING.has(ProcessName))
}

/**
 * Of this very disk, and of its last action, and made when the machine was gone: any other is older than what the machine wrote since, as
 * one is that was made for the action and is there still when the machine was kept and then terminated (S1).
 */
function isOf(copy: Copy, { instanceId, volumeId }: Orphan, lastBegan = 0): boolean {
  return (
    copy.ofGone &&
    copy.instanceId === instanceId &&
    copy.diskId === volumeId &&
    copy.actionBegan >= lastBegan &&
    copy.snapshots.length > 0
  )
}

/** A machine may be gone long after its action began: kept, and terminated by a person. So it is the copy that has its time. */
function madeAt({ snapshots }: Copy): number {
  return Math.min(...snapshots.map(({ startedAt }) => startedAt))
}

/** A copy costs money, and no action's end would throw it away. */
async function whyNotSalvaged(
  guard: Guard,
  { instanceId, groupName }: Orphan,
  lastBegan = 0,
): Promise<string | undefined> {
  const { aws, clock, policy } = guard
  const listed = await listSalvages(aws, policy.hookName, instanceId, clock.now())
  // Those of an earlier action were of another copy.
  const salvages = listed.map(({ flush }) => flush).filter(({ requestedAt }) => requestedAt >= lastBegan)
  if (isInVain(salvages, clock.now())) return `its disk was salvaged ${salvages.length} times in vain`
  const isRunning = salvages.some(({ status }) => status === 'running')
  if (isRunning || (await siblingsOf(guard, groupName)).length > 0) return undefined
  return 'its group has no healthy machine that could salvage its disk'
}

/**
 * First, that it may go: what is deleted with the mark goes into the bin once more. What was not deleted before stays: its owner took it
 * off, or wished that it outlives its machine, maybe a moment before that went.
 */
async function letGo(guard: Guard, orphan: Orphan): Promise<Came> {
  if (orphan.fate !== RESTORED && orphan.fate !== LET_GO) {
    tell(guard, orphan, `its disk, ${orphan.volumeId}, is proven, and left to whoever kept it`)
    await setFate(guard, orphan, PROVEN)
    return OVER
  }
  await setFate(guard, orphan, LET_GO)
  await guard.aws.deleteVolume({ VolumeId: orphan.volumeId })
  return OVER
}

function tell({ journal }: Guard, { instanceId, groupName }: MarkedDisk, reason: string): void {
  journal({ event: 'recovery', rung: 'bin', instanceId, groupName, reason })
}
