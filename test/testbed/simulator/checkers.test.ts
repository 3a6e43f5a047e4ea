/** The checkers themselves: a guard that misbehaves is noticed. (`npm run mutants` does this with the sources.) */
import { describe, expect, it } from '@jest/globals'
import { createCheckers } from '../../../testbed/simulator/checkers/all.ts'
import { missingLines } from '../../../testbed/simulator/checkers/archive.ts'
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

  it('S3 sees a hold that expires while its message lives', async () => {
    const { world, machine } = await fleet()
    terminate(world, machine)
    await world.time.run(world.time.now + 3 * hour, () => false)
    expect(world.violations.map(({ invariant }) => invariant)).toContain('S3')
  })
})

/** Nobody polls: the message lies in the queue, and the guard is not down. */
function terminate(world: World, machine: Machine): void {
  world.functions.poll = () => {}
  world.region.call({ by: 'operator' }, 'TerminateInstanceInAutoScalingGroup', {
    InstanceId: machine.instanceId,
    ShouldDecrementDesiredCapacity: true,
  })
}
