/** The surroundings of a command that a person typed: this process. */
import { setTimeout as pause } from 'node:timers/promises'
import { unlessInterrupted } from './interruption.ts'
import type { Surroundings } from './surroundings.ts'
import { processTerminal } from './terminal.ts'

export function processSurroundings(): Surroundings {
  const interruption = new AbortController()
  // npm passes Ctrl-C on to what heard it from the terminal already, a closed terminal hangs up, and people press again: a signal may
  // come at any time and any number of times. The handlers are never taken off: until the process has ended by itself, no signal can
  // end it before a command has told how to undo what it changed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort())
  // Who read has gone (`| head`), or nothing more can be written: then it is as if a person had broken it off.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      process.exitCode = 1
      if (code !== 'EPIPE' && stream === process.stdout) process.stderr.write(`Cannot write: ${message}\n`)
      interruption.abort()
    })
  const terminal = processTerminal(() => interruption.abort())
  return {
    terminal,
    clock: { now: Date.now },
    pause: (ms) => pause(ms, undefined, { signal: interruption.signal }).catch(() => undefined),
    interruption: interruption.signal,
    // From a checkout it is an npm script, installed it is a program of its own.
    typed: (words) =>
      process.env.npm_lifecycle_event === 'guard'
        ? `npm run guard -- ${words}`
        : `termination-guard ${words}`,
    typedAws: (words) => `aws ${words}`,
    // To have AWS's clients takes longer than most of what is answered without them: help, a completion, a journal in a file.
    reach: async (where) => {
      // Which Node later versions of the clients will want is nobody's concern who types: these here are bundled.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
      const { reachAws } = await import('./aws-deployment.ts')
      return await unlessInterrupted(reachAws(where, process.env, terminal.complain), interruption.signal)
    },
  }
}
