import { Agent, request } from 'node:http'
import type { Random } from '../random.ts'
import { pick, randomUuid } from './chance-ids.ts'

export interface TrafficOptions {
  /** Where the events go: the load balancer. */
  readonly url: string
  readonly eventsPerSecond: number
  /** So many, and no more. Without it, they come until `stop`. */
  readonly events?: number
  readonly random: Random
}

/** Visitors of a shop, whose trackers send events until they are accepted. */
export interface Traffic {
  /** The ids of the events that were answered with 200. */
  readonly accepted: ReadonlySet<string>
  /** What visitors were answered besides 200, each time; 0: nothing, or half an answer. */
  readonly dropped: readonly number[]
  /** Starts no new events and waits for those under way. Resolves when each was accepted or given up. */
  stop(): Promise<void>
}

interface Event {
  readonly id: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

const TICK_MS = 20
const RETRY_MS = 100
/** Like a tracker, which gives up when the visitor has left. */
const RETRIES = 200
const PAGES = ['/', '/shoes', '/shoes/red', '/basket', '/checkout'] as const
const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64) ExampleBrowser/1.0',
  'ExamplePhone/3.2 (like Gecko)',
] as const

/** Sends so many events a second, each with an id of its own, from now on. */
export function startTraffic({ url, eventsPerSecond, events, random }: TrafficOptions): Traffic {
  const connections = new Agent({ keepAlive: true, maxSockets: 64 })
  const accepted = new Set<string>()
  const underWay = new Set<Promise<void>>()
  const startedAt = performance.now()
  let started = 0
  const dropped: number[] = []
  let stopped = false

  const deliver = async (event: Event) => {
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      const status = await send(url, connections, event)
      if (status === 200) {
        accepted.add(event.id)
        return
      }
      dropped.push(status)
      if (stopped) return
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
  const ticking = setInterval(() => {
    const due = Math.min(((performance.now() - startedAt) / 1_000) * eventsPerSecond, events ?? Infinity)
    for (; started < due; started++) {
      const delivery = deliver(nextEvent(random))
      underWay.add(delivery)
      delivery.finally(() => underWay.delete(delivery))
    }
  }, TICK_MS)

  return {
    accepted,
    dropped,
    stop: async () => {
      clearInterval(ticking)
      stopped = true
      await Promise.all(underWay)
      connections.destroy()
    },
  }
}

function nextEvent(random: Random): Event {
  const id = randomUuid(random)
  const page = encodeURIComponent(`http://shop.example${pick(random, PAGES)}`)
  const headers = {
    'x-forwarded-for': `203.0.113.${Math.floor(random() * 254) + 1}`,
    'user-agent': pick(random, BROWSERS),
    referer: 'http://shop.example/',
    cookie: `sp=${randomUuid(random)}`,
  }
  const query = `e=pv&p=web&tv=js-2.6.1&eid=${id}&url=${page}`
  if (random() < 0.8) return { id, method: 'GET', path: `/i?${query}`, headers, body: '' }
  // Trackers that post put their events into the body; the id is in the query as well, where it can be counted.
  return {
    id,
    method: 'POST',
    path: `/com.snowplowanalytics.snowplow/tp2?eid=${id}`,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ data: [{ e: 'pv', eid: id, url: page }] }),
  }
}

/** The answer's status, or 0 when there was none. */
function send(url: string, agent: Agent, { method, path, headers, body }: Event): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(new URL(path, url), { method, agent, headers }, (answer) => {
      // Counted when it is there to the end: half an answer is none.
      answer.once('end', () => resolve(answer.statusCode ?? 0))
      answer.once('error', () => resolve(0))
      answer.resume()
    })
    sending.on('error', () => resolve(0))
    sending.end(body)
  })
}
