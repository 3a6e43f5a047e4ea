/**
 * AWS's token buckets, one for each service of an account and Region, and an SDK client's way with them: three attempts, further and
 * further apart, and in adaptive mode a rate that the client learns.
 */
import { DefaultRateLimiter } from '@smithy/core/retry'
import type { AwsApi } from '../../src/aws/api.ts'
import type { Chance } from './chance.ts'
import type { Run } from './run.ts'
import type { Scheduler } from './scheduler.ts'
import { type Operation, type Service, serviceOf, throttlingOf } from './seam-operations.ts'
import { second } from './setting.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

export type Limits = Readonly<Partial<Record<Service, Rate>>>

/** How a client retries. */
export interface Retries {
  readonly isAdaptive: boolean
  readonly maxAttempts: number
}

interface Surroundings {
  readonly time: Scheduler
  readonly chance: Chance
}

/** As the SDK has it (@smithy/core, StandardRetryStrategy): full jitter over a second that doubles. */
const THROTTLED_DELAY_MS = second

export class AccountLimits {
  readonly #limits: Limits
  readonly #buckets = new Map<Service, TokenBucket>()
  /** Calls that were taken, by service. */
  readonly taken = new Map<Service, number>()
  throttled = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  take(operation: Operation, now: number): boolean {
    const service = serviceOf[operation]
    if (!this.#hasRoom(service, now)) {
      this.throttled++
      return false
    }
    this.taken.set(service, (this.taken.get(service) ?? 0) + 1)
    return true
  }

  #hasRoom(service: Service, now: number): boolean {
    const limit = this.#limits[service]
    if (!limit) return true
    const bucket = this.#buckets.get(service) ?? new TokenBucket(limit, now)
    this.#buckets.set(service, bucket)
    return bucket.take(now)
  }
}

/** Lambda's execution environments: each keeps its clients from one invocation to the next. */
export class Environments {
  readonly #all: { run: Run; readonly clients: Map<Service, Client> }[] = []
  readonly #limits: AccountLimits
  readonly #surroundings: () => Surroundings
  readonly #retries: Retries

  constructor(limits: AccountLimits, surroundings: () => Surroundings, retries: Retries) {
    this.#limits = limits
    this.#surroundings = surroundings
    this.#retries = retries
  }

  /** The seam of an invocation with its environment's clients before it. */
  between(aws: AwsApi, run: Run): AwsApi {
    const environment = this.#of(run)
    const call = (operation: Operation) => {
      const service = serviceOf[operation]
      const client = environment.clients.get(service) ?? this.#client()
      environment.clients.set(service, client)
      return async (input: never) => {
        await client.ask(operation)
        return await (aws[operation] as (input: never) => Promise<unknown>)(input)
      }
    }
    const operations = Object.keys(serviceOf) as Operation[]
    return Object.fromEntries(
      operations.map((operation) => [operation, call(operation)]),
    ) as unknown as AwsApi
  }

  #of(run: Run) {
    const free = this.#all.find((one) => one.run.isOver)
    if (free) {
      free.run = run
      return free
    }
    const made = { run, clients: new Map<Service, Client>() }
    this.#all.push(made)
    return made
  }

  #client(): Client {
    return new Client(this.#limits, this.#surroundings(), this.#retries)
  }
}

class Client {
  readonly #limits: AccountLimits
  readonly #surroundings: Surroundings
  readonly #maxAttempts: number
  readonly #rate: RateLimiter | undefined

  constructor(limits: AccountLimits, surroundings: Surroundings, { isAdaptive, maxAttempts }: Retries) {
    this.#limits = limits
    this.#surroundings = surroundings
    this.#maxAttempts = maxAttempts
    this.#rate = isAdaptive ? learnedRate(surroundings.time) : undefined
  }

  /** Until AWS takes the call, or the attempts are used up. */
  async ask(operation: Operation): Promise<void> {
    const { time, chance } = this.#surroundings
    for (let attempt = 0; ; attempt++) {
      await this.#rate?.getSendToken()
      if (this.#limits.take(operation, time.now)) {
        this.#rate?.updateClientSendingRate({})
        return
      }
      const throttled = throttlingOf(serviceOf[operation])
      this.#rate?.updateClientSendingRate(throttled)
      if (attempt + 1 >= this.#maxAttempts) throw throttled
      await time.sleep(chance.between(0, THROTTLED_DELAY_MS * 2 ** attempt))
    }
  }
}

interface RateLimiter {
  getSendToken(): Promise<void>
  updateClientSendingRate(outcome: unknown): void
  getCurrentTimeInSeconds(): number
}

/** Its clock is its own affair, says its type. */
const SdkRateLimiter = DefaultRateLimiter as unknown as new () => RateLimiter

/** The SDK's own rate limiter, in virtual time. */
function learnedRate(time: Scheduler): RateLimiter {
  // No timer takes less than a millisecond, and what is less than a clock can show would be waited for without end.
  const setTimeoutFn = (go: () => void, ms: number) => time.sleep(Math.max(1, ms)).then(go)
  Object.assign(DefaultRateLimiter, { setTimeoutFn })
  class VirtualRateLimiter extends SdkRateLimiter {
    override getCurrentTimeInSeconds(): number {
      return time.now / second
    }
  }
  return new VirtualRateLimiter()
}
