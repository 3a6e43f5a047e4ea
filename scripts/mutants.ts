/**
 * `npm run mutants`: puts each bug of scripts/mutants/ into a copy of the sources, lets the simulator look for it and, where that
 * finds nothing, the unit tests. A bug that nobody notices must say why, or the run fails.
 */
import { spawn } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import pMap from 'p-map'
import { readOrEnd, wholeNumber } from '../testbed/command-words.ts'
import { makeTemporaryDirectory } from '../testbed/local/temporary-directory.ts'
import { mutants } from './mutants/all-mutants.ts'
import { type Mutant, staleness } from './mutants/mutant.ts'

const command = new Command('mutants')
  .usage('[part of a name or file] [seeds]    (npm run mutants -- …)')
  .description('Puts small bugs in, one by one, and says which are caught.')
  .argument('[words]', 'only mutants with these words in their name or file (default: all)')
  .argument('[seeds]', 'in how many worlds each is looked for', wholeNumber(1, 999_999_999), 500)
  .allowExcessArguments(false)
  .showHelpAfterError('Write `npm run mutants -- --help` for what can be typed.')
readOrEnd(command, process.argv.slice(2), () =>
  chosenBy(command.args[0]).length === 0
    ? `no mutant’s name or file contains '${command.args[0]}'`
    : undefined,
)
const [wanted, SEEDS] = command.processedArgs as [string | undefined, number]
/** What jest says of a file that it could not load: no test has seen such a bug. */
const DID_NOT_RUN = 'Test suite failed to run'
/** Longer than any healthy run of so many seeds takes: what hangs is noticed too. */
const TIME_LIMIT_MS = 180_000
/** What is slow is no hanging: tests may take so many times what they take of the sources as they are, on this machine. */
const SLOWER = 3
const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
/** What a copy has no need of; its packages are the checkout's own. */
const NOT_COPIED = new Set(['node_modules', '.git', '.serverless', 'dist'])
const MOST_OUTPUT_CHARACTERS = 4000
/** The simulator knows nothing of shell: it has a flush of its own; nor of how the guard is deployed, and of what people type. */
const NOT_SIMULATED = /^(deploy|handlers|src\/cli)\/|^serverless\.yml$|\.sh$/
const root = join(import.meta.dirname, '..')

type Fate =
  | { readonly is: 'killed'; readonly by: 'simulator' | 'unit tests'; readonly how: string }
  | { readonly is: 'survived' }

const chosen = chosenBy(wanted)
let testsLimitMs = TIME_LIMIT_MS
const stale = chosen.flatMap((mutant) => staleness(root, mutant) ?? [])
try {
  if (stale.length > 0)
    throw new Error(`The sources have moved on. In scripts/mutants/, change:\n${stale.join('\n')}`)
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function chosenBy(words: string | undefined): readonly Mutant[] {
  return mutants.filter(({ name, file }) => !words || `${name} ${file}`.includes(words))
}

async function main(): Promise<void> {
  const scratch = makeTemporaryDirectory('mutants-')
  const copies = Array.from({ length: availableParallelism() }, (_, index) =>
    copyTo(join(scratch, String(index))),
  )
  try {
    const ill = await illness(copies[0] ?? '')
    if (ill !== undefined)
      throw new Error(
        `The sources as they are do not pass, so nothing can be said of mutants: ${ill.slice(-MOST_OUTPUT_CHARACTERS)}`,
      )
    const fates = await pMap(
      chosen,
      async (mutant) => {
        const copy = copies.pop()
        if (!copy) throw new Error('more mutants at once than copies')
        const fate = await fateOf(mutant, copy).finally(() => copies.push(copy))
        console.log(line(mutant, fate))
        return { mutant, fate }
      },
      { concurrency: copies.length },
    )
    conclude(fates)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** What the seeds or the tests find in the sources without a mutant; a copy that lacks a file is found here, too. */
async function illness(copy: string): Promise<string | undefined> {
  const seeds = chosen.some(isSimulated) && (await run(copy, ['scripts/mutant-seeds.ts', String(SEEDS)]))
  if (seeds && seeds.code !== 0) return seeds.output
  const suites = [...new Set(chosen.flatMap(({ tests }) => tests))]
  const names = [...new Set(chosen.map(({ only }) => only))]
  const only = names.every((name) => name !== undefined) ? ['-t', names.join('|')] : []
  const started = performance.now()
  const tests = await run(copy, [...JEST, ...suites, ...only], SLOWER * TIME_LIMIT_MS * suites.length)
  testsLimitMs = Math.max(TIME_LIMIT_MS, SLOWER * Math.ceil(performance.now() - started))
  return tests.code === 0 ? undefined : tests.output || 'the tests do not end in time'
}

function conclude(fates: readonly { mutant: Mutant; fate: Fate }[]): void {
  const killedBy = (by: string) => fates.filter(({ fate }) => fate.is === 'killed' && fate.by === by).length
  const survivors = fates.filter(({ fate }) => fate.is === 'survived')
  const unjustified = survivors.filter(({ mutant }) => !mutant.justified)
  console.log(
    `\n${fates.length} mutants: ${killedBy('simulator')} killed by the simulator, ${killedBy('unit tests')} by unit tests, ` +
      `${survivors.length - unjustified.length} justified, ${unjustified.length} survived`,
  )
  if (unjustified.length > 0) process.exitCode = 1
}

function line({ name, justified }: Mutant, fate: Fate): string {
  if (fate.is === 'killed') return `killed     ${name}: ${fate.how}`
  return justified ? `justified  ${name}: ${justified}` : `SURVIVED   ${name}`
}

async function fateOf(mutant: Mutant, copy: string): Promise<Fate> {
  const file = join(copy, mutant.file)
  const source = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    source.replace(mutant.from, () => mutant.to),
  )
  try {
    const seeds = isSimulated(mutant) && (await run(copy, ['scripts/mutant-seeds.ts', String(SEEDS)]))
    if (seeds && seeds.code !== 0)
      return { is: 'killed', by: 'simulator', how: seeds.output.trim().split('\n').at(-1) || 'it hangs' }
    const only = mutant.only ? ['-t', mutant.only] : []
    const tests = await run(copy, [...JEST, ...mutant.tests, ...only], testsLimitMs)
    if (tests.code === 0 || tests.output.includes(DID_NOT_RUN)) return { is: 'survived' }
    const first = /● (.+)/.exec(tests.output)?.[1] ?? 'it does not end'
    return { is: 'killed', by: 'unit tests', how: first }
  } finally {
    writeFileSync(file, source)
  }
}

function isSimulated({ file }: Mutant): boolean {
  return !NOT_SIMULATED.test(file)
}

function run(
  cwd: string,
  args: readonly string[],
  timeout = TIME_LIMIT_MS,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, { cwd, timeout, killSignal: 'SIGKILL' })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

function copyTo(directory: string): string {
  for (const name of readdirSync(root).filter((one) => !NOT_COPIED.has(one)))
    cpSync(join(root, name), join(directory, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  return directory
}
