/**
 * Just before CONTINUE: the disk of a machine whose logs are proven is not kept by the Recycle Bin. It never decides anything: what goes
 * wrong is told, and the machine goes; the sweep finds its disk, and that it was proven.
 */
import { until } from '../aws/time-limit.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { LifecycleAction } from '../model.ts'
import { binKey, LET_GO } from './disk-mark.ts'
import { whereabouts } from './lifecycle-actions.ts'
import { describedInstance } from './machine-state.ts'
import { rootVolumeOf } from './root-volume.ts'

/** Calls that hang must leave the pass its time for CONTINUE. */
const LONGEST_MS = 5000

export async function letDiskGo(
  { aws, clock, policy, journal }: Pick<Guard, 'aws' | 'clock' | 'policy' | 'journal'>,
  { instanceId, groupName }: LifecycleAction,
): Promise<void> {
  if (!policy.recovery.rungs.includes('bin')) return
  const limited = until(clock.now() + LONGEST_MS, clock, aws)
  try {
    const where = await whereabouts(limited, instanceId)
    // What goes into a warm pool comes back with its disk, and nothing would mark that again.
    if (!where || where.lifecycleState.startsWith('Warmed:Pending')) return
    const volumeId = rootVolumeOf(await describedInstance(limited, instanceId))
    if (volumeId === undefined) return
    const Tags = [{ Key: binKey(policy.hookName), Value: LET_GO }]
    await limited.createTags({ Resources: [volumeId], Tags })
  } catch (error) {
    journal({ event: 'recovery-failed', rung: 'bin', instanceId, groupName, ...described(error) })
  }
}
