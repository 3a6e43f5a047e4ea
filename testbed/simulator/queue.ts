/** SQS: a standard queue with visibility, receive counts, redrive, and deliveries that happen twice. */
import { AwsError } from '../aws-error.ts'
import { describe, handleOf, type Message, type Truth } from './queue-message.ts'
import type { Surroundings } from './surroundings.ts'

interface QueueSurroundings extends Surroundings {
  /** Somebody who looks when a message becomes visible. */
  readonly functions: { poll(): void }
  show(what: 'messageDeleted', message: Message): void
  /** The receive budget of a message is used up. */
  redrive(message: Message): void
}

/** The receive budget: the longest hold must not use it up. */
export const MAX_RECEIVES = 1000

export class Queue {
  readonly #world: QueueSurroundings
  #messages: Message[] = []
  #count = 0

  constructor(world: QueueSurroundings) {
    this.#world = world
  }

  send(body: string, truth: Truth): void {
    const { now } = this.#world.time
    const id = `message-${++this.#count}`
    const message = {
      id,
      body,
      truth,
      sentAt: now,
      visibleAt: now,
      receives: 0,
      firstReceivedAt: 0,
      isGone: false,
    }
    this.#messages.push(message)
    this.#world.trace?.note('sqs', `${id} arrives: ${describe(truth)}`)
    this.#pollWhenVisible(message)
  }

  /** Hides what it hands out. Whatever was handed out too often goes to the dead-letter queue. */
  receive(max: number): Message[] {
    const { time, faults, chance, setting } = this.#world
    const batch: Message[] = []
    for (const message of this.#messages) {
      if (message.visibleAt > time.now) continue
      if (batch.length === max) break
      if (message.receives >= MAX_RECEIVES) {
        this.#world.redrive(message)
        continue
      }
      message.receives++
      message.firstReceivedAt ||= time.now
      const isTwice = chance.of(faults['message-is-received-twice'])
      message.visibleAt = time.now + (isTwice ? 20 : setting.policy.queueVisibilitySeconds * 1000)
      this.#pollWhenVisible(message)
      batch.push(message)
    }
    return batch
  }

  changeVisibility(handle: string, seconds: number): object {
    const message = this.#messages.find((one) => handleOf(one) === handle)
    if (!message || message.visibleAt <= this.#world.time.now) {
      const why = 'Message does not exist or is not available for visibility timeout change.'
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${why}`,
      )
    }
    message.visibleAt = this.#world.time.now + seconds * 1000
    this.#pollWhenVisible(message)
    return {}
  }

  /** At least once: SQS may hand out a message again before its time. */
  reveal(instanceId: string): void {
    for (const message of this.#messages) {
      if (message.truth.is !== 'notification' || message.truth.instanceId !== instanceId) continue
      message.visibleAt = this.#world.time.now
      this.#pollWhenVisible(message)
    }
  }

  /** By the handle of an older receive, a message is sometimes deleted and sometimes not. */
  delete(message: Message, handle: string): void {
    if (message.isGone) return
    const { chance, faults } = this.#world
    if (handle !== handleOf(message) && chance.of(0.5)) return
    if (chance.of(faults['message-is-not-deleted'])) return
    this.remove(message)
    this.#world.show('messageDeleted', message)
  }

  remove(message: Message): void {
    message.isGone = true
    this.#messages = this.#messages.filter((other) => other !== message)
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0
  }

  all(): readonly Message[] {
    return this.#messages
  }

  #pollWhenVisible(message: Message): void {
    this.#world.time.at(message.visibleAt, () => this.#world.functions.poll())
  }
}
