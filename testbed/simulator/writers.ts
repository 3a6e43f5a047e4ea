/** The processes that write an instance's logs. Each keeps its logs open, is silent for seconds or minutes, and obeys or does not. */
import { pathOf } from './simulated-disk.ts'

/** What a writer does when it is asked to stop. */
export type Obedience = 'stops' | 'comes back' | 'stays'

export class Writer {
  readonly name: string
  /** The logs that it writes, one line after the other. */
  readonly logs: readonly number[]
  readonly obedience: Obedience
  /** What passes between two lines, in service and after the traffic. */
  readonly everyMs: number
  readonly everyMsAfterTraffic: number
  isRunning = false
  #writtenUntil = 0
  #endsAt = Number.POSITIVE_INFINITY
  #isAfterTraffic = false
  #next = 0

  constructor(
    about: Pick<Writer, 'name' | 'logs' | 'obedience' | 'everyMs'> & {
      readonly everyMsAfterTraffic?: number
    },
  ) {
    this.name = about.name
    this.logs = about.logs
    this.obedience = about.obedience
    this.everyMs = about.everyMs
    this.everyMsAfterTraffic = about.everyMsAfterTraffic ?? about.everyMs
  }

  start(now: number): void {
    this.isRunning = true
    this.#writtenUntil = now
    this.#endsAt = Number.POSITIVE_INFINITY
    this.#isAfterTraffic = false
  }

  /** No new requests come. `endsAt`: when it ends by itself. */
  leaveService(endsAt: number): void {
    this.#isAfterTraffic = true
    this.#endsAt = endsAt
  }

  stop(): void {
    this.isRunning = false
  }

  /** Which of its logs it wrote to, and when, since it was last asked. */
  write(now: number): { readonly log: number; readonly at: number }[] {
    if (!this.isRunning) return []
    const everyMs = this.#isAfterTraffic ? this.everyMsAfterTraffic : this.everyMs
    const until = Math.min(now, this.#endsAt)
    const written: { log: number; at: number }[] = []
    while (this.#writtenUntil + everyMs <= until) {
      this.#writtenUntil += everyMs
      written.push({ log: this.logs[this.#next++ % this.logs.length] ?? 0, at: this.#writtenUntil })
    }
    if (now >= this.#endsAt) this.isRunning = false
    return written
  }

  /** As the kernel shows it: the logs that it has open for writing. */
  get openLogs(): readonly string[] {
    return this.isRunning ? this.logs.map(pathOf) : []
  }
}
