/**
 * Auto Scaling and EC2 in this world: the shared model of lifecycle semantics, what its effects do to machines, queue and bus,
 * and a record of every action of our hook that ever was: who ended it and when.
 */
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling'
import {
  type AutoScaling,
  createAutoScaling,
  type Effect,
  type EventBridgeEvent,
  type InputOf,
  type Instance,
  type OperationName,
  type OutputOf,
} from '../auto-scaling/auto-scaling.ts'
import type { DepartureKind } from '../auto-scaling/state.ts'
import { CopiedDisks } from './copied-disks.ts'
import { countedIds } from './counted-ids.ts'
import { createGroups } from './enrolled-groups.ts'
import { befall, keepsItsDisk } from './machine-effects.ts'
import { completeByAnotherGuard } from './other-teams.ts'
import type { Truth } from './queue-message.ts'
import { HOOK, minute, QUEUE_ARN, second } from './setting.ts'
import { Machine, type MachineSurroundings } from './simulated-machine.ts'
import { type Cause, knownFrom, type TrackedAction } from './tracked-action.ts'

interface RegionSurroundings extends MachineSurroundings {
  readonly queue: { send(body: string, truth: Truth): void }
  readonly bus: {
    notification(body: string, action: TrackedAction): void
    autoScalingEvent(event: EventBridgeEvent): void
  }
  readonly views: { record(instances: readonly Readonly<Instance>[]): void }
  show(what: 'actionEnded', action: TrackedAction, cause: Cause): void
}

/** What starts and ends nothing, and moves no deadline: a heartbeat counts by what the hook is set to now, which may be less than it was. */
function isHarmless(name: OperationName): boolean {
  return name.startsWith('Describe')
}

export class Region {
  readonly model: AutoScaling
  /** By token. */
  readonly actions = new Map<string, TrackedAction>()
  readonly machines = new Map<string, Machine>()
  readonly copies = new CopiedDisks()
  readonly #world: RegionSurroundings
  readonly #open = new Set<TrackedAction>()
  /** The actions of a hook of our name that notified another queue: when each of them was over. */
  readonly #anothers = new Map<string, { readonly instance: Readonly<Instance>; endedAt: number }>()
  #scheduledFor = Number.POSITIVE_INFINITY

  constructor(world: RegionSurroundings) {
    this.#world = world
    this.model = createAutoScaling({
      region: world.setting.policy.region,
      accountId: '000000000000',
      newId: countedIds(),
      forceDeleteRunsHooks: false,
      timings: {
        drainMs: 20 * second,
        proceedMs: 2 * second,
        shutdownMs: 40 * second,
        noticeMs: minute,
        ruleMs: 0,
      },
    })
    createGroups(world, this)
  }

