/** What things cost, side by side: one table, ratios first. docs/benchmarks.md says what each line means. */
import { Command, InvalidArgumentError } from 'commander'
import { readOrEnd } from '../../testbed/command-words.ts'
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

const FULL = { files: 20_000, bytes: 20_000_000_000, partsFromBytes: 5 * 2 ** 30 + 1 }
const SHORT = { files: 1000, bytes: 200_000_000, partsFromBytes: 100_000_000 }

interface Options {
  readonly short: boolean
  readonly before?: string
  readonly only?: readonly PartName[]
}

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

type PartName = keyof typeof parts

const command = new Command('bench')
  .usage('[options]    (npm run bench -- [options])')
  .description('What things cost, side by side. The machine should have nothing else to do.')
  .option('--short', 'small enough for CI, and exit 1 where what hangs on no machine does not hold', false)
  .option('--before <folder>', 'the flush and the history beside those of an earlier checkout')
  .option('--only <parts>', `of ${Object.keys(parts).join(',')} those that are wanted`, partsIn)
  .allowExcessArguments(false)
  .showHelpAfterError('Write `npm run bench -- --help` for all options.')
readOrEnd(command, process.argv.slice(2))
const values: Options = command.opts()

function partsIn(text: string): PartName[] {
  const names = text.split(',')
  const isPart = (name: string): name is PartName => Object.hasOwn(parts, name)
  if (names.every(isPart)) return names
  throw new InvalidArgumentError(`Write some of ${Object.keys(parts).join(',')}.`)
}

try {
  const rows: Row[] = []
  for (const name of values.only ?? (Object.keys(parts) as PartName[])) rows.push(...(await parts[name]()))
  console.log(tableOf(rows))
  const failed = rows.filter(({ holds }) => holds === false)
  for (const { what } of failed) console.error(`does not hold: ${what}`)
  process.exitCode = failed.length === 0 ? 0 : 1
} finally {
  removeDisks()
}
