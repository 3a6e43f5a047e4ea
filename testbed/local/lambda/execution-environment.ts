/** One execution environment of a function: a process that takes one invocation at a time, and can be killed at any moment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type FunctionOptions, isPython } from './lambda-options.ts'
import { endOfOutput, type InvokeMessage, type RuntimeMessage } from './protocol.ts'

const runtimes = {
  node: [process.execPath, fileURLToPath(new URL('runtime.ts', import.meta.url))],
  python: ['python3', fileURLToPath(new URL('runtime.py', import.meta.url))],
} as const

/** How an invocation ended, as far as the process can tell. */
export type Ending =
  | { readonly as: 'answered'; readonly answer: unknown; readonly durationMs: number }
  | { readonly as: 'failed'; readonly error: string; readonly durationMs: number }
  /** The process is gone: killed, or it exited by itself. */
  | { readonly as: 'died'; readonly durationMs: number }

export interface Environment {
  readonly initMs: number
  invoke(message: InvokeMessage): Promise<Ending>
  /** SIGKILL. Nothing in the process gets to do anything about it. */
  kill(): void
  isAlive(): boolean
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
}

/** Cold start: the process is there and the module loaded. Throws when it cannot be. */
export async function startEnvironment(
  { bundle, handler = 'handler' }: Pick<FunctionOptions, 'bundle' | 'handler'>,
  variables: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<Environment> {
  const [program, runtime] = runtimes[isPython(bundle) ? 'python' : 'node']
  const child = spawn(program, [runtime, bundle, handler], {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let refusal: Error | undefined
  child.once('error', (error) => {
    refusal = error
  })
  let current: Running | undefined
  let alive = true
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  gone.then(() => {
    alive = false
    current?.end({ as: 'died', durationMs: Date.now() - current.startedAt })
  })
  lines(child.stdout, (line) => {
    if (current !== undefined && line === endOfOutput(current.requestId)) current.sawEndOfOutput()
    else if (line !== '') onLine(line)
  })
  lines(child.stderr, onLine)
  const kill = () => void child.kill('SIGKILL')

  const initMs = await readiness(child, gone, () => refusal).catch((error: unknown) => {
    kill()
    throw error
  })
  child.on('message', (message: RuntimeMessage) => current?.hear(message))
  return {
    initMs,
    gone,
    kill,
    isAlive: () => alive,
    invoke(message) {
      if (!alive) return Promise.resolve({ as: 'died', durationMs: 0 })
      return new Promise((resolve) => {
        current = running(message.requestId, (ending) => {
          current = undefined
          resolve(ending)
        })
        // A process that died meanwhile refuses the message; `gone` ends the invocation.
        child.send(message, () => {})
      })
    },
  }
}

interface Running {
  readonly requestId: string
  readonly startedAt: number
  hear(message: RuntimeMessage): void
  sawEndOfOutput(): void
  end(ending: Ending): void
}

/** Over when both the answer and the end of the output are there: they travel on different pipes. */
function running(requestId: string, end: (ending: Ending) => void): Running {
  let ending: Ending | undefined
  let outputEnded = false
  const check = () => {
    if (ending !== undefined && outputEnded) end(ending)
  }
  return {
    requestId,
    startedAt: Date.now(),
    end,
    hear(message) {
      if (!('requestId' in message) || message.requestId !== requestId) return
      ending = endingOf(message)
      check()
    },
    sawEndOfOutput() {
      outputEnded = true
      check()
    },
  }
}

function endingOf(message: Extract<RuntimeMessage, { readonly requestId: string }>): Ending {
  const { durationMs } = message
  if (message.is === 'failed') return { as: 'failed', error: message.error, durationMs }
  const answer: unknown = message.answer === undefined ? undefined : JSON.parse(message.answer)
  return { as: 'answered', answer, durationMs }
}

async function readiness(
  child: ChildProcess,
  gone: Promise<void>,
  refusal: () => Error | undefined,
): Promise<number> {
  const first = new Promise<RuntimeMessage>((resolve) =>
    child.once('message', resolve as (message: unknown) => void),
  )
  const message = await Promise.race([first, gone])
  if (message?.is === 'ready') return message.initMs
  const why = message?.is === 'broken' ? message.error : (refusal()?.message ?? 'it exited')
  throw new Error(`The function could not be started: ${why}`)
}

function lines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  if (stream !== null)
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}
