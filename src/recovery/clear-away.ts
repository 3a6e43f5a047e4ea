/** The copies that no action needs any more. They cost money, and are told until they are gone. */
import { reasonOf } from '../aws/failures.ts'
import type { Guard } from '../guard.ts'
import { shuffled } from '../shuffled.ts'
import { adoptedAction, isHeldItself, whereabouts } from '../termination/lifecycle-actions.ts'
import { terminationsBegan } from '../termination/scaling-activities.ts'
import { salvagesOf } from './clone.ts'
import type { Copy } from './copies.ts'
import type { CopyOwner } from './copy-mark.ts'
import { mayBeTakenOff, rubbish } from './decide-copy.ts'
import { isTimeLeft, limitedTo } from './found.ts'

/** Machines, as the sweep has found them. */
export interface Machines {
  /** They are gone, and their disk is being salvaged, of a copy that was made since. */
  readonly needed: ReadonlySet<string>
  /** They wait at our hook. */
  readonly waiting: ReadonlySet<string>
}

export async function clearAway(
  guard: Guard,
  copies: readonly Copy[],
  { needed, waiting }: Machines,
  remainingMs: () => number,
): Promise<void> {
  const { clock, journal } = guard
  const oldest = Math.min(...copies.flatMap(madeAt))
  const deleted: string[] = []
  const failed: string[] = []
  for (const copy of shuffled(copies, guard.random)) {
    if (!isTimeLeft(guard, remainingMs)) break
    const limited = limitedTo(guard, remainingMs)
    const tried = async (work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        failed.push(`${copy.instanceId}: ${reasonOf(error)}`)
      }
    }
    await tried(async () => {
      const isOfNeeded = copy.ofGone && needed.has(copy.instanceId)
      const isNeeded = isOfNeeded || !(await isOver(limited, copy, waiting))
      await discard(limited, copy, !isNeeded, { deleted, tried })
    })
  }
  const oldestSeconds = (clock.now() - oldest) / 1000
  journal({ event: 'copies', copies: copies.length, oldestSeconds, deleted, failed })
}

function madeAt({ snapshots, volumes }: Copy): number[] {
  return [...snapshots.map((one) => one.startedAt), ...volumes.map((one) => one.createdAt)]
}

/** Whether no action needs the copy any more. An answer that does not tell leaves it for the next sweep. */
async function isOver(
  { aws, clock, policy }: Guard,
  { instanceId, actionBegan }: CopyOwner,
  waiting: Machines['waiting'],
): Promise<boolean> {
  const where = await whereabouts(aws, instanceId)
  // One empty answer is none.
  if (!where) return !waiting.has(instanceId)
  const { groupName, lifecycleState } = where
  if (!lifecycleState.endsWith(':Wait')) return true
  const began = await terminationsBegan(aws, groupName, [instanceId], clock.now())
  const current = began.get(instanceId)
  // The question below is a heartbeat, and what nothing dates must end by the hook's own time-out.
  if (current === undefined) return false
  if (current !== actionBegan) return true
  // Another hook may hold it, when ours has let it go.
  const action = adoptedAction({ groupName, instanceId }, policy.hookName, actionBegan)
  return !(await isHeldItself(aws, action))
}

interface Told {
  readonly deleted: string[]
  /** What is refused is told, and keeps nothing else. */
  readonly tried: (work: () => Promise<void>) => Promise<void>
}

/** As far as it can be done now: what is attached is taken off first, and never under a salvage that runs. */
async function discard(guard: Guard, copy: Copy, over: boolean, { deleted, tried }: Told): Promise<void> {
  const { aws, clock } = guard
  const { snapshots, volumes } = rubbish(copy, over)
  // What is at no machine is thrown away although SSM does not answer.
  const isAttached = volumes.some(({ attachment }) => attachment)
  const isSalvaging = isAttached && (await salvagesOf(guard, copy)).some(({ status }) => status === 'running')
  for (const { volumeId, state, attachment } of volumes)
    await tried(async () => {
      if (attachment && !isSalvaging && mayBeTakenOff(attachment, clock.now()))
        await aws.detachVolume({ VolumeId: volumeId, InstanceId: attachment.instanceId })
      if (attachment || !/^(available|error)$/.test(state)) return
      await aws.deleteVolume({ VolumeId: volumeId })
      deleted.push(volumeId)
    })
  for (const { snapshotId } of snapshots)
    await tried(async () => {
      await aws.deleteSnapshot({ SnapshotId: snapshotId })
      deleted.push(snapshotId)
    })
}
