/** One thread's share of the seeds, told in batches. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Share } from './seeds.ts'
import { type Result, simulate } from './simulate.ts'

const BATCH = 20

// Thousands of AWS errors are thrown on purpose, and nobody reads where.
Error.stackTraceLimit = 0
const { from, to, step, wanted } = workerData as Share
let results: Result[] = []
for (let seed = from; seed < to; seed += step) {
  results.push(await simulate(seed, { isTraced: false, ...wanted }))
  if (results.length < BATCH && seed + step < to) continue
  parentPort?.postMessage(results)
  results = []
}
