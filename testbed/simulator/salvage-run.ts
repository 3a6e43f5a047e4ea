/** The script on a healthy machine, for a copy of a dead one's disk: rotate, take the inventory, upload directly, report. Nobody writes there. */
import type { CopiedDisk } from './copied-disks.ts'
import type { Command } from './flush-command.ts'
import { type FlushSurroundings, type Inventory, takeInventory } from './flush-run.ts'
import { type Findings, manifestLine } from './manifest-line.ts'
import { uploadDirectly } from './publisher.ts'
import type { Machine } from './simulated-machine.ts'

export interface SalvageSurroundings extends FlushSurroundings {
  readonly region: FlushSurroundings['region'] & {
    readonly copies: { at(instanceId: string, volumeId: string, device: string): CopiedDisk | undefined }
  }
}

/** A disk that is taken away meanwhile, or a machine that ends, is an end without a report. */
export function runSalvage(world: SalvageSurroundings, on: Machine, command: Command): void {
  const { time, chance, faults, setting, ssm } = world
  const [min, max] = setting.flushMs
  const endsAt = time.now + chance.between(min, max)
  const timesOutAt = time.now + command.executionTimeoutMs
  const { bootedAt } = on
  const [volumeId = '', device = ''] = (command.parameters.disk ?? '').split(/(?=\/)(.*)/)
  const copied = () => world.region.copies.at(on.instanceId, volumeId, device)
  const first = copied()
  if (first) command.salvages = first
  const fails = !first || chance.of(faults['script-fails'])
  const neverEnds = chance.of(faults['script-never-ends'])
  const then = (at: number, work: () => void) =>
    time.at(at, () => {
      if (on.canRun && on.bootedAt === bootedAt && command.endedAt === undefined) work()
    })
  if (fails || neverEnds || endsAt >= timesOutAt) {
    then(fails ? Math.min(endsAt, timesOutAt) : timesOutAt, () =>
      fails
        ? ssm.report(command, 'Failed', 'Failed', 'it is not attached')
        : ssm.report(command, 'TimedOut', 'Execution Timed Out'),
    )
    return
  }
  let work: Salvaged | undefined
  then(chance.between(time.now, endsAt), () => {
    const found = copied()
    if (found) work = salvage(world, command, found)
  })
  then(endsAt, () => {
    if (!work || !copied()) return ssm.report(command, 'Failed', 'Failed', 'the disk went away')
    const { machine, disk } = first
    const { text } = manifestLine(
      world,
      { ...whoOf(machine), bootedAt },
      command,
      findings(work, disk.live()),
    )
    const isCut = chance.of(faults['output-is-cut'])
    ssm.report(
      command,
      'Success',
      'Success',
      isCut ? text.slice(0, chance.whole(0, text.length - 1)) : `${text}\n`,
    )
  })
}

interface Salvaged {
  readonly census: number
  readonly inventory: Inventory
  readonly gone: Findings['unaccounted']
}

function salvage(
  world: SalvageSurroundings,
  { parameters: { prefix } }: Command,
  found: CopiedDisk,
): Salvaged {
  const { chance, faults } = world
  const { machine, disk } = found
  const census = disk.files.length + disk.live().length
  disk.rotate({
    isHeld: () => true,
    isOutside: () => false,
    fails: () => chance.of(faults['rotation-fails']),
  })
  const inventory = takeInventory(world, { disk, hasUnreadable: machine.hasUnreadable })
  const { instanceId, groupName } = machine
  uploadDirectly(world, { instanceId, groupName, disk, publisherDeletes: false, prefix }, inventory.files)
  const gone = disk.remembered.map((file) => ({ file, why: 'it was deleted' }))
  return { census, inventory, gone }
}

function findings({ census, inventory, gone }: Salvaged, live: Findings['live']): Findings {
  const leftOut = inventory.leftOut.map((file) => ({ file, why: 'unreadable, or not looked at in time' }))
  return {
    census,
    files: inventory.files,
    live,
    unaccounted: [...leftOut, ...gone],
    accounted: [],
    writers: [],
  }
}

function whoOf({ instanceId, skewMs }: Machine) {
  return { instanceId, skewMs }
}
