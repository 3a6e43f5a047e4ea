/** What AWS's quotas of calls are: so many at once, and so many more with each second. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export class TokenBucket {
  readonly #rate: Rate
  #left: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#left = rate.burst
    this.#at = now
  }

  /** A call that is throttled takes no token. */
  take(now: number): boolean {
    const left = Math.min(this.#rate.burst, this.#left + ((now - this.#at) / 1000) * this.#rate.perSecond)
    const isTaken = left >= 1
    this.#left = isTaken ? left - 1 : left
    this.#at = now
    return isTaken
  }
}
