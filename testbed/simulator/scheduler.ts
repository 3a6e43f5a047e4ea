/**
 * Virtual time. Things happen in the order of their times and, at one time, in the order in which they were asked for. Between
 * two of them production code runs until each of its promises waits for an answer of the simulated AWS.
 */
interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => void
  /** Nobody waits for it any more. */
  isTakenBack: boolean
}

export class Scheduler {
  now: number
  #order = 0
  #isWoken = false
  readonly #heap: Entry[] = []

  constructor(now: number) {
    this.now = now
  }

  /** A time that is past means now; AWS counts whole milliseconds. */
  at(time: number, run: () => void): void {
    this.#plan(time, run)
  }

  #plan(time: number, run: () => void): Entry {
    const entry = { at: Math.max(Math.ceil(time), this.now), order: this.#order++, run, isTakenBack: false }
    const heap = this.#heap
    let place = heap.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent] as Entry
      if (!isBefore(entry, above)) break
      heap[place] = above
      place = parent
    }
    heap[place] = entry
    return entry
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run)
  }

  /** For production code's time limits: answers what takes it back. */
  afterUnlessTakenBack(ms: number, run: () => void): () => void {
    const entry = this.#plan(this.now + ms, () => {
      run()
      this.wake()
    })
    return () => {
      entry.isTakenBack = true
    }
  }

  /** For production code, or what stands before it. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, () => {
        resolve()
        this.wake()
      })
    })
  }

  /** Says that production code was given something to go on with. */
  wake(): void {
    this.#isWoken = true
  }

  /** Lets things happen until `isDone` or the time is up. Answers whether it was done. */
  async run(until: number, isDone: () => boolean): Promise<boolean> {
    // `settled` must be called from a promise's continuation.
    await undefined
    for (;;) {
      if (isDone()) return true
      const next = this.#takeNext(until)
      if (!next) break
      this.now = next.at
      next.run()
      if (this.#isWoken) {
        this.#isWoken = false
        await settled()
      }
    }
    this.now = Math.max(this.now, Math.ceil(until))
    return isDone()
  }

  /** What happens next, if that is no later. A time limit that was kept never happens. */
  #takeNext(until: number): Entry | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (!first || first.at > until) return undefined
      this.#takeFirst()
      if (!first.isTakenBack) return first
    }
  }

  #takeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
      const below = heap[child] as Entry
      if (!isBefore(below, last)) break
      heap[place] = below
      place = child
    }
    heap[place] = last
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/**
 * All promises have been followed as far as they go. Node runs a tick that was asked for inside a promise's continuation only
 * once no continuation is left, so this is exact, needs no timer, and is the same every time.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}
