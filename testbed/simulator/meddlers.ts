/** People who do what AWS lets them do, at a moment that suits nobody: with machines, with groups, and with the guard's own deployment. */
import { markKey } from '../../src/enrolment/mark.ts'
import { readPolicy } from '../../src/policy.ts'
import { createGroup, putOurHook } from './enrolled-groups.ts'
import { attempt, often } from './occasions.ts'
import type { Queue } from './queue.ts'
import type { DeadLetter } from './queue-message.ts'
import type { Region } from './region.ts'
import type { RunCommand } from './run-command.ts'
import { HOOK, minute, NOTIFIER_ROLE_ARN, OTHER_QUEUE_ARN, second } from './setting.ts'
import type { Surroundings } from './surroundings.ts'

interface MeddlerSurroundings extends Surroundings {
  readonly healsAt: number
  readonly region: Region
  readonly ssm: RunCommand
  readonly queue: Queue
  readonly deadLetters: DeadLetter[]
  readonly functions: { withdraw(): void; deploy(): void; killAll(): void }
}

export function startMeddlers(world: MeddlerSurroundings): void {
  const { faults } = world
  often(world, faults['operator-stops-a-held-machine'], () => stopHeld(world))
  often(world, faults['operator-reboots-a-held-machine'], () => rebootHeld(world))
  often(world, faults['operator-flushes-by-hand'], () => flushByHand(world))
  often(world, faults['operator-deletes-files'], () => deleteFiles(world))
  often(world, faults['operator-cleans-up'], () => cleanUp(world))
  often(world, faults['operator-wakes-the-warm-pool'], () => wakeWarm(world))
  often(world, faults['operator-deletes-a-group'], () => deleteGroup(world))
  often(world, faults['operator-points-the-hook-elsewhere'], () => pointElsewhere(world))
  often(world, faults['operator-takes-the-tags'], () => takeTags(world))
  often(world, faults['operator-withdraws'], () => world.functions.withdraw())
  often(world, faults['operator-redeploys'], () => redeploy(world))
  often(world, faults['operator-sets-the-time-out'], () => setTimeOut(world))
  often(world, faults['operator-redrives'], () => redrive(world))
  often(world, faults['operator-puts-on-standby'], () => putOnStandby(world))
  often(world, faults['operator-detaches'], () => detach(world))
}

/** Held by our hook, or kept. */
function heldOrKept({ region, chance }: MeddlerSurroundings): string | undefined {
  const ids = region.model
    .instances()
    .filter(({ member, lifecycleState }) => member && /:(Wait|Retained)$/.test(lifecycleState))
    .map(({ id }) => id)
  return ids.length > 0 ? chance.pick(ids) : undefined
}

/** Half of those who stop a machine start it again. */
function stopHeld(world: MeddlerSurroundings): void {
  const { region, chance, time, trace } = world
  const id = heldOrKept(world)
  if (!id) return
  trace?.note('person', `stops ${id}`)
  attempt(world, () => region.call(person, 'StopInstances', { InstanceIds: [id] }))
  if (chance.of(0.5)) return
  time.after(chance.between(2, 40) * minute, () => {
    trace?.note('person', `starts ${id}`)
    attempt(world, () => region.call(person, 'StartInstances', { InstanceIds: [id] }))
  })
}

function rebootHeld(world: MeddlerSurroundings): void {
  const { region, time, trace } = world
  const id = heldOrKept(world)
  const machine = id ? region.machines.get(id) : undefined
  if (!machine?.isOn) return
  trace?.note('person', `reboots ${id}`)
  machine.powerOff()
  time.after(45 * second, () => {
    const state = region.model.instances().find((one) => one.id === id)?.machine
    if (state === 'running') machine.powerOn()
  })
}

/** With our document, and with a Comment of their own. */
function flushByHand(world: MeddlerSurroundings): void {
  const { region, ssm, chance, trace } = world
  const machines = [...region.machines.values()].filter((machine) => machine.canRun)
  if (machines.length === 0) return
  const { instanceId } = chance.pick(machines)
  const isHeld = region.actionOf(instanceId) !== undefined
  trace?.note('person', `flushes ${instanceId} by hand`)
  ssm.sendByHand(
    instanceId,
    isHeld ? 'termination' : 'audit',
    chance.pick(['by hand', '', 'INC-4711 rescue']),
  )
}

/** Some of the rotated files of a machine that is held, since its disk is full. */
function deleteFiles(world: MeddlerSurroundings): void {
  const disk = world.region.machines.get(heldOrKept(world) ?? '')?.disk
  for (const file of disk?.files ?? [])
    if (world.chance.of(0.5)) {
      world.trace?.note('person', `deletes ${file.path}`)
      disk?.delete(file)
    }
}

/** What a flush holds looks like litter. */
function cleanUp(world: MeddlerSurroundings): void {
  world.trace?.note('person', 'deletes what a flush held')
  world.region.machines.get(heldOrKept(world) ?? '')?.cleanUp()
}

function wakeWarm(world: MeddlerSurroundings): void {
  const { region, chance, trace } = world
  const warm = region.model.instances().filter(({ lifecycleState }) => lifecycleState === 'Warmed:Stopped')
  if (warm.length === 0) return
  const { id } = chance.pick(warm)
  trace?.note('person', `puts ${id} back into service`)
  attempt(world, () => (chance.of(0.5) ? region.wake(id) : region.depart(id, 'terminate-warmed')))
}

