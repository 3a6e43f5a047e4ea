/**
 * The script on the instance, as far as the guard can tell: take a census and hold it, stop the writers, rotate, wait for what is buffered,
 * rotate again, take the inventory, publish, look again, report.
 */
import { gunzipSync } from 'node:zlib'
import type { Command, Status } from './flush-command.ts'
import { type Findings, manifestLine, type Unaccounted } from './manifest-line.ts'
import { type Archiving, publish, uploadDirectly } from './publisher.ts'
import { second } from './setting.ts'
import type { LogFile } from './simulated-disk.ts'
import type { Machine } from './simulated-machine.ts'

export interface FlushSurroundings extends Archiving {
  readonly ssm: { report(command: Command, status: Status, details: string, output?: string): void }
  readonly region: { actionOf(instanceId: string): { censusAt: number | undefined } | undefined }
}

/** How long a log may be buffered before it is written (Tomcat). */
const BUFFER_MS = 11 * second

/** Each stage happens only on a machine that still runs; a dead agent tells nothing of it. */
export function runFlush(world: FlushSurroundings, machine: Machine, command: Command): void {
  const { time, chance, faults, setting } = world
  const { disk, bootedAt } = machine
  const isSameBoot = () => machine.disk === disk && machine.bootedAt === bootedAt
  const startsAt = Math.max(time.now, machine.flushFreeAt)
  const [min, max] = setting.flushMs
  const neverEnds = chance.of(faults['script-never-ends'])
  const endsAt = startsAt + chance.between(min, max)
  const failsAt = chance.of(faults['script-fails'])
    ? chance.between(startsAt, endsAt)
    : Number.POSITIVE_INFINITY
  machine.flushFreeAt = Math.min(endsAt, time.now + command.executionTimeoutMs)

  const stage = (at: number, work: () => void) =>
    time.at(at, () => {
      const isThere = machine.isOn && isSameBoot() && command.endedAt === undefined
      if (isThere && at < failsAt) work()
    })
  let census: Census = { count: 0, files: [] }
  let inventory: Inventory = { files: [], leftOut: [] }
  stage(startsAt, () => {
    census = takeCensus(world, machine, command)
  })
  stage(startsAt + BUFFER_MS, () => {
    rotate(world, machine)
    inventory = takeInventory(world, machine)
    archive(world, machine, command, inventory.files)
  })
  const tell = (work: () => void) => () => {
    if (machine.canRun && isSameBoot() && command.endedAt === undefined) work()
  }
  surviveBoot(world, machine, command)
  const timesOutAt = time.now + command.executionTimeoutMs
  if (failsAt < endsAt)
    time.at(
      failsAt,
      tell(() => world.ssm.report(command, 'Failed', 'Failed', 'no space left')),
    )
  else if (!neverEnds && endsAt < timesOutAt) {
    time.at(
      endsAt,
      tell(() => report(world, machine, command, lookAgain(world, machine, command, { census, inventory }))),
    )
  } else
    time.at(
      timesOutAt,
      tell(() => world.ssm.report(command, 'TimedOut', 'Execution Timed Out')),
    )
}

/**
 * A boot ends the script. What the agent makes of that is not documented: it runs the document again from its beginning (as has been
 * reported), says that it failed, or says nothing, until SSM gives up.
 */
function surviveBoot(world: FlushSurroundings, machine: Machine, command: Command): void {
  const { bootedAt, disk } = machine
  machine.whenBack(() => {
    if (command.endedAt !== undefined || machine.disk !== disk) return
    if (machine.bootedAt === bootedAt) return surviveBoot(world, machine, command)
    const fate = world.chance.pick(['runs again', 'failed', 'nothing'])
    if (fate === 'runs again') runFlush(world, machine, command)
    if (fate === 'failed') world.ssm.report(command, 'Failed', 'Failed')
  })
}

/** What held bytes before anything was touched. */
interface Census {
  readonly count: number
  readonly files: readonly LogFile[]
}

/**
 * What is held can be deleted by name only. Then, in a termination, every writer is asked to end; and what was in a live log is in a
 * file of its own.
 */
