import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CollectorOrder, CollectorReport } from '../collector.ts'
import { PATHS } from './disk.ts'

/** The collector of one instance, seen from outside. */
export interface CollectorProcess {
  /** `undefined` once it has ended. */
  readonly pid: number | undefined
  readonly url: string
  readonly ended: Promise<void>
  tell(order: CollectorOrder): void
  /** How much it may write: a disk without room takes nothing more. (Linux: elsewhere it goes on writing.) */
  limitFiles(to: 'nothing' | 'unlimited'): void
  /** SIGTERM: Tomcat's orderly stop, the buffer is written. */
  stop(): void
  /** SIGKILL: gone, with the buffer. */
  kill(): void
}

const PROGRAM = fileURLToPath(new URL('../collector.ts', import.meta.url))

/** Starts a collector and waits until it listens. Its buffer is flushed every so often, in step with the moment `at`. */
export async function startCollector(
  disk: string,
  flush: { readonly everyMs: number; readonly at: number },
  environment: Readonly<Record<string, string>>,
): Promise<CollectorProcess> {
  const log = ['--log', disk + PATHS.accessLog, '--console', disk + PATHS.console]
  const flushing = ['--flush-ms', String(flush.everyMs), '--flush-at', String(flush.at)]
  const child = spawn(
    process.execPath,
    [PROGRAM, ...log, '--pid-file', disk + PATHS.pidFile, ...flushing],
    // Detached: Ctrl-C is for the parent alone. The collector ends by itself when the channel to its parent closes.
    { cwd: disk, env: environment, detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const { port } = await firstReport(child)
  return {
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined
    },
    url: `http://127.0.0.1:${port}`,
    ended,
    tell: (order) => {
      if (child.connected) child.send(order)
    },
    limitFiles: (to) => {
      const limit = to === 'nothing' ? '0' : 'unlimited'
      spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${limit}:`])
    },
    stop: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  }
}

function firstReport(child: ChildProcess): Promise<CollectorReport> {
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as CollectorReport))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the collector ended (${code}) before it listened`)))
  })
}
