import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LoadBalancerOptions {
  /** How often each target is asked `/healthcheck`. */
  readonly healthCheckEveryMs: number
  /** So many failed checks in a row make a target unhealthy. ELB's default: 2. */
  readonly unhealthyThreshold: number
}

/** Idle connections are closed after so long. ELB's default. */
const IDLE_MS = 60_000

/** An HTTP load balancer in front of the collectors. */
export interface LoadBalancer {
  readonly url: string
  register(target: { readonly instanceId: string; readonly url: string }): void
  /** Sends it nothing new at once; resolves when the requests that it already has are answered (connection draining). */
  deregister(instanceId: string): Promise<void>
  /** Told once for every target that stops passing its health checks. */
  onUnhealthy(listener: (instanceId: string) => void): void
  close(): Promise<void>
}

interface Target {
  readonly instanceId: string
  readonly url: URL
  inFlight: number
  failedChecks: number
  draining: boolean
  /** Called when it drains and nothing is in flight any more. */
  drained: () => void
}

/** Starts one on a free port. Round robin; whatever a target does wrong is the client's 502 or 503, and the client's to retry. */
export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const targets = new Map<string, Target>()
  const listeners: ((instanceId: string) => void)[] = []
  const connections = new Agent({ keepAlive: true, timeout: IDLE_MS })
  let turn = 0

  const nextTarget = () => {
    const able = [...targets.values()].filter(
      (target) => !target.draining && target.failedChecks < options.unhealthyThreshold,
    )
    return able[turn++ % able.length]
  }
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (incoming, outgoing) => {
    const target = nextTarget()
    if (target === undefined) return refuse(outgoing, 503)
    target.inFlight++
    forward(target.url, connections, incoming, outgoing, () => {
      target.inFlight--
      if (target.draining && target.inFlight === 0) target.drained()
    })
  })
  const check = async (target: Target) => {
    if (target.draining) return
    target.failedChecks = (await passesHealthCheck(target.url, connections)) ? 0 : target.failedChecks + 1
    if (target.failedChecks === options.unhealthyThreshold && !target.draining) {
      for (const tell of listeners) tell(target.instanceId)
    }
  }
  const checking = setInterval(() => targets.forEach(check), options.healthCheckEveryMs)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    register: ({ instanceId, url }) => {
      const idle = { inFlight: 0, failedChecks: 0, draining: false, drained: () => {} }
      targets.set(instanceId, { instanceId, url: new URL(url), ...idle })
    },
    deregister: async (instanceId) => {
      const target = targets.get(instanceId)
      if (target === undefined) return
      target.draining = true
      if (target.inFlight > 0)
        await new Promise<void>((resolve) => Object.assign(target, { drained: resolve }))
      targets.delete(instanceId)
    },
    onUnhealthy: (listener) => listeners.push(listener),
    close: async () => {
      clearInterval(checking)
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      connections.destroy()
      await closed
    },
  }
}

/** `done` is called exactly once, when the client has its answer or has gone away. */
function forward(
  target: URL,
  agent: Agent,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  done: () => void,
): void {
  const { method, url: path, headers } = incoming
  const client = incoming.socket.remoteAddress ?? ''
  const forwardedFor = [headers['x-forwarded-for'], client].filter(Boolean).join(', ')
  const proxied = request(
    {
      host: target.hostname,
      port: target.port,
      method,
      path,
      agent,
      headers: { ...headers, 'x-forwarded-for': forwardedFor },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    },
  )
  proxied.on('error', () => refuse(outgoing, 502))
  outgoing.once('close', () => {
    proxied.destroy()
    done()
  })
  incoming.pipe(proxied)
}

function refuse(outgoing: ServerResponse, status: number): void {
  if (outgoing.headersSent) outgoing.destroy()
  else outgoing.writeHead(status).end()
}

function passesHealthCheck(target: URL, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'ELB-HealthChecker/1.0' }
    const asking = request(new URL('/healthcheck', target), { agent, headers, timeout: 5_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(false))
    asking.end()
  })
}
