/** Many seeds, shared out to threads, and what they add up to. */
import { Worker } from 'node:worker_threads'
import type { Wanted } from './fault-mix.ts'
import type { Result } from './simulate.ts'

export interface Tally {
  seeds: number
  seconds: number
  violations: number
  actions: number
  instances: number
  virtualHours: number
  readonly outcomes: Record<string, number>
  /** By seed. */
  readonly failures: Pick<Result, 'seed' | 'mix' | 'violations'>[]
}

/** Which seeds a thread runs: every `step`th one. */
export interface Share {
  readonly from: number
  readonly to: number
  readonly step: number
  readonly wanted: Wanted
}

export interface Seeds {
  readonly from: number
  readonly seeds: number
  readonly jobs: number
  readonly wanted?: Wanted
}

/** Throws when not every seed was run: a world that nobody looked at has not passed. */
export async function runSeeds(
  { from, seeds, jobs, wanted = {} }: Seeds,
  onProgress: (tally: Tally, of: number) => void,
): Promise<Tally> {
  const startedAt = performance.now()
  const tally: Tally = {
    ...{ seeds: 0, seconds: 0, violations: 0, actions: 0, instances: 0, virtualHours: 0 },
    ...{ outcomes: {}, failures: [] },
  }
  const step = Math.min(jobs, seeds)
  const threads = Array.from({ length: step }, (_, index) => {
    const share: Share = { from: from + index, to: from + seeds, step, wanted }
    return runShare(share, (results) => {
      for (const result of results) add(tally, result)
      onProgress(tally, seeds)
    })
  })
  await Promise.all(threads)
  if (tally.seeds !== seeds) throw new Error(`only ${tally.seeds} of ${seeds} seeds were run`)
  tally.failures.sort((a, b) => a.seed - b.seed)
  tally.seconds = (performance.now() - startedAt) / 1000
  return tally
}

function runShare(share: Share, onResults: (results: readonly Result[]) => void): Promise<void> {
  const worker = new Worker(new URL('./seeds-worker.ts', import.meta.url), { workerData: share })
  return new Promise((resolve, reject) => {
    worker.on('message', onResults)
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })
}

function add(tally: Tally, { seed, mix, violations, counts, outcomes }: Result): void {
  tally.seeds++
  tally.violations += violations.length
  tally.actions += counts.actions
  tally.instances += counts.instances
  tally.virtualHours += counts.virtualHours
  for (const [outcome, count] of Object.entries(outcomes)) {
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + count
  }
  if (violations.length > 0) tally.failures.push({ seed, mix, violations })
}
