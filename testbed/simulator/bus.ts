/** What travels to the queue: hook notifications and EventBridge events. Lost, late, repeated, out of order. */
import type { EventBridgeEvent } from '../auto-scaling/auto-scaling.ts'
import type { Command } from './flush-command.ts'
import { type Completing, completeOtherHook } from './other-teams.ts'
import type { Truth } from './queue-message.ts'
import { HOOK, hour, minute, OTHER_HOOK, second } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import type { TrackedAction } from './tracked-action.ts'

interface BusSurroundings extends Surroundings {
  readonly queue: { send(body: string, truth: Truth): void; reveal(instanceId: string): void }
  readonly region: Completing
}

/** How late a message may be. */
export const LATEST_MS = 5 * hour

export class Bus {
  readonly #world: BusSurroundings
  #underWay = 0

  constructor(world: BusSurroundings) {
    this.#world = world
  }

  /** Nothing is late any more. */
  get isEmpty(): boolean {
    return this.#underWay === 0
  }

  notification(body: string, action: TrackedAction): void {
    const { chance, faults, trace } = this.#world
    const { token, instance } = action
    const truth: Truth = { is: 'notification', token, instanceId: instance.id, isByEvent: false }
    if (chance.of(faults['notification-is-lost'])) {
      trace?.note('sqs', `the notification of ${action.instance.id} is lost`)
      action.isNotificationLost = true
      return
    }
    this.#send(chance.of(faults['notification-is-late']) ? chance.between(0, 40) * minute : 0, body, truth)
    if (chance.of(faults['notification-is-repeated'])) {
      this.#send(chance.between(0, chance.pick([2 * second, 90 * minute])), body, truth)
    }
  }

  /** Auto Scaling announces every action on EventBridge too; a rule may bring it to the queue, an SNS topic may lie between. */
  autoScalingEvent(event: EventBridgeEvent): void {
    if (event['detail-type'] !== 'EC2 Instance-terminate Lifecycle Action') return
    const { chance, faults, region } = this.#world
    const { LifecycleHookName, EC2InstanceId, AutoScalingGroupName, LifecycleActionToken } = event.detail
    const instanceId = String(EC2InstanceId)
    if (LifecycleHookName === OTHER_HOOK)
      completeOtherHook(this.#world, region, String(AutoScalingGroupName), instanceId)
    if (LifecycleHookName !== HOOK || !chance.of(faults['notification-comes-by-event-too'])) return
    const plain = JSON.stringify(event)
    const body = chance.of(0.5)
      ? plain
      : JSON.stringify({ Type: 'Notification', MessageId: 'm', Message: plain })
    this.#send(chance.between(0, minute), body, {
      is: 'notification',
      token: String(LifecycleActionToken),
      instanceId,
      isByEvent: true,
    })
  }

  commandStatus(command: Command): void {
    const { chance, faults, time, setting, queue } = this.#world
    // The rule lets through only what ends a flush.
    if (command.status === 'InProgress' || chance.of(faults['event-is-lost'])) return
    const { instanceId } = command
    const body = JSON.stringify({
      ...{ version: '0', id: 'e', account: '000000000000', region: setting.policy.region, source: 'aws.ssm' },
      'detail-type': 'EC2 Command Invocation Status-change Notification',
      time: new Date(time.now).toISOString(),
      detail: {
        'command-id': command.id,
        'document-name': command.documentName,
        'instance-id': instanceId,
        // EventBridge spells it with one l.
        status: command.status === 'Cancelled' ? 'Canceled' : command.status,
      },
    })
    if (chance.of(faults['wake-ups-coincide'])) queue.reveal(instanceId)
    const lateMs = chance.of(faults['event-is-late'])
      ? chance.between(0, 30) * minute
      : chance.between(0, second)
    this.#send(lateMs, body, { is: 'status', instanceId })
    if (chance.of(faults['event-is-repeated']))
      this.#send(chance.between(0, 5 * minute), body, { is: 'status', instanceId })
  }

  #send(inTimeMs: number, body: string, truth: Truth): void {
    const { time, queue, chance, faults } = this.#world
    const isVeryLate = chance.of(faults['message-is-very-late'])
    const lateMs = isVeryLate ? chance.between(0, LATEST_MS) : inTimeMs
    if (lateMs === 0) queue.send(body, truth)
    else {
      this.#underWay++
      time.after(lateMs, () => {
        this.#underWay--
        queue.send(body, truth)
      })
    }
  }
}
