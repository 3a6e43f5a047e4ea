/**
 * AWS's token buckets, one for each service of an account and Region, and an SDK client's way with them: three attempts, further and
 * further apart, and in adaptive mode a rate that the client learns.
 */
import { DefaultRateLimiter } from '@smithy/core/retry'
import type { AwsApi } from '../../src/aws/api.ts'
import { AwsError } from '../aws-error.ts'
import type { Chance } from './chance.ts'
import type { Run } from './run.ts'
import type { Scheduler } from './scheduler.ts'
import { type Operation, serviceOf } from './seam-operations.ts'
import { second } from './setting.ts'

export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export type Service = (typeof serviceOf)[Operation]
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
  readonly #left = new Map<Service, { tokens: number; at: number }>()
  /** Calls that were taken, by service. */
  readonly taken = new Map<Service, number>()
  throttled = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** A call that is throttled takes no token. */
  take(operation: Operation, now: number): boolean {
    const service = serviceOf[operation]
    const limit = this.#limits[service]
    if (limit) {
      const { tokens, at } = this.#left.get(service) ?? { tokens: limit.burst, at: now }
      const filled = Math.min(limit.burst, tokens + ((now - at) / second) * limit.perSecond)
      this.#left.set(service, { tokens: filled >= 1 ? filled - 1 : filled, at: now })
      if (filled < 1) {
        this.throttled++
        return false
      }
    }
    this.taken.set(service, (this.taken.get(service) ?? 0) + 1)
    return true
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
      await sleep(time, chance.between(0, THROTTLED_DELAY_MS * 2 ** attempt))
    }
  }
}

function throttlingOf(service: Service): AwsError {
  if (service === 's3') return new AwsError('SlowDown', 'Please reduce your request rate.', 503)
  return new AwsError(service === 'ssm' ? 'ThrottlingException' : 'Throttling', 'Rate exceeded')
}

function sleep(time: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => {
    time.after(ms, () => {
      resolve()
      time.wake()
    })
  })
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
  const setTimeoutFn = (go: () => void, ms: number) =>
    time.after(Math.max(1, ms), () => {
      go()
      time.wake()
    })
  Object.assign(DefaultRateLimiter, { setTimeoutFn })
  class VirtualRateLimiter extends SdkRateLimiter {
    override getCurrentTimeInSeconds(): number {
      return time.now / second
    }
  }
  return new VirtualRateLimiter()
}
