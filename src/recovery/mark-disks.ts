/** While a guarded machine lives, its root volume is marked, so that the Recycle Bin keeps it if the machine is terminated past our hook. */
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import { shuffled } from '../shuffled.ts'
import { markOf } from '../termination/disk-mark.ts'
import type { ScalingInstance } from '../termination/scaling-instances.ts'
import { idsOf, isTimeLeft, limitedTo } from './found.ts'
import { unmarkedDisks } from './marked-disks.ts'

/** Each once in its life, once more for another disk, and where it stays although its disk was let go. One that cannot be marked does not stop the others. */
export async function markDisks(
  guard: Guard,
  groupNames: readonly string[],
  staying: readonly ScalingInstance[],
  remainingMs: () => number,
): Promise<void> {
  const { policy, journal, random } = guard
  if (!policy.recovery.rungs.includes('bin') || groupNames.length === 0) return
  const { aws } = limitedTo(guard, remainingMs)
  const unmarked = await unmarkedDisks(aws, policy.hookName, groupNames, new Set(idsOf(staying)))
  for (const disk of shuffled(unmarked, random)) {
    if (!isTimeLeft(guard, remainingMs)) return
    const { instanceId, volumeId, groupName } = disk
    try {
      await limitedTo(guard, remainingMs).aws.createTags({
        Resources: [instanceId, volumeId],
        Tags: markOf(policy.hookName, disk),
      })
    } catch (error) {
      journal({ event: 'recovery-failed', rung: 'bin', instanceId, groupName, ...described(error) })
    }
  }
}
