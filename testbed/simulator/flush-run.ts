/** The script on the instance, as far as the guard can tell: quiesce, rotate, publish, wait, rotate and publish again, report. */
import { gunzipSync } from 'node:zlib'
import type { Command, Status } from './flush-command.ts'
import { type Findings, manifestLine } from './manifest-line.ts'
import { type Archiving, publish, uploadDirectly } from './publisher.ts'
import { second } from './setting.ts'
import type { Machine } from './simulated-machine.ts'

export interface FlushSurroundings extends Archiving {
  readonly ssm: { report(command: Command, status: Status, details: string, output?: string): void }
}

/** How long a log may be buffered before it is written (Tomcat). */
const BUFFER_MS = 11 * second

/** Each stage happens only on a machine that still runs; a dead agent tells nothing of it. */
export function runFlush(world: FlushSurroundings, machine: Machine, command: Command): void {
  const { time, chance, faults, setting } = world
  const { disk } = machine
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
      const isThere = machine.isOn && machine.disk === disk && command.endedAt === undefined
      if (isThere && at < failsAt) work()
    })
  const findings = { isQuiesced: false, inventory: 0 }
  stage(startsAt, () => {
    findings.isQuiesced = command.parameters.purpose === 'termination' && machine.quiesce()
    archive(world, machine, command)
  })
  stage(startsAt + BUFFER_MS, () => {
    archive(world, machine, command)
    findings.inventory = disk.files.length
  })
  const tell = (work: () => void) => () => {
    if (machine.canRun && machine.disk === disk) work()
  }
  const timesOutAt = time.now + command.executionTimeoutMs
  if (failsAt < endsAt)
    time.at(
      failsAt,
      tell(() => world.ssm.report(command, 'Failed', 'Failed', 'no space left')),
    )
  else if (!neverEnds && endsAt < timesOutAt) {
    time.at(
      endsAt,
      tell(() => report(world, machine, command, findings)),
    )
  } else
    time.at(
      timesOutAt,
      tell(() => world.ssm.report(command, 'TimedOut', 'Execution Timed Out')),
    )
}

function archive(world: FlushSurroundings, machine: Machine, { parameters }: Command): void {
  machine.write()
  machine.disk.rotate()
  const { upload } = parameters
  if (upload === '') publish(world, machine)
  else if (upload === '*') uploadDirectly(world, machine, '*')
  else uploadDirectly(world, machine, gunzipSync(Buffer.from(upload, 'base64')).toString('utf8').split('\0'))
}

function report(world: FlushSurroundings, machine: Machine, command: Command, findings: Findings): void {
  machine.write()
  const { chance, faults, ssm } = world
  const line = manifestLine(world, machine, command, findings)
  const isCut = chance.of(faults['output-is-cut'])
  ssm.report(
    command,
    'Success',
    'Success',
    isCut ? line.slice(0, chance.whole(0, line.length - 1)) : `${line}\n`,
  )
}
