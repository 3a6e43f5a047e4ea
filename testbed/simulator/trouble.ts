/** When something last stood between the guard and an instance, so that a checker knows what was nobody's fault. */
import type { Surroundings } from './surroundings.ts'

export class Trouble {
  readonly #world: Pick<Surroundings, 'time'>
  readonly #last = new Map<string, number>()
  readonly #lastLook = new Map<string, number>()
  #lastSweep = 0
  #lastWithout = 0

  constructor(world: Pick<Surroundings, 'time'>) {
    this.#world = world
  }

  /** A heartbeat failed, or an invocation that was to give one was killed. */
  with(instanceId: string): void {
    this.#last.set(instanceId, this.#world.time.now)
  }

  /** When to look again could not be said, or how long the hook waits could not be asked. */
  withLook(instanceId: string): void {
    this.#lastLook.set(instanceId, this.#world.time.now)
  }

  lastWithLook(instanceId: string): number {
    return this.#lastLook.get(instanceId) ?? 0
  }

  /** A call was not answered while its invocation waited for it, whoever it was about. */
  withoutAnswer(): void {
    this.#lastWithout = this.#world.time.now
  }

  get lastWithoutAnswer(): number {
    return this.#lastWithout
  }

  withSweep(): void {
    this.#lastSweep = this.#world.time.now
  }

  lastWith(instanceId: string): number {
    return this.#last.get(instanceId) ?? 0
  }

  get lastWithSweep(): number {
    return this.#lastSweep
  }
}
