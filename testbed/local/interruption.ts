/** npm passes Ctrl-C on to what heard it from the terminal already: only a second one after this is a person's impatience. */
const IMPATIENT_AFTER_MS = 2_000

/**
 * Calls once at Ctrl-C or SIGTERM, where the terminal is closed, or where who read has gone (`| head`). Who asks again later is obeyed at
 * once; the machines' processes notice by themselves.
 */
export function onInterruption(listener: () => void): void {
  let first: number | undefined
  const hear = () => {
    if (first === undefined) {
      first = Date.now()
      listener()
    } else if (Date.now() - first > IMPATIENT_AFTER_MS) process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear)
  // Every line that is written after that fails again, and nobody's impatience is in it.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => {
      if (first === undefined) hear()
    })
}

/** What was under way is left to itself; its ground is taken away. */
export async function unlessStopped<T>(work: Promise<T>, stopped: AbortSignal): Promise<T> {
  const stop = new Promise<never>((_, reject) => {
    stopped.addEventListener('abort', () => reject(stopped.reason), { once: true })
    if (stopped.aborted) reject(stopped.reason)
  })
  return Promise.race([work, stop])
}
