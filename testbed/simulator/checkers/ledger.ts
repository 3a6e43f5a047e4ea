/**
 * The ledger of lines: every line ever written is in S3, or on a disk that still exists, or its instance was named loudly. Nothing
 * else, but where no hook of ours ever held the instance.
 */
import type { Disk } from '../simulated-disk.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import { lastActionOf, lookedAt, owedLines } from './archive.ts'
import type { Checker } from './checker.ts'
import { endedBootHidden } from './s1-continue-with-proof.ts'
import { isUnheard, toldOf } from './s5-ends-are-told.ts'

export function ledger(world: World): Checker {
  return {
    atRest() {
      for (const machine of world.region.machines.values()) {
        machine.write()
        for (const disk of machine.disks) {
          const missing = disk.isGone ? owed(world, disk) : 0
          const why = missing > 0 ? unaccounted(world, disk) : undefined
          if (why) world.violation('ledger', `${missing} lines of ${machine.instanceId} are gone: ${why}`)
        }
      }
    },
  }
}

/** What the last action of a disk owes. Nothing is promised of an instance that left while its group had no hook of ours. */
function owed(world: World, disk: Disk): number {
  const last = lastActionOf(world, disk)
  return last ? owedLines(world, last, lookedAt(last, world.time.now)) : 0
}

/** Why the loss of a disk is not accounted for; `undefined` when it is. */
function unaccounted(world: World, disk: Disk): string | undefined {
  const actions = [...world.region.actions.values()].filter((action) => action.disk === disk)
  if (actions.some((action) => isUnheard(world, action) || endedBootHidden(world, action))) return undefined
  const told = actions.flatMap((action) => toldOf(world, action))
  if (told.some(({ event }) => event === 'message-refused')) return undefined
  const outcomes = told.map((event) => (event.event === 'action-ended' ? event.outcome : 'retained'))
  if (outcomes.includes('lost') || outcomes.includes('expired')) return undefined
  if (!outcomes.includes('retained')) return 'nobody said so'
  // Where EC2 never tells whether a machine is there, it is told as kept, and loudly.
  return actions.some(wasKept) || world.weather.is('ec2-denies-for-good')
    ? undefined
    : 'it was said to be kept'
}

/** Kept for a time, or on the way there when the machine died. */
function wasKept({ machine, instance }: TrackedAction): boolean {
  return machine.wasReleased || machine.hasVanished || instance.lifecycleState.endsWith(':Retained')
}
