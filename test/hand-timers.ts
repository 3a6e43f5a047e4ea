/** Time that passes by hand. */
export class HandTimers {
  readonly #world: { now: number }
  readonly #timers = new Set<{ readonly at: number; readonly callBack: () => void }>()

  constructor(world: { now: number }) {
    this.#world = world
  }

  get clock() {
    const now = () => this.#world.now
    const after = (ms: number, callBack: () => void) => {
      const timer = { at: now() + ms, callBack }
      this.#timers.add(timer)
      return () => void this.#timers.delete(timer)
    }
    return { now, after }
  }

  async pass(ms: number): Promise<void> {
    await new Promise(setImmediate)
    this.#world.now += ms
    for (const timer of this.#timers) {
      if (timer.at > this.#world.now) continue
      this.#timers.delete(timer)
      timer.callBack()
    }
    await new Promise(setImmediate)
  }
}
