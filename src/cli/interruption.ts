/** What ends early when a person wants it: a call that hangs is broken off too, since nobody waits for its answer any more. */
import { NotSo } from './surroundings.ts'

/** Throws `broken` at an interruption, whatever is waited for. Not around what changes something: that comes to an end of its own. */
export async function unlessInterrupted<Answer>(
  call: Promise<Answer>,
  signal: AbortSignal,
  broken: Error = new NotSo(),
): Promise<Answer> {
  const stopped = new AbortController()
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(broken)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: stopped.signal })
  })
  return await Promise.race([call, interrupted]).finally(() => stopped.abort())
}

/** What goes on until somebody ends it: then an interruption is its ordinary end. */
export async function untilInterrupted(call: Promise<void>, signal: AbortSignal): Promise<void> {
  const ended = new NotSo()
  await unlessInterrupted(call, signal, ended).catch((error) => {
    if (error !== ended) throw error
  })
}
