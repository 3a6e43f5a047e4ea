/**
 * What things cost, side by side: one table, ratios first. docs/benchmarks.md says what each line means.
 *
 *   npm run bench                          everything; the machine should have nothing else to do
 *   npm run bench -- --short               small enough for CI, and exit 1 where something that hangs on no machine does not hold
 *   npm run bench -- --before FOLDER       the flush and the history beside those of an earlier checkout
 *   npm run bench -- --only bundle,cold,calls,storm,seeds,flush,disk,history
 */
import { parseArgs } from 'node:util'
import { removeDisks } from '../flush/disk.ts'
import { bigDisk } from './big-disk.ts'
import { bundleSize } from './bundle-size.ts'
import { calls } from './calls.ts'
import { coldStart } from './cold-start.ts'
import { historyOfMany } from './history.ts'
import { ordinaryFlush } from './ordinary-flush.ts'
import { type Row, tableOf } from './row.ts'
import { seeds } from './seeds.ts'
import { massTermination } from './storm.ts'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    before: { type: 'string' },
    only: { type: 'string', default: 'bundle,cold,calls,storm,seeds,flush,disk,history' },
  },
})

const FULL = { files: 20_000, bytes: 20_000_000_000, partsFromBytes: 5 * 2 ** 30 + 1 }
const SHORT = { files: 1000, bytes: 200_000_000, partsFromBytes: 100_000_000 }

const parts = {
  bundle: bundleSize,
  cold: () => coldStart(values.short ? 5 : 21),
  calls,
  storm: () => massTermination(values.short ? 500 : 5000),
  seeds: () => seeds(values.short ? 50 : 500),
  flush: () => ordinaryFlush(values.short ? 3 : 9, values.before),
  disk: () => bigDisk(values.short ? SHORT : FULL),
  history: () =>
    values.short ? historyOfMany(1000, 1, values.before) : historyOfMany(100_000, 5, values.before),
}

const chosen = values.only.split(',')
const isPart = (name: string): name is keyof typeof parts => name in parts
const unknown = chosen.filter((name) => !isPart(name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}

try {
  const rows: Row[] = []
  for (const name of chosen.filter(isPart)) rows.push(...(await parts[name]()))
  console.log(tableOf(rows))
  const failed = rows.filter(({ holds }) => holds === false)
  for (const { what } of failed) console.error(`does not hold: ${what}`)
  process.exitCode = failed.length === 0 ? 0 : 1
} finally {
  removeDisks()
}
