/** Functions as Lambda runs them: cold starts, reuse, one invocation at a time in each process, killed when the time is up. */
import { randomUUID } from 'node:crypto'
import { type Ending, type Environment, startEnvironment } from './execution-environment.ts'
import type { FunctionOptions, Host, Invocation, LocalFunction } from './lambda-options.ts'
import { scheduledEvent, variablesOf } from './variables.ts'
import { createWorkers, type Worker } from './workers.ts'

/** All functions of one local AWS. */
export interface Functions {
  deploy(options: FunctionOptions): LocalFunction
  stop(): Promise<void>
}

export function createFunctions(host: Host): Functions {
  const stops: (() => Promise<void>)[] = []
  return {
    deploy(options) {
      const { stop, ...deployed } = deploy(host, options)
      stops.push(stop)
      return deployed
    },
    async stop() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function deploy(host: Host, options: FunctionOptions): LocalFunction & { stop(): Promise<void> } {
  const { name, timeoutSeconds = 3, onLine = () => {} } = options
  const workers = createWorkers(options)
  const stopObserving = host.observe(workers.observer)
  const timers = new Set<NodeJS.Timeout>()
  let invocations = 0

  const environmentOf = async (worker: Worker) => {
    worker.environment ??= await startEnvironment(options, variablesOf(host, options, worker.caller), onLine)
    return worker.environment
  }
  const invoke = async (event: unknown): Promise<Invocation> => {
    invocations += 1
    const number = invocations
    const worker = await workers.acquire(number)
    const { busy } = worker
    const coldStart = worker.environment === undefined
    const requestId = randomUUID()
    const end = async (): Promise<Ended> => {
      try {
        const environment = await environmentOf(worker)
        const killAfterMs = options.killAfterMs?.(number)
        return await run(environment, { requestId, event, timeoutSeconds, killAfterMs })
      } catch (error) {
        return { ended: 'failed', answer: undefined, error: String(error), durationMs: 0 }
      } finally {
        workers.release(worker)
      }
    }
    const ended = await end()
    const invocation = {
      functionName: name,
      requestId,
      number,
      event,
      coldStart,
      awsCalls: busy.calls,
      ...ended,
    }
    options.onInvocation?.(invocation)
    return invocation
  }
  return {
    name,
    timeoutSeconds,
    async start() {
      const worker = await workers.acquire(invocations)
      try {
        await environmentOf(worker)
      } finally {
        workers.release(worker)
      }
    },
    invoke,
    schedule(everyMs, event = scheduledEvent(host)) {
      const timer = setInterval(() => void invoke(event).catch(() => {}), everyMs)
      timers.add(timer)
      return () => clearInterval(timer)
    },
    kill: workers.killBusy,
    async stop() {
      stopObserving()
      for (const timer of timers) clearInterval(timer)
      await workers.stop()
    },
  }
}

type Ended = Pick<Invocation, 'ended' | 'answer' | 'error' | 'durationMs'>

async function run(
  environment: Environment,
  how: {
    readonly requestId: string
    readonly event: unknown
    readonly timeoutSeconds: number
    readonly killAfterMs: number | undefined
  },
): Promise<Ended> {
  let timedOut = false
  const timers = [
    setTimeout(() => {
      timedOut = true
      environment.kill()
    }, how.timeoutSeconds * 1000),
  ]
  if (how.killAfterMs !== undefined) timers.push(setTimeout(environment.kill, how.killAfterMs))
  const ending = await environment.invoke({
    requestId: how.requestId,
    event: JSON.stringify(how.event),
    deadline: Date.now() + how.timeoutSeconds * 1000,
  })
  for (const timer of timers) clearTimeout(timer)
  return outcomeOf(ending, timedOut)
}

function outcomeOf(ending: Ending, timedOut: boolean): Ended {
  const { durationMs } = ending
  switch (ending.as) {
    case 'answered':
      return { ended: 'succeeded', answer: ending.answer, error: undefined, durationMs }
    case 'failed':
      return { ended: 'failed', answer: undefined, error: ending.error, durationMs }
    case 'died':
      return { ended: timedOut ? 'timed-out' : 'killed', answer: undefined, error: undefined, durationMs }
  }
}
