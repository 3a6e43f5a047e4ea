/** A message of the queue, and what it really is. */

/** What a message really is, whatever its body says. Known to the world and its checkers only. */
export type Truth =
  | {
      readonly is: 'notification'
      readonly token: string
      readonly instanceId: string
      /** A rule brought it, not the hook. */
      readonly isByEvent: boolean
    }
  | { readonly is: 'status'; readonly instanceId: string }
  | { readonly is: 'no action'; readonly what: string }

export interface Message {
  readonly id: string
  readonly body: string
  readonly truth: Truth
  readonly sentAt: number
  visibleAt: number
  receives: number
  firstReceivedAt: number
  isGone: boolean
}

/** What lies in the dead-letter queue, copied there by the guard or moved by SQS. */
export type DeadLetter = Pick<Message, 'body' | 'truth'>

export function handleOf({ id, receives }: Message): string {
  return `${id}/${receives}`
}

export function describe(truth: Truth): string {
  switch (truth.is) {
    case 'notification':
      return `${truth.instanceId} waits at the hook`
    case 'status':
      return `a command of ${truth.instanceId} changed its status`
    case 'no action':
      return truth.what
  }
}
