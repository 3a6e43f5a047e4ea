/**
 * A machine is rebooted by the guard only while our hook holds it and its agent is silent, and once an action: once more where its disk
 * grew meanwhile.
 */
import type { Run } from '../run.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { rootOwner } from './copies-are-cleared.ts'
import { heldSince } from './held-since.ts'

export function rebootsAreFew(world: World): Checker {
  const rebooted = new Set<TrackedAction | string>()
  /** Whose agent answered when a sweep last asked for it. */
  const answering = new Map<string, Run>()
  return {
    called(run, operation, input: Called, tookEffect) {
      if (!tookEffect) return
      if (operation === 'describeInstanceInformation')
        for (const id of input.Filters?.flatMap(({ Values }) => Values) ?? [])
          if (isAnswering(world, id)) answering.set(id, run)
          else answering.delete(id)
      if (operation === 'modifyVolume') {
        const grown = heldSince(world, rootOwner(world, input.VolumeId) ?? '', run.startedAt)
        if (grown) rebooted.delete(grown)
      }
      if (operation !== 'rebootInstances') return
      for (const id of input.InstanceIds ?? []) {
        const action = heldSince(world, id, run.startedAt)
        if (!action) world.violation('S4', `${id} is rebooted, and our hook does not hold it`)
        // Open: two sweeps that the schedule started at once know nothing of each other (docs/limits.md).
        else if (rebooted.has(action) && world.mix['schedule-starts-a-sweep-twice'] === 0)
          world.violation('recovery', `${id} is rebooted twice in one action`)
        else rebooted.add(action)
        if (answering.get(id) === run) world.violation('recovery', `${id} is rebooted, and its agent answers`)
      }
    },
  }
}

interface Called {
  readonly InstanceIds?: string[]
  readonly VolumeId?: string
  readonly Filters?: readonly { readonly Values: string[] }[]
}

/** It is heard of, and nothing that was sent to it was left unfetched. */
function isAnswering({ ssm, region }: World, instanceId: string): boolean {
  const machine = region.machines.get(instanceId)
  const isDeaf = ssm.commandsOf(instanceId).some(({ details }) => details === 'Delivery Timed Out')
  return machine?.canRun === true && machine.unheardSince === undefined && !isDeaf
}
