/** The processes of one function, each with the name under which it signs its requests, so that they can be told apart. */
import { ConnectionDropped, type RequestObserver } from '../wire/request.ts'
import type { Environment } from './execution-environment.ts'
import type { FunctionOptions } from './lambda-options.ts'

export interface Worker {
  readonly caller: string
  environment: Environment | undefined
  /** The invocation it is in the middle of. */
  busy: Busy | undefined
}

interface Busy {
  readonly number: number
  calls: number
  killAfterCall: boolean
}

export interface Workers {
  /** An idle process, or a new one, or the next that becomes free. */
  acquire(invocation: number): Promise<Worker & { readonly busy: Busy }>
  release(worker: Worker): void
  killBusy(): void
  stop(): Promise<void>
  /** Counts the calls of each invocation, and kills where the options say so. */
  readonly observer: RequestObserver
}

export function createWorkers({ name, maxConcurrency = 10, killAt }: FunctionOptions): Workers {
  const workers = new Map<string, Worker>()
  const waiting: (() => void)[] = []
  let started = 0
  let stopped = false

  const newWorker = (): Worker => {
    started += 1
    const worker: Worker = { caller: `${name}.${started}`, environment: undefined, busy: undefined }
    workers.set(worker.caller, worker)
    return worker
  }
  return {
    async acquire(invocation) {
      for (;;) {
        if (stopped) throw new Error(`function ${name} is stopped`)
        const idle = [...workers.values()].find(({ busy }) => busy === undefined)
        const worker = idle ?? (workers.size < maxConcurrency ? newWorker() : undefined)
        if (worker !== undefined)
          return Object.assign(worker, { busy: { number: invocation, calls: 0, killAfterCall: false } })
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    release(worker) {
      worker.busy = undefined
      // It was still starting when everything was stopped: nobody else would end it.
      if (stopped) worker.environment?.kill()
      if (!worker.environment?.isAlive()) workers.delete(worker.caller)
      waiting.shift()?.()
    },
    killBusy() {
      for (const { busy, environment } of workers.values()) if (busy !== undefined) environment?.kill()
    },
    async stop() {
      stopped = true
      for (const wake of waiting.splice(0)) wake()
      const environments = [...workers.values()].flatMap(({ environment }) => environment ?? [])
      for (const environment of environments) environment.kill()
      await Promise.all(environments.map(({ gone }) => gone))
    },
    observer: {
      before(request) {
        const worker = workers.get(request.caller)
        if (worker?.busy === undefined) return
        worker.busy.calls += 1
        const kill = killAt?.({ invocation: worker.busy.number, call: worker.busy.calls, request })
        worker.busy.killAfterCall = kill === 'after'
        if (kill === 'before') killAtCall(worker)
      },
      after({ caller }) {
        const worker = workers.get(caller)
        if (worker?.busy?.killAfterCall) killAtCall(worker)
      },
    },
  }
}

function killAtCall({ environment }: Worker): never {
  environment?.kill()
  throw new ConnectionDropped('its caller was killed')
}
