/** In a calm world nothing is loud but what is really lost or cannot be proven. */
import { isLoud, type JournalEvent } from '../../../src/journal/journal.ts'
import type { World } from '../world.ts'
import { missingLines } from './archive.ts'
import type { Checker } from './checker.ts'

export function noFalseAlarm(world: World): Checker {
  if (!world.isCalm) return {}
  const { encryption, multipartShare, collector, groups } = world.setting
  // Somebody else's hook may abandon the instance at any moment.
  if (groups.some(({ hasOtherHook }) => hasOtherHook)) return {}
  const isHardToProve = encryption === 'aws:kms' || multipartShare > 0 || collector !== undefined
  return {
    told(event) {
      if (!isLoud(event)) return
      if (event.event !== 'action-ended' && event.event !== 'pass') {
        // What is hard to prove of a copy is told as well, and not by chance; and so is that nobody in its group could salvage a disk.
        const isInVain = event.event === 'recovery-failed' && (isHardToProve || isDeserted(world, event))
        if (event.event !== 'sweep' && !isAboutRunning(event) && !isInVain)
          world.violation('no false alarm', JSON.stringify(event))
        return
      }
      const machine = world.region.machines.get(event.instanceId)
      const isLost = machine?.disks.some((disk) => missingLines(world, disk) > 0)
      if (!isLost && !isHardToProve && machine?.isOn) world.violation('no false alarm', JSON.stringify(event))
    },
  }
}

function isDeserted(world: World, event: { readonly groupName: string }): boolean {
  return !world.region.model
    .instances()
    .some(({ groupName, lifecycleState }) => groupName === event.groupName && lifecycleState === 'InService')
}

/** What an audit or an enrolment finds has checkers of its own to come. */
function isAboutRunning({ event }: JournalEvent): boolean {
  return event === 'audited' || event === 'audit' || event === 'enrolment'
}