function takeCensus(world: FlushSurroundings, machine: Machine, command: Command): Census {
  const { chance, faults, region, time } = world
  const isTermination = command.parameters.purpose === 'termination'
  machine.write()
  const action = region.actionOf(machine.instanceId)
  const { files } = machine.disk
  if (action && isTermination && !command.isByHand && action.censusAt === undefined) {
    action.censusAt = time.now
    // What was named for an earlier action, or for nobody's, is no evidence of this one.
    for (const file of files) file.isNamed = false
  }
  const count = files.length + machine.disk.live().length
  for (const file of files) {
    file.isHeld ||= !chance.of(faults['hold-fails'])
    file.isRemembered ||= isTermination
  }
  if (isTermination) machine.quiesce()
  rotate(world, machine)
  if (isTermination) for (const file of machine.disk.files) file.isRemembered = true
  return { count, files: [...machine.disk.files, ...machine.disk.remembered] }
}

function rotate({ chance, faults }: FlushSurroundings, machine: Machine): void {
  machine.rotate({
    isHeld: () => !chance.of(faults['hold-fails']),
    fails: () => chance.of(faults['rotation-fails']),
  })
}

export interface Inventory {
  readonly files: readonly LogFile[]
  /** There, and unreadable or not looked at in time. */
  readonly leftOut: readonly LogFile[]
}

/** A flush that runs out of time looks at what it can. */
export function takeInventory(
  { chance, faults }: FlushSurroundings,
  { disk, hasUnreadable }: Pick<Machine, 'disk' | 'hasUnreadable'>,
): Inventory {
  const { files } = disk
  const from = hasUnreadable ? 1 : 0
  const isShort = chance.of(faults['flush-is-short-of-time'])
  const to = isShort ? chance.whole(from, files.length) : files.length
  return { files: files.slice(from, to), leftOut: [...files.slice(0, from), ...files.slice(to)] }
}

/** Only what is in the inventory is ever published. */
function archive(
  world: FlushSurroundings,
  machine: Machine,
  { parameters: { upload } }: Command,
  inventory: readonly LogFile[],
): void {
  if (upload === '') publish(world, machine)
  else if (upload === '*') uploadDirectly(world, machine, inventory)
  else {
    const paths = new Set(gunzipSync(Buffer.from(upload, 'base64')).toString('utf8').split('\0'))
    uploadDirectly(
      world,
      machine,
      inventory.filter(({ path }) => paths.has(path)),
    )
  }
}

/** What is true right before the report. */
function lookAgain(
  { time }: FlushSurroundings,
  machine: Machine,
  { parameters: { purpose }, isByHand }: Command,
  { census, inventory }: { readonly census: Census; readonly inventory: Inventory },
): Findings {
  machine.write()
  const { disk } = machine
  const isTermination = purpose === 'termination'
  // What somebody asked for by hand is no evidence: the guard has not seen it.
  if (isTermination && !isByHand) disk.lastLookAt = time.now
  const known = new Set([...inventory.files, ...inventory.leftOut])
  // What appeared since is as live as what grew.
  const appeared = disk.files.filter((file) => !known.has(file))
  const live = [...appeared.map(({ path, content: { size } }) => ({ path, size })), ...disk.live()]
  const gone = census.files.filter((file) => !known.has(file) && !appeared.includes(file))
  const unaccounted: Unaccounted[] = [
    ...inventory.leftOut.map((file) => ({ file, why: 'unreadable, or not looked at in time' })),
    ...gone.map((file) => ({ file, why: 'it was deleted' })),
  ]
  const accounted = inventory.files.map(({ path }) => path).filter((path) => machine.unaccounted.delete(path))
  for (const { file } of unaccounted) machine.unaccounted.add(file.path)
  const writers = isTermination
    ? machine.writing.flatMap(({ name, openLogs }) => openLogs.map((path) => ({ name, path })))
    : []
  return { census: census.count, files: inventory.files, live, unaccounted, accounted, writers }
}

function report(world: FlushSurroundings, machine: Machine, command: Command, findings: Findings): void {
  const { chance, faults, ssm } = world
  const line = manifestLine(world, machine, command, findings)
  const isCut = chance.of(faults['output-is-cut'])
  const isReadable = !isCut && !line.isSpoilt && command.visibleAt < Number.POSITIVE_INFINITY
  if (isReadable && !command.isByHand) {
    for (const file of findings.files) file.isNamed = true
    for (const { file } of findings.unaccounted) file.isNamed = true
  }
  ssm.report(
    command,
    'Success',
    'Success',
    isCut ? line.text.slice(0, chance.whole(0, line.text.length - 1)) : `${line.text}\n`,
  )
}
