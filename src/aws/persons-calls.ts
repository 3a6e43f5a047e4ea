/**
 * How the calls of a person's command are made. Throttling is outlived, since no queue brings the call back; silence is not: a person
 * waits, and is told of it while it lasts.
 */
import { AdaptiveRetryStrategy } from '@smithy/core/retry'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Clock } from './api.ts'
import { after } from './timer.ts'

/** Tries of a call that AWS throttles, or answers with trouble of its own: some half a minute with their back-off. */
const TRIES = 8
/** Tries of a call that nobody answers. */
const UNANSWERED_TRIES = 2
const ANSWER_MS = 10_000
/** As the SDK's own agent has it. */
const MOST_SOCKETS = 50
/** Who waits is told after so long, and then each time after twice as long. */
const TOLD_AFTER_MS = 1000

type Tell = (line: string) => void
type RetryError = Parameters<AdaptiveRetryStrategy['refreshRetryTokenForRetry']>[1]
type RetryToken = Parameters<AdaptiveRetryStrategy['refreshRetryTokenForRetry']>[0]

/** What a client is made with, made anew for each: a service that throttles is no reason to wait for another. */
export type Patience = () => {
  readonly retryStrategy: AdaptiveRetryStrategy
  readonly requestHandler: NodeHttpHandler
}

/** `told`: what says how long nobody has answered. */
export function patience(
  tell: Tell,
  told: Told,
  environment: NodeJS.ProcessEnv,
  answerMs = ANSWER_MS,
): Patience {
  return () => ({
    retryStrategy: new Persistent(tell),
    requestHandler: new ToldHandler(told, environment, answerMs),
  })
}

class Persistent extends AdaptiveRetryStrategy {
  readonly #tell: Tell

  constructor(tell: Tell) {
    super(async () => TRIES)
    this.#tell = tell
  }

  override async refreshRetryTokenForRetry(token: RetryToken, error: RetryError) {
    const tried = token.getRetryCount() + 1
    if (!isAnswered(error) && tried >= UNANSWERED_TRIES) throw new Error('nobody answers')
    if (error.errorType === 'THROTTLING' && tried < TRIES && tried > 1)
      this.#tell(`AWS throttles: tried ${tried} of ${TRIES} times, waiting to try again`)
    return await super.refreshRetryTokenForRetry(token, error)
  }
}

/** An answer that stopped in the middle has a status, and is none. */
function isAnswered({ errorType, error }: RetryError): boolean {
  return errorType === 'THROTTLING' || (error?.$metadata?.httpStatusCode ?? 0) >= 400
}

class ToldHandler extends NodeHttpHandler {
  readonly #told: Told
  readonly #ms: number

  constructor(told: Told, environment: NodeJS.ProcessEnv, ms: number) {
    super({
      ...{ connectionTimeout: ms, requestTimeout: ms, socketTimeout: ms, throwOnRequestTimeout: true },
      // Through the proxy that the environment names, as the AWS CLI goes; Node below 22.21 and 24.5 knows of none.
      httpsAgent: { keepAlive: true, maxSockets: MOST_SOCKETS, proxyEnv: environment },
    })
    this.#told = told
    this.#ms = ms
  }

  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const port = request.port === undefined ? '' : `:${request.port}`
    const who = `${request.hostname}${port}`
    try {
      return await this.#told(who, super.handle(request, options))
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error
      error.message = `${who} did not answer within ${this.#ms / 1000} s`
      throw error
    }
  }
}

/** Passes an answer on, and tells of it while it does not come. */
export type Told = <Answer>(who: string, answer: Promise<Answer>) => Promise<Answer>

/** Of several that do not answer at the same time the first is told: the others are silent for the same reason. */
export function toldWhileWaiting(tell: Tell, clock: Clock = Date): Told {
  const waiting = new Set<{ readonly who: string; readonly since: number }>()
  let takeBack = () => {}
  const tellAfter = (ms: number) => {
    takeBack = after(clock, ms, () => {
      const [first] = waiting
      if (!first) return
      const seconds = Math.round((clock.now() - first.since) / 1000)
      tell(`${first.who} has not answered for ${seconds} s`)
      tellAfter(2 * ms)
    })
  }
  return async (who, answer) => {
    const one = { who, since: clock.now() }
    waiting.add(one)
    if (waiting.size === 1) tellAfter(TOLD_AFTER_MS)
    try {
      return await answer
    } finally {
      const [first] = waiting
      waiting.delete(one)
      if (one === first) {
        takeBack()
        if (waiting.size > 0) tellAfter(TOLD_AFTER_MS)
      }
    }
  }
}
