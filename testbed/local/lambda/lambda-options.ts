import type { AwsRequest, RequestObserver } from '../wire/request.ts'

/** One AWS call that a function is making. Both counts begin with 1. */
export interface FunctionCall {
  readonly invocation: number
  readonly call: number
  readonly request: AwsRequest
}

export interface FunctionOptions {
  readonly name: string
  /** A file of JavaScript (CommonJS or ESM), TypeScript or, where it ends so, Python (`.py`). */
  readonly bundle: string
  /** The function in it; `handler`, where it is not said. */
  readonly handler?: string
  readonly variables?: Readonly<Record<string, string>>
  /** Lambda's default is 3. */
  readonly timeoutSeconds?: number
  /** Invocations at the same time; more of them wait. */
  readonly maxConcurrency?: number
  /** Each line the function writes. */
  readonly onLine?: (line: string) => void
  readonly onInvocation?: (invocation: Invocation) => void
  /** Kills the process when it makes this call: before the call has its effect, or after it but before the answer. */
  readonly killAt?: (call: FunctionCall) => 'before' | 'after' | undefined
  /** Kills the process this long after the invocation began. */
  readonly killAfterMs?: (invocation: number) => number | undefined
}

/** One invocation that is over. */
export interface Invocation {
  readonly functionName: string
  readonly requestId: string
  /** 1 for the function's first. */
  readonly number: number
  readonly event: unknown
  readonly coldStart: boolean
  /** In the handler, without the cold start. */
  readonly durationMs: number
  /** AWS requests that reached the local AWS. */
  readonly awsCalls: number
  readonly ended: 'succeeded' | 'failed' | 'timed-out' | 'killed'
  /** What the handler answered, when it succeeded. */
  readonly answer: unknown
  readonly error: string | undefined
}

export interface LocalFunction {
  readonly name: string
  readonly timeoutSeconds: number
  /** Has a process ready before the first invocation. Throws what keeps the file from being loaded. */
  start(): Promise<void>
  invoke(event: unknown): Promise<Invocation>
  /** Invokes it again and again, as an EventBridge schedule does. Answers how to stop that. */
  schedule(everyMs: number, event?: unknown): () => void
  /** Kills every process that is in the middle of an invocation. */
  kill(): void
}

/** Which runtime a file is for. */
export function isPython(bundle: string): boolean {
  return bundle.endsWith('.py')
}

/** What functions need of the local AWS. */
export interface Host {
  readonly environment: (caller: string) => Readonly<Record<string, string>>
  readonly region: string
  readonly accountId: string
  readonly observe: (observer: RequestObserver) => () => void
}
