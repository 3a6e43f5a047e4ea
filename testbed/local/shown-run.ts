/** A long command of the test bed, as a person sees it: lines with the time on standard error, and Ctrl-C that clears away. */
import type { Refused } from '../command-words.ts'
import { type Progress, showProgress } from './demo/progress.ts'
import { onInterruption } from './interruption.ts'

const INTERRUPTED = 130

export interface Shown {
  readonly progress: Progress
  /** How long it has been running, as its lines begin. */
  readonly seconds: () => string
  readonly stopped: AbortSignal
}

/**
 * Runs it, or prints what its words are answered with. Answers the exit code: `work`'s own, or that of its error, whose message is
 * printed. `work` ends the progress before it prints its result.
 */
export async function shownRun<Options extends object>(
  parsed: Options | Refused,
  work: (options: Options, shown: Shown) => Promise<number>,
  exitCodeOf: (error: unknown) => number,
): Promise<number> {
  if ('print' in parsed) {
    const stream = parsed.exitCode === 0 ? process.stdout : process.stderr
    stream.write(parsed.print)
    return parsed.exitCode
  }
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`.padStart(7)
  const interruption = new AbortController()
  onInterruption(() => interruption.abort())
  const progress = showProgress(process.stderr)
  try {
    return await work(parsed, { progress, seconds, stopped: interruption.signal })
  } catch (error) {
    progress.end()
    if (interruption.signal.aborted) {
      process.stderr.write('Interrupted. Everything is stopped and cleared away.\n')
      return INTERRUPTED
    }
    console.error(error instanceof Error ? error.message : error)
    return exitCodeOf(error)
  }
}
