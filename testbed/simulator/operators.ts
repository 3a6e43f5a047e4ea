/** People, and what befalls a fleet in a day: terminations of every kind, and hands that interfere at a bad moment. */
import { putOurHook } from './enrolled-groups.ts'
import { attempt, often, sometime } from './occasions.ts'
import type { Region } from './region.ts'
import type { RunCommand } from './run-command.ts'
import { HOOK, minute } from './setting.ts'
import type { Surroundings } from './surroundings.ts'

interface OperatorSurroundings extends Surroundings {
  readonly healsAt: number
  readonly region: Region
  readonly ssm: RunCommand
}

export class Operators {
  readonly #world: OperatorSurroundings

  constructor(world: OperatorSurroundings) {
    this.#world = world
  }

  /** Plans the whole of the chaos. */
  begin(): void {
    const { chance, faults, setting } = this.#world
    const departures = chance.whole(4, 10)
    for (let count = 0; count < departures; count++) sometime(this.#world, () => this.#departure())
    for (const { size } of setting.groups) {
      for (let count = 0; count < size; count++) {
        if (chance.of(faults['machine-vanishes'])) sometime(this.#world, () => this.#loseMachine())
      }
    }
    often(this.#world, faults['operator-completes'], () => this.#complete())
    often(this.#world, faults['operator-deletes-the-hook'], () => this.#deleteHook())
    often(this.#world, faults['operator-cancels-a-flush'], () => this.#cancelFlush())
    often(this.#world, faults['operator-terminates-a-held-machine'], () => this.#terminateHeld())
    often(this.#world, faults['operator-releases-a-retained-machine'], () => this.#releaseRetained())
  }

  #departure(): void {
    const { chance, region } = this.#world
    const members = this.#members((state) => state === 'InService')
    if (members.length === 0) return
    const { id } = chance.pick(members)
    const how = chance.next()
    this.#world.trace?.note('person', `wants ${id} gone`)
    attempt(this.#world, () => {
      if (how < 0.06) region.depart(id, 'replace-root-volume')
      else if (how < 0.12) region.depart(id, 'return-to-warm-pool')
      else if (how < 0.2)
        region.call(person, 'SetInstanceHealth', { InstanceId: id, HealthStatus: 'Unhealthy' })
      else if (how < 0.25) region.call(person, 'TerminateInstances', { InstanceIds: [id] })
      else {
        const ShouldDecrementDesiredCapacity = chance.of(0.8)
        region.call(person, 'TerminateInstanceInAutoScalingGroup', {
          InstanceId: id,
          ShouldDecrementDesiredCapacity,
        })
      }
    })
  }

  #loseMachine(): void {
    const members = this.#members(() => true)
    if (members.length > 0)
      attempt(this.#world, () => this.#world.region.loseMachine(this.#world.chance.pick(members).id))
  }

  #complete(): void {
    const { region, chance, trace } = this.#world
    const action = this.#anyAction()
    if (!action) return
    trace?.note('person', `completes the action of ${action.instance.id}`)
    const named = {
      AutoScalingGroupName: action.groupName,
      LifecycleHookName: HOOK,
      InstanceId: action.instance.id,
    }
    attempt(this.#world, () =>
      region.call(person, 'CompleteLifecycleAction', {
        ...named,
        LifecycleActionResult: chance.pick(['CONTINUE', 'ABANDON']),
      }),
    )
  }

  /** Everything that waits at a hook that is deleted may continue. Somebody notices, and puts it back. */
  #deleteHook(): void {
    const { region, chance, time, setting, trace } = this.#world
    const { name } = chance.pick(setting.groups)
    trace?.note('person', `deletes the hook of ${name}`)
    attempt(this.#world, () =>
      region.call(person, 'DeleteLifecycleHook', { AutoScalingGroupName: name, LifecycleHookName: HOOK }),
    )
    const putAt = Math.min(time.now + chance.between(1, 30) * minute, this.#world.healsAt)
    time.at(putAt, () => attempt(this.#world, () => putOurHook(this.#world, region, name)))
  }

  #cancelFlush(): void {
    const { ssm, chance } = this.#world
    const running = ssm.running()
    if (running.length > 0) ssm.report(chance.pick(running), 'Cancelled', 'Cancelled')
  }

  #terminateHeld(): void {
    const { region, trace } = this.#world
    const action = this.#anyAction()
    if (!action) return
    trace?.note('person', `terminates ${action.instance.id} through EC2`)
    attempt(this.#world, () =>
      region.call(person, 'TerminateInstances', { InstanceIds: [action.instance.id] }),
    )
  }

  #releaseRetained(): void {
    const { region, chance } = this.#world
    const retained = this.#members((state) => state.endsWith(':Retained'))
    if (retained.length === 0) return
    const { id } = chance.pick(retained)
    const machine = region.machines.get(id)
    if (machine) machine.wasReleased = true
    attempt(this.#world, () =>
      region.call(person, 'TerminateInstanceInAutoScalingGroup', {
        InstanceId: id,
        ShouldDecrementDesiredCapacity: false,
      }),
    )
  }

  #anyAction() {
    const open = [...this.#world.region.openActions()]
    return open.length > 0 ? this.#world.chance.pick(open) : undefined
  }

  #members(wanted: (lifecycleState: string) => boolean) {
    return this.#world.region.model.instances().filter((one) => one.member && wanted(one.lifecycleState))
  }
}

const person = { by: 'operator' } as const
