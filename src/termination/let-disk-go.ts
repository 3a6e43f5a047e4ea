/**
 * Just before CONTINUE: the disk of a machine whose logs are proven is not kept by the Recycle Bin. It never decides anything: what goes
 * wrong is told, and the machine goes; the sweep finds its disk, and that it was proven.
 */
import { until } from '../aws/time-limit.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { LifecycleAction } from '../model.ts'
import { fateMarkOf, isProvenDisk, PROVEN, readMark } from './disk-mark.ts'
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
    const machine = await describedInstance(limited, instanceId)
    const root = rootVolumeOf(machine)
    const mark = readMark(policy.hookName, machine?.Tags)
    // What is not marked is not kept; and an older mark is of a disk that the machine had before.
    if (!mark || isProvenDisk(mark) || mark.volumeId !== root) return
    // The machine, too: one that comes back out of a warm pool is marked again, with its disk.
    const Resources = [instanceId, mark.volumeId]
    await limited.createTags({ Resources, Tags: fateMarkOf(policy.hookName, PROVEN) })
  } catch (error) {
    journal({ event: 'recovery-failed', rung: 'bin', instanceId, groupName, ...described(error) })
  }
}
