import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type LoadBalancer, startLoadBalancer } from '../../../../testbed/local/load-balancer.ts'
import { until } from './processes.ts'

/** A target that answers events only when it is told to. */
interface SlowTarget {
  readonly url: string
  readonly waiting: ServerResponse[]
  healthy: boolean
  readonly server: Server
}

let balancer: LoadBalancer
let targets: SlowTarget[]

async function startTarget(): Promise<SlowTarget> {
  const waiting: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/healthcheck') response.writeHead(target.healthy ? 200 : 503).end()
    else waiting.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const target: SlowTarget = { url, waiting, healthy: true, server }
  targets.push(target)
  return target
}

beforeEach(async () => {
  targets = []
  balancer = await startLoadBalancer({ healthCheckEveryMs: 20, unhealthyThreshold: 2 })
})

afterEach(async () => {
  await balancer.close()
  for (const { server } of targets) {
    server.closeAllConnections()
    server.close()
  }
})

describe('the load balancer', () => {
  it('answers 503 when it has no target', async () => {
    expect((await fetch(`${balancer.url}/i`)).status).toBe(503)
  })

  it('answers 502 when its target is gone', async () => {
    balancer.register({ instanceId: 'i-gone', url: 'http://127.0.0.1:9' })
    expect((await fetch(`${balancer.url}/i`)).status).toBe(502)
  })

  it('gives each target its turn', async () => {
    for (const instanceId of ['i-1', 'i-2']) balancer.register({ instanceId, url: (await startTarget()).url })
    const answers = [fetch(`${balancer.url}/i`), fetch(`${balancer.url}/i`)]
    await until(() => targets.every(({ waiting }) => waiting.length === 1))
    for (const response of targets.flatMap(({ waiting }) => waiting)) response.end()
    for (const answer of answers) expect((await answer).status).toBe(200)
  })

  it('lets the requests in flight finish before a target counts as drained', async () => {
    const target = await startTarget()
    balancer.register({ instanceId: 'i-1', url: target.url })
    const answer = fetch(`${balancer.url}/i`)
    await until(() => target.waiting.length === 1)
    let drained = false
    const draining = balancer.deregister('i-1').then(() => {
      drained = true
    })
    expect((await fetch(`${balancer.url}/i`)).status).toBe(503)
    expect(drained).toBe(false)
    target.waiting[0]?.end('done')
    expect(await (await answer).text()).toBe('done')
    await draining
  })

  it('drains a target that nobody uses at once', async () => {
    balancer.register({ instanceId: 'i-1', url: (await startTarget()).url })
    await balancer.deregister('i-1')
    await balancer.deregister('i-unknown')
  })

  it('tells once that a target fails its health checks, and sends it nothing more', async () => {
    const target = await startTarget()
    const unhealthy: string[] = []
    balancer.onUnhealthy((instanceId) => unhealthy.push(instanceId))
    balancer.register({ instanceId: 'i-1', url: target.url })
    target.healthy = false
    await until(() => unhealthy.length > 0)
    expect((await fetch(`${balancer.url}/i`)).status).toBe(503)
    expect(unhealthy).toEqual(['i-1'])
  })
})
