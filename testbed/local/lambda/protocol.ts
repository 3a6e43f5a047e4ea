/** What a function's process and its keeper say to each other. */

export interface InvokeMessage {
  readonly requestId: string
  /** JSON, as Lambda hands it to a runtime. */
  readonly event: string
  /** Epoch milliseconds. */
  readonly deadline: number
}

export type RuntimeMessage =
  | { readonly is: 'ready'; readonly initMs: number }
  /** The module could not be loaded, or exports no handler. */
  | { readonly is: 'broken'; readonly error: string }
  | {
      readonly is: 'answered'
      readonly requestId: string
      /** JSON; `undefined` when the handler answered nothing. */
      readonly answer: string | undefined
      readonly durationMs: number
    }
  | {
      readonly is: 'failed'
      readonly requestId: string
      readonly error: string
      readonly durationMs: number
    }

/** Written to standard output after each invocation, so that its last line is known to have arrived. */
export function endOfOutput(requestId: string): string {
  return `\u0000end ${requestId}`
}
