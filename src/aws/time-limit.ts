/** Bounds in time what AWS may take: the answer, and the body that comes after it. */
import type { AwsApi, Clock, ObjectBody } from './api.ts'
import { inFrontOf } from './in-front.ts'
import { after } from './timer.ts'

/** As long as a pass may take: an attempt after that is of a call that nobody waits for any more. */
export const LATEST_ATTEMPT_MS = 60_000

/** Named as the SDK names a request that took too long, so that it counts as a failure that passes. */
class TimedOut extends Error {
  override name = 'TimeoutError'
}

/** The same AWS until a point in time (epoch milliseconds): what has not answered by then has failed, bodies included. */
export function until(endsAt: number, clock: Clock, aws: AwsApi): AwsApi {
  const leftMs = () => endsAt - clock.now()
  const withBody = async (answer: Promise<unknown>) => {
    const { Body, ...rest } = (await answer) as { readonly Body: ObjectBody }
    return { ...rest, Body: flowing(Body, leftMs, clock) }
  }
  return inFrontOf(aws, (operation, ask) => {
    const answer = within(clock, leftMs(), operation, ask)
    return operation === 'getObject' ? withBody(answer) : answer
  })
}

/** A body of which each next piece comes within the milliseconds that are left for it, or reading it fails with a TimeoutError. */
export async function* flowing(
  body: ObjectBody,
  leftMs: () => number,
  clock: Clock = Date,
): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const piece = await within(clock, leftMs(), 'reading an object', () => pieces.next())
      if (piece.done) return
      yield piece.value
    }
  } finally {
    // A stalled stream would never answer this, so nobody waits for it.
    pieces.return?.().catch(() => undefined)
  }
}

/** What each attempt of a client's calls goes through, after it has waited for its turn. */
interface Stack {
  add<Args, Answer>(
    middleware: (next: (args: Args) => Promise<Answer>) => (args: Args) => Promise<Answer>,
    where: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
  ): void
}

/**
 * The same client, which sends nothing that was asked for longer ago than a pass may take. A call that waits for its turn (a retry, the rate
 * that an adaptive client has learned) when its pass gives up is frozen with its environment, and goes on when a later invocation thaws
 * that: a completion would end the next action of the instance.
 */
export function inTime<Client extends { readonly middlewareStack: Stack }>(
  client: Client,
  clock: Clock,
): Client {
  client.middlewareStack.add(
    (next) => {
      const latest = clock.now() + LATEST_ATTEMPT_MS // once a call, before its first attempt
      return (args) =>
        clock.now() <= latest ? next(args) : Promise.reject(new TimedOut('a call that nobody waits for'))
    },
    { step: 'finalizeRequest', priority: 'low', name: 'inTime' },
  )
  return client
}

/** Around every call and every piece of a body, so it makes one promise and no more. */
function within<Answer>(
  clock: Clock,
  ms: number,
  what: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (ms <= 0) return Promise.reject(new TimedOut(`${what}: the time of this pass is over`))
  if (ms === Number.POSITIVE_INFINITY) return work()
  return new Promise((resolve, reject) => {
    const give = () => reject(new TimedOut(`${what} took longer than ${Math.round(ms)} ms`))
    const takeBack = after(clock, ms, give)
    work().then(
      (answer) => {
        takeBack()
        resolve(answer)
      },
      (error) => {
        takeBack()
        reject(error)
      },
    )
  })
}
