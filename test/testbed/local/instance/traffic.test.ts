import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { startTraffic } from '../../../../testbed/local/traffic.ts'
import { seededRandom } from '../../../../testbed/random.ts'
import { until } from './processes.ts'

/** A load balancer that refuses each event `refusals` times; gives back the ids it saw, in order. */
async function receive(
  refusals: number,
  seed: number,
  options: { readonly events?: number; readonly eventsPerSecond?: number } = {},
): Promise<{ seen: string[]; accepted: ReadonlySet<string> }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    const id = new URL(request.url ?? '', 'http://local').searchParams.get('eid') ?? ''
    const earlier = seen.filter((one) => one === id).length
    seen.push(id)
    response.writeHead(earlier < refusals ? 503 : 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const traffic = startTraffic({ url, eventsPerSecond: 100, random: seededRandom(seed), ...options })
  await until(() => traffic.accepted.size >= 5)
  await traffic.stop()
  await new Promise((resolve) => server.close(resolve))
  return { seen, accepted: traffic.accepted }
}

describe('traffic', () => {
  it('counts each event once however often it was sent, and only when it was answered with 200', async () => {
    const { seen, accepted } = await receive(2, 1)
    for (const id of accepted) expect(seen.filter((one) => one === id)).toHaveLength(3)
  })

  it('ends with as many events as were asked for', async () => {
    const { seen } = await receive(0, 1, { events: 7, eventsPerSecond: 10_000 })
    expect(seen).toHaveLength(7)
  })

  it('is the same for the same seed', async () => {
    const [first, second, third] = [await receive(0, 7), await receive(0, 7), await receive(0, 8)]
    const common = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((id) => b.has(id)).length
    expect(common(first.accepted, second.accepted)).toBe(Math.min(first.accepted.size, second.accepted.size))
    expect(common(first.accepted, third.accepted)).toBe(0)
  })
})
