/** The checkers themselves: a guard that misbehaves is noticed. (`npm run mutants` does this with the sources.) */
import { describe, expect, it } from '@jest/globals'
import { createCheckers } from '../../../testbed/simulator/checkers/all.ts'
import { missingLines, owedLines } from '../../../testbed/simulator/checkers/archive.ts'
import { publish } from '../../../testbed/simulator/publisher.ts'
import type { Run } from '../../../testbed/simulator/run.ts'
import { hour, minute } from '../../../testbed/simulator/setting.ts'
import type { Machine } from '../../../testbed/simulator/simulated-machine.ts'
import type { TrackedAction } from '../../../testbed/simulator/tracked-action.ts'
import { World } from '../../../testbed/simulator/world.ts'

/** A calm fleet that has written logs for an hour; nobody has begun to look after it. */
async function fleet(): Promise<{ world: World; machine: Machine }> {
  const world = new World(69, { isTraced: false })
  world.watchWith(createCheckers(world))
  await world.time.run(world.time.now + 90 * minute, () => false)
  const machine = [...world.region.machines.values()][0] as Machine
  machine.write()
  return { world, machine }
}

describe('the ledger of lines', () => {
  it('finds every line that only the disk has, and none once it is published', async () => {
    const { world, machine } = await fleet()
    expect(machine.disk.lines).toBeGreaterThan(5)
    expect(missingLines(world, machine.disk)).toBeGreaterThan(0)
    machine.rotate({ isHeld: () => false, fails: () => false })
    publish(world, machine)
    expect(missingLines(world, machine.disk)).toBe(0)
  })
})

describe('checkers', () => {
  it('S1 sees a CONTINUE for a machine whose lines are not in S3', async () => {
    const { world, machine } = await fleet()
    terminate(world, machine)
    await world.time.run(world.time.now + minute, () => false)
    const [action] = world.region.openActions()
    const run = { isDead: false } as Run
    world.show('actionEnded', action as TrackedAction, { by: 'guard', run, result: 'CONTINUE' })
    expect(world.violations.map(({ invariant }) => invariant)).toContain('S1')
  })

  it('S6 sees a CONTINUE for a machine whose writer still has its logs open', async () => {
    const { world, machine } = await fleet()
    terminate(world, machine)
    await world.time.run(world.time.now + minute, () => false)
    const [action] = world.region.openActions()
    machine.disk.lastLookAt = world.time.now
    const run = { isDead: false } as Run
    world.show('actionEnded', action as TrackedAction, { by: 'guard', run, result: 'CONTINUE' })
    expect(world.violations.map(({ invariant }) => invariant)).toContain('S6')
  })

  it('nothing is owed that was deleted before a flush had looked, and all of it afterwards', async () => {
    const { world, machine } = await fleet()
    terminate(world, machine)
    await world.time.run(world.time.now + minute, () => false)
    const [action] = world.region.openActions() as Iterable<TrackedAction>
    machine.rotate({ isHeld: () => false, fails: () => false })
    for (const file of machine.disk.files) {
      file.isRemembered = true
      machine.disk.delete(file)
    }
    expect(owedLines(world, action as TrackedAction, world.time.now)).toBe(0)
    Object.assign(action as TrackedAction, { censusAt: world.time.now })
    const missing = missingLines(world, machine.disk)
    expect(missing).toBeGreaterThan(0)
    expect(owedLines(world, action as TrackedAction, world.time.now)).toBe(missing)
  })

  it('notices a mark that nobody puts back', async () => {
    const world = enrollingWorld()
    world.watchWith(createCheckers(world))
    world.show('atRest')
    expect(world.violations.map(({ invariant }) => invariant)).toContain('enrolment')
  })

  it('S3 sees a hold that expires while its message lives', async () => {
    const { world, machine } = await fleet()
    terminate(world, machine)
    await world.time.run(world.time.now + 3 * hour, () => false)
    expect(world.violations.map(({ invariant }) => invariant)).toContain('S3')
  })
})

/** Its groups have our hook, and no sweep has marked them yet. */
function enrollingWorld(): World {
  for (let seed = 1; ; seed++) {
    const world = new World(seed, { isTraced: false })
    if (world.setting.policy.enrolment) return world
  }
}

/** Nobody polls: the message lies in the queue, and the guard is not down. */
function terminate(world: World, machine: Machine): void {
  world.functions.poll = () => {}
  world.region.call({ by: 'operator' }, 'TerminateInstanceInAutoScalingGroup', {
    InstanceId: machine.instanceId,
    ShouldDecrementDesiredCapacity: true,
  })
}
