/** `npm run conservation`: machines drawn by chance, the real script, every line counted. */

import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import pMap from 'p-map'
import { readOrEnd, wholeNumber } from '../../../testbed/command-words.ts'
import { describeTried, replayCommand, summary } from './describe.ts'
import { generate } from './generate.ts'
import { shrink } from './shrink.ts'
import { type Tried, trySituation } from './try.ts'

interface Options {
  readonly cases: number
  readonly from?: number
  readonly seed?: number
  readonly at: number
  readonly shrink: boolean
  readonly keep: boolean
}

const seed = wholeNumber(0, Number.MAX_SAFE_INTEGER)
const command = new Command('conservation')
  .usage('[options]    (npm run conservation -- [options])')
  .description('Machines drawn by chance, the real script, every line counted.')
  .option('--cases <count>', 'how many machines', wholeNumber(1, Number.MAX_SAFE_INTEGER), 100)
  .option('--from <seed>', 'from which seed on, instead of one drawn by chance', seed)
  .option('--seed <seed>', 'one machine, its manifests, and how the guard ended it', seed)
  .option('--at <count>', 'how many at once', wholeNumber(1, 1000), 3 * availableParallelism())
  .option('--shrink', 'with --seed: the smallest machine with the same fault', false)
  .option('--keep', 'its disk stays in the temporary directory', false)
  .allowExcessArguments(false)
  .showHelpAfterError('Write `npm run conservation -- --help` for all options.')
readOrEnd(command, process.argv.slice(2))
const values: Options = command.opts()
const from = values.seed ?? values.from ?? Math.floor(Math.random() * 2 ** 30)
const cases = values.seed === undefined ? values.cases : 1

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
  { concurrency: values.at },
)
console.log(summary(counts, Date.now() - started))
if (counts.some(({ faults }) => faults.length > 0)) process.exitCode = 1
