/** `npm run simulate`: many seeds and what they found, or one seed and its day. */
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { readOrEnd } from '../command-words.ts'
import { type FaultKind, isFaultKind, type Wanted } from './fault-mix.ts'
import { runSeeds, type Tally } from './seeds.ts'
import { simulate } from './simulate.ts'

interface Options {
  readonly seeds: number
  readonly from: number | undefined
  readonly jobs: number
  readonly seed: number | undefined
  readonly trace: boolean
  readonly fault: FaultKind | undefined
}

/** Places to begin at are drawn up to here, so that a seed stays short enough to be typed. */
const LAST_DRAWN = 900_000_000

/** Failing seeds that are told one by one; the rest is only counted. */
const MAX_TOLD = 10

const program = new Command('simulate')
  .usage('[options]    (npm run simulate -- [options])')
  .description('Lets the guard work in simulated worlds that go wrong, and checks that no log is lost.')
  .option('--seeds <count>', 'how many worlds', wholeNumber('--seeds 1000'), 1000)
  .option('--from <seed>', 'the first seed (drawn when it is not given)', wholeNumber('--from 1'))
  .option('--jobs <count>', 'how many threads', wholeNumber('--jobs 2'), availableParallelism())
  .option('--seed <seed>', 'one world only', wholeNumber('--seed 7'))
  .option('--trace', 'print the day of that one world', false)
  .option('--fault <name>', 'this fault in each world, and no other', faultKind)
  .showHelpAfterError('Write `npm run simulate -- --help` for all options.')

readOrEnd(program, process.argv.slice(2), unfit)
const options = program.opts<Options>()
const failed = options.seed === undefined ? await many(options) : await one(options.seed, options)
process.exitCode = failed > 0 ? 1 : 0

/** Words that mean nothing together. */
function unfit(): string | undefined {
  const { seed, seeds, trace } = program.opts<Options>()
  if (seed === undefined) return trace ? '--trace prints one day: type --seed 7 --trace' : undefined
  const ofMany = (['seeds', 'from', 'jobs'] as const).filter(
    (name) => program.getOptionValueSource(name) === 'cli',
  )
  if (ofMany.length === 0) return undefined
  return `--seed runs one world, so --${ofMany.join(' and --')} would mean nothing: type --seed ${seed}, or --from ${seed} --seeds ${seeds}`
}

async function one(seed: number, { trace, fault }: Options): Promise<number> {
  const result = await simulate(seed, { isTraced: trace, ...(fault && { fault }) })
  for (const line of result.trace) console.log(line)
  const { actions, instances, invocations, calls, virtualHours } = result.counts
  console.log(`\nseed ${seed}: ${result.mix}`)
  console.log(
    `${virtualHours.toFixed(1)} h, ${instances} instances, ${actions} lifecycle actions, ${invocations} invocations, ${calls} AWS calls`,
  )
  console.log(`told: ${inWords(result.outcomes)}`)
  for (const { invariant, what } of result.violations) console.log(`VIOLATION ${invariant}: ${what}`)
  console.log(`${result.violations.length} violations`)
  return result.violations.length
}

async function many({ seeds, from = drawn(), jobs, fault }: Options): Promise<number> {
  const wanted: Wanted = fault ? { fault } : {}
  console.log(
    `${seeds} seeds from ${from} on; once more: npm run simulate -- --seeds ${seeds} --from ${from}${inOptions(wanted)}`,
  )
  const tally = await runSeeds({ from, seeds, jobs, wanted }, showProgress)
  for (const { seed, mix, violations } of tally.failures.slice(0, MAX_TOLD)) {
    console.log(`\nseed ${seed}: ${mix}`)
    for (const { invariant, what } of violations) console.log(`  ${invariant}: ${what}`)
    console.log(`  replay: npm run simulate -- --seed ${seed} --trace${inOptions(wanted)}`)
  }
  if (tally.failures.length > MAX_TOLD)
    console.log(`\n… and ${tally.failures.length - MAX_TOLD} more failing seeds`)
  console.log(
    `\n${tally.actions} lifecycle actions on ${tally.instances} instances in ${Math.round(tally.virtualHours)} virtual hours; told: ${inWords(tally.outcomes)}`,
  )
  const perSecond = tally.seeds / tally.seconds
  const threads = Math.min(jobs, seeds)
  console.log(
    `${tally.seeds} seeds in ${tally.seconds.toFixed(1)} s: ${perSecond.toFixed(0)} a second on ${threads} threads, ${(perSecond / threads).toFixed(0)} on each`,
  )
  console.log(`${tally.violations} violations`)
  return tally.violations
}

function inOptions({ fault }: Wanted): string {
  return fault ? ` --fault ${fault}` : ''
}

function faultKind(name: string): FaultKind {
  if (isFaultKind(name)) return name
  throw new InvalidArgumentError('There is no such fault: testbed/simulator/fault-mix.ts names them.')
}

function drawn(): number {
  return 1 + Math.floor(Math.random() * LAST_DRAWN)
}

function showProgress(tally: Tally, of: number): void {
  if (!process.stderr.isTTY) return
  const line = `${tally.seeds} of ${of} seeds, ${tally.violations} violations`
  process.stderr.write(tally.seeds === of ? `\r${' '.repeat(line.length)}\r` : `\r${line}`)
}

function inWords(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing'
}

function wholeNumber(example: string): (text: string) => number {
  return (text) => {
    if (/^[0-9]{1,9}$/.test(text) && Number(text) > 0) return Number(text)
    throw new InvalidArgumentError(`It must be a whole number from 1 to 999999999: type ${example}.`)
  }
}
