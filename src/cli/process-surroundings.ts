/** The surroundings of a command that a person typed: this process. */
import { setTimeout as pause } from 'node:timers/promises'
import { reachAws } from './aws-deployment.ts'
import type { Surroundings } from './surroundings.ts'
import { processTerminal } from './terminal.ts'

export function processSurroundings(): Surroundings {
  const interruption = new AbortController()
  // npm passes Ctrl-C on to what heard it from the terminal already, so it may be heard more than once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort())
  return {
    terminal: processTerminal(),
    clock: { now: Date.now },
    pause: (ms) => pause(ms, undefined, { signal: interruption.signal }).catch(() => undefined),
    interruption: interruption.signal,
    // From a checkout it is an npm script, installed it is a program of its own.
    typed: (words) =>
      process.env.npm_lifecycle_event === 'guard'
        ? `npm run guard -- ${words}`
        : `termination-guard ${words}`,
    reach: (where) => reachAws(where, process.env),
  }
}
