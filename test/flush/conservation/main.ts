/** `npm run conservation -- --cases 20000 [--from SEED] [--seed SEED] [--shrink] [--keep]`: machines drawn by chance, the real script, every line counted. */

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import pMap from 'p-map'
import { describeTried, replayCommand, summary } from './describe.ts'
import { generate } from './generate.ts'
import { shrink } from './shrink.ts'
import { type Tried, trySituation } from './try.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100' },
    from: { type: 'string' },
    seed: { type: 'string' },
    at: { type: 'string', default: String(3 * availableParallelism()) },
    shrink: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
const from = Number(values.seed ?? values.from ?? Math.floor(Math.random() * 2 ** 30))
const cases = values.seed === undefined ? Number(values.cases) : 1
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(cases) || cases < 1)
  throw new Error('--cases and --from are whole numbers')

if (values.seed === undefined) console.log(`conservation: ${cases} cases from seed ${from}`)
const started = Date.now()
const counts: Tried[] = []
await pMap(
  Array.from({ length: cases }, (_, index) => from + index),
  async (seed) => {
    const tried = await trySituation(generate(seed), { keeps: values.keep })
    counts.push(values.seed === undefined ? { ...tried, manifests: [], said: '' } : tried)
    if (tried.faults.length > 0 && values.seed === undefined) {
      for (const { kind, what } of tried.faults) console.log(`seed ${seed}: ${kind}: ${what}`)
      console.log(`  ${replayCommand(seed)}`)
    }
    if (values.seed === undefined) return
    console.log(describeTried(values.shrink && tried.faults.length > 0 ? await shrink(tried, 100) : tried))
  },
  { concurrency: Number(values.at) },
)
console.log(summary(counts, Date.now() - started))
if (counts.some(({ faults }) => faults.length > 0)) process.exitCode = 1
