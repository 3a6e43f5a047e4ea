/**
 * The collector of one local instance: an HTTP server that accepts events and writes Tomcat's access log. A program of
 * its own, because it must be able to die: SIGTERM is Tomcat's orderly stop (no new requests, the buffer is written),
 * SIGKILL takes the buffer with it, and when the parent goes away so does the collector.
 *
 *   node testbed/local/collector.ts --log <file> --console <file> --pid-file <file> --flush-ms <milliseconds> --flush-at <epoch milliseconds>
 */
import { openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { BufferedLog } from './instance/buffered-log.ts'
import { collectorServer } from './instance/collector-server.ts'

/** What the parent may tell the collector. */
export type CollectorOrder = { readonly answers: 'healthy' | 'unhealthy' }
/** What the collector tells its parent, once. */
export type CollectorReport = { readonly port: number }

const PATIENCE_WITH_REQUESTS_MS = 5_000

const options = readOptions()
/** Tomcat's standard output, which is open for as long as it runs. */
const consoleFile = openSync(options.console, 'a', 0o644)
const log = new BufferedLog(options.log)
let healthy = true
const server = collectorServer({
  healthy: () => healthy,
  record: (line) => log.append(line),
  now: () => Date.now(),
})
let flushing = setTimeout(flush, untilNextFlush())

process.on('message', (order: CollectorOrder) => {
  healthy = order.answers === 'healthy'
})
process.on('disconnect', () => process.exit(1))
process.once('SIGTERM', stop)
process.on('SIGINT', () => {
  // Ctrl-C in a terminal reaches every process; the parent decides how the machines end.
})

server.listen(0, '127.0.0.1', () => {
  writeFileSync(options.pidFile, `${process.pid}\n`)
  say('Server startup')
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies CollectorReport)
})

function flush(): void {
  log.flush()
  flushing = setTimeout(flush, untilNextFlush())
}

/** Flushes come in step with a given moment. */
function untilNextFlush(): number {
  const { flushAt, flushMs } = options
  return flushMs - ((((Date.now() - flushAt) % flushMs) + flushMs) % flushMs)
}

function stop(): void {
  say('Stopping service Catalina')
  clearTimeout(flushing)
  const impatience = setTimeout(() => server.closeAllConnections(), PATIENCE_WITH_REQUESTS_MS)
  server.close(() => {
    clearTimeout(impatience)
    log.close()
    say('Stopped')
    rmSync(options.pidFile, { force: true })
    process.removeAllListeners('disconnect')
    if (process.connected) process.disconnect()
  })
}

function say(what: string): void {
  try {
    writeSync(consoleFile, `${new Date().toISOString()} INFO [main] org.apache.catalina: ${what}\n`)
  } catch {
    // A full disk. Java does not stop for it either.
  }
}

function readOptions() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { log: text, console: text, 'pid-file': text, 'flush-ms': text, 'flush-at': text },
  })
  const { log, console, 'pid-file': pidFile, 'flush-ms': flushMs, 'flush-at': flushAt } = values
  if (!log || !console || !pidFile || !flushMs || !flushAt)
    throw new Error('the collector needs all of its options')
  return { log, console, pidFile, flushMs: Number(flushMs), flushAt: Number(flushAt) }
}