/** By force, which needs the retention to be switched off; half of those who do make it anew, under its name. */
function deleteGroup(world: MeddlerSurroundings): void {
  const { region, chance, setting, trace } = world
  const group = chance.pick(setting.groups)
  const { name } = group
  trace?.note('person', `deletes ${name} by force`)
  attempt(world, () => {
    region.call(person, 'UpdateAutoScalingGroup', {
      AutoScalingGroupName: name,
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'terminate' } },
    })
    for (const machine of region.machines.values()) if (machine.groupName === name) machine.wasReleased = true
    region.call(person, 'DeleteAutoScalingGroup', {
      AutoScalingGroupName: name,
      ForceDelete: true,
    })
  })
  if (chance.of(0.5)) return
  world.time.at(soon(world, 30), () => {
    trace?.note('person', `makes ${name} anew`)
    attempt(world, () => createGroup(world, region, group))
  })
}

/** Another deployment of the guard, or a copied template, takes the hook for itself; somebody notices. */
function pointElsewhere(world: MeddlerSurroundings): void {
  const { region, chance, time, setting, trace } = world
  const { name } = chance.pick(setting.groups)
  trace?.note('person', `points the hook of ${name} to another queue`)
  attempt(world, () =>
    region.call(person, 'PutLifecycleHook', {
      AutoScalingGroupName: name,
      LifecycleHookName: HOOK,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      NotificationTargetARN: OTHER_QUEUE_ARN,
      RoleARN: NOTIFIER_ROLE_ARN,
    }),
  )
  time.at(Math.min(time.now + chance.between(5, 60) * minute, world.healsAt), () =>
    attempt(world, () => putOurHook(world, region, name)),
  )
}

/** A tool that knows only its own tags takes away the others. */
function takeTags(world: MeddlerSurroundings): void {
  const { region, chance, setting, trace } = world
  const { name } = chance.pick(setting.groups)
  trace?.note('person', `takes our tags from ${name}`)
  attempt(world, () =>
    region.call(person, 'DeleteTags', {
      Tags: [{ ResourceId: name, ResourceType: 'auto-scaling-group', Key: markKey(HOOK) }],
    }),
  )
}

/** New code and other limits, with whatever is open. */
function redeploy(world: MeddlerSurroundings): void {
  const { chance, setting, trace } = world
  const environment: Record<string, string> = {
    ...setting.environment,
    PATIENCE_SECONDS: chance.pick(['1800', '3600']),
    MAX_ATTEMPTS: chance.pick(['2', '3', '5', '8']),
    RETRY_SECONDS: chance.pick(['0', '30', '120']),
    LOOK_AGAIN_SECONDS: chance.pick(['300', '900']),
  }
  if (setting.policy.enrolment)
    environment.NOTIFIER_ROLE_ARN = `arn:aws:iam::000000000000:role/notifier-${chance.hex(4)}`
  trace?.note('person', 'deploys the guard again')
  setting.policy = readPolicy(environment)
  if (setting.policy.enrolment) world.functions.deploy()
}

/** With whatever waits at it. */
function setTimeOut(world: MeddlerSurroundings): void {
  const { region, chance, setting, trace } = world
  const { name } = chance.pick(setting.groups)
  const HeartbeatTimeout = chance.pick([300, 600, 1800, 7200])
  trace?.note('person', `sets the time-out of ${name}'s hook to ${HeartbeatTimeout} s`)
  attempt(world, () => putOurHook(world, region, name, HeartbeatTimeout))
}

/** What lies in the dead-letter queue comes once more, each as a new message. */
function redrive({ deadLetters, queue, trace }: MeddlerSurroundings): void {
  trace?.note('person', 'redrives the dead letters')
  for (const { body, truth } of deadLetters.splice(0)) queue.send(body, truth)
}

/** In service, and nobody's any more for a while. Whoever died meanwhile is noticed only then, as nobody looks at the health of the others. */
function putOnStandby(world: MeddlerSurroundings): void {
  const { region, chance, time, trace } = world
  const one = inService(world)
  if (!one) return
  const named = { AutoScalingGroupName: one.groupName, InstanceIds: [one.id] }
  trace?.note('person', `puts ${one.id} on standby`)
  attempt(world, () =>
    region.call(person, 'EnterStandby', { ...named, ShouldDecrementDesiredCapacity: chance.of(0.5) }),
  )
  time.at(soon(world, 30), () =>
    attempt(world, () => {
      region.call(person, 'ExitStandby', named)
      if (one.machine !== 'running')
        region.call(person, 'SetInstanceHealth', { InstanceId: one.id, HealthStatus: 'Unhealthy' })
    }),
  )
}

/** What runs, or is kept; half of them are put back. */
function detach(world: MeddlerSurroundings): void {
  const { region, chance, time, trace } = world
  const kept = region.model.instances().filter(({ lifecycleState }) => lifecycleState.endsWith(':Retained'))
  const one = kept.length > 0 && chance.of(0.5) ? chance.pick(kept) : inService(world)
  if (!one) return
  const named = { AutoScalingGroupName: one.groupName, InstanceIds: [one.id] }
  trace?.note('person', `detaches ${one.id}`)
  attempt(world, () =>
    region.call(person, 'DetachInstances', { ...named, ShouldDecrementDesiredCapacity: false }),
  )
  if (chance.of(0.5)) return
  time.at(soon(world, 30), () => attempt(world, () => region.call(person, 'AttachInstances', named)))
}

function inService({ region, chance }: MeddlerSurroundings) {
  const members = region.model.instances().filter(({ lifecycleState }) => lifecycleState === 'InService')
  return members.length > 0 ? chance.pick(members) : undefined
}

/** Before the world heals, at the latest. */
function soon({ time, chance, healsAt }: MeddlerSurroundings, mostMinutes: number): number {
  return Math.min(time.now + chance.between(2, mostMinutes) * minute, healsAt)
}

const person = { by: 'operator' } as const
