/** What ends early when a person wants it: a call that hangs is broken off too, since nobody waits for its answer any more. */
import { Refusal } from './surroundings.ts'

/** Who broke it off knows that, and a reader that has gone hears nothing; a program is told. */
export class Interrupted extends Refusal {
  override name = 'Interrupted'
  override message = 'Interrupted before there was an answer.'
}

/** Throws `broken` at an interruption, whatever is waited for. Not around what changes something: that comes to an end of its own. */
export async function unlessInterrupted<Answer>(
  call: Promise<Answer>,
  signal: AbortSignal,
  broken: Error = new Interrupted(),
): Promise<Answer> {
  const stopped = new AbortController()
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(broken)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: stopped.signal })
  })
  return await Promise.race([call, interrupted]).finally(() => stopped.abort())
}

/** Answers this instead: for what goes on by itself when nobody follows it any more. */
export function ifInterrupted<Answer>(answer: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof Interrupted) return answer
    throw error
  }
}

/** What goes on until somebody ends it: then an interruption is its ordinary end. */
export async function untilInterrupted(call: Promise<void>, signal: AbortSignal): Promise<void> {
  await unlessInterrupted(call, signal).catch(ifInterrupted(undefined))
}