  /** One API call. What it brings about is carried out at once. */
  call<Name extends OperationName>(cause: Cause, name: Name, input: InputOf<Name>): OutputOf<Name> {
    this.settle()
    try {
      return this.model.call(this.#world.time.now, name, input)
    } finally {
      if (!isHarmless(name)) this.#follow(cause)
      if (name === 'PutLifecycleHook') this.#compareTimeOuts()
    }
  }

  loseMachine(instanceId: string): void {
    this.settle()
    this.model.loseMachine(this.#world.time.now, instanceId)
    this.#follow({ by: 'machine' })
  }

  depart(instanceId: string, kind: DepartureKind): void {
    this.settle()
    this.model.depart(this.#world.time.now, instanceId, kind)
    this.#follow({ by: 'operator' })
  }

  /** A stopped instance of the warm pool goes back into service. */
  wake(instanceId: string): void {
    this.settle()
    this.model.wake(this.#world.time.now, instanceId)
    this.#follow({ by: 'operator' })
  }

  /** Applies what became due by now. */
  settle(): void {
    const { now } = this.#world.time
    if (this.#scheduledFor > now) return
    const isGlobal = [...this.#open].some((action) =>
      action.instance.departure?.actions.some(
        ({ token, globalDueAt }) => token === action.token && globalDueAt <= now,
      ),
    )
    this.#scheduledFor = Number.POSITIVE_INFINITY
    this.#follow({ by: 'time', was: isGlobal ? 'global timeout' : 'heartbeat timeout' })
  }

  openActions(): ReadonlySet<TrackedAction> {
    return this.#open
  }

  /** The action of our hook that holds this instance now. */
  actionOf(instanceId: string): TrackedAction | undefined {
    for (const action of this.#open) if (action.instance.id === instanceId) return action
    return undefined
  }

  #follow(cause: Cause): void {
    const { time } = this.#world
    for (
      let effects = this.model.advance(time.now);
      effects.length > 0;
      effects = this.model.advance(time.now)
    ) {
      for (const effect of effects) this.#carryOut(effect)
    }
    for (const action of this.#open) {
      if (!isWaiting(action.instance, action.token)) this.#ended(action, cause)
    }
    this.#followAnothers()
    this.#world.views.record(this.model.instances())
    const dueAt = this.model.nextDue()
    if (dueAt === undefined || dueAt >= this.#scheduledFor) return
    this.#scheduledFor = dueAt
    time.at(dueAt, () => this.settle())
  }

  /** Whether a hook of our name that notifies another queue held the instance at some time since then. */
  wasAnothers(instanceId: string, since: number): boolean {
    return [...this.#anothers.values()].some((one) => one.instance.id === instanceId && one.endedAt >= since)
  }

  #compareTimeOuts(): void {
    for (const action of this.#open)
      action.isTimeOutChanged ||= this.#timeOutOf(action.groupName) !== action.heartbeatMs
  }

  /** Of our hook, in milliseconds. */
  #timeOutOf(groupName: string): number {
    return (this.hookOf(groupName)?.HeartbeatTimeout ?? 0) * second
  }

  #followAnothers(): void {
    for (const [token, one] of this.#anothers)
      if (one.endedAt === Number.POSITIVE_INFINITY && !isWaiting(one.instance, token))
        one.endedAt = this.#world.time.now
  }

  #ended(action: TrackedAction, cause: Cause): void {
    this.#open.delete(action)
    action.end = { at: this.#world.time.now, cause, unseenSince: action.disk.unseenSince }
    const how =
      cause.by === 'guard' ? `the guard: ${cause.result}` : cause.by === 'time' ? cause.was : cause.by
    this.#world.trace?.note('asg', `the action of ${action.instance.id} ends (${how})`)
    this.#world.show('actionEnded', action, cause)
  }

  #carryOut(effect: Effect): void {
    const { time, chance, trace } = this.#world
    if ('instanceId' in effect) trace?.note('asg', `${effect.do} ${effect.instanceId}`)
    if ('volumeId' in effect || 'snapshotId' in effect) {
      this.copies.carryOut(time.now, effect, this.machines)
      return
    }
    switch (effect.do) {
      case 'launch': {
        const { instanceId } = effect
        this.machines.set(instanceId, new Machine(this.#world, instanceId, effect.groupName))
        if (this.#world.setting.ownersKeepDisks)
          this.call({ by: 'machine' }, 'ModifyInstanceAttribute', keepsItsDisk(instanceId))
        time.after(chance.between(5, 40) * second, () => {
          this.model.machineStarted(time.now, instanceId)
          this.#follow({ by: 'machine' })
        })
        return
      }
      case 'notify':
        this.#notify(effect)
        return
      case 'publish':
        this.#world.bus.autoScalingEvent(effect.event)
        return
      default:
        befall(this.machines.get(effect.instanceId), effect, () => this.#instance(effect.instanceId))
    }
  }

  #instance(instanceId: string): Readonly<Instance> | undefined {
    return this.model.instances().find(({ id }) => id === instanceId)
  }

  /** The hook of our name as it is really set, if there is the group and it has one. */
  hookOf(groupName: string): LifecycleHook | undefined {
    const { now } = this.#world.time
    const names = { AutoScalingGroupNames: [groupName] }
    if (!this.model.call(now, 'DescribeAutoScalingGroups', names).AutoScalingGroups?.length) return undefined
    const { LifecycleHooks } = this.model.call(now, 'DescribeLifecycleHooks', {
      AutoScalingGroupName: groupName,
      LifecycleHookNames: [HOOK],
    })
    return LifecycleHooks?.[0]
  }

  #notify({ body, token, targetArn }: Extract<Effect, { do: 'notify' }>): void {
    const instance = this.model.instances().find((one) => isWaiting(one, token))
    if (targetArn !== QUEUE_ARN) {
      if (token && instance) this.#anothers.set(token, { instance, endedAt: Number.POSITIVE_INFINITY })
      completeByAnotherGuard(this.#world, this, body)
      return
    }
    if (!token) {
      this.#world.queue.send(body, { is: 'no action', what: 'a test notification' })
      return
    }
    const machine = instance && this.machines.get(instance.id)
    if (!instance?.departure || !machine) return
    const action: TrackedAction = {
      ...{ token, instance, machine, groupName: instance.groupName, kind: instance.departure.kind },
      ...{ disk: machine.disk, startedAt: this.#world.time.now, end: undefined, censusAt: undefined },
      ...{ heartbeatMs: this.#timeOutOf(instance.groupName), isTimeOutChanged: false },
      ...{ isNotificationLost: false, isSeen: false, knownFrom: knownFrom(this.#world) },
    }
    this.actions.set(token, action)
    this.#open.add(action)
    this.#world.trace?.note('asg', `${instance.id} waits at ${HOOK} (${action.kind})`)
    this.#world.bus.notification(body, action)
  }
}

function isWaiting({ departure }: Readonly<Instance>, token: string | undefined): boolean {
  return departure?.actions.some((one) => one.token === token) ?? false
}
