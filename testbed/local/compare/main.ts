/** Somebody's Lambda beside the guard: `npm run compare`. Progress goes to standard error, the result to standard output. */
import { type Shown, shownRun } from '../shown-run.ts'
import { type CompareOptions, parseOptions } from './compare-options.ts'
import { type Comparison, compareAll } from './comparison.ts'
import { asJson, doubts, errorLines, misconfiguration, tableOf } from './comparison-report.ts'
import { findHandler } from './find-handler.ts'
import { readDocument } from './given-document.ts'
import { givenSide } from './given-side.ts'
import { guardSide } from './guard-side.ts'
import { TRIALS, type Trial } from './trials.ts'
import { Unfit } from './unfit.ts'

const FAILED = 1
const MISCONFIGURED = 2

process.exitCode = await shownRun(parseOptions(process.argv.slice(2)), run, (error) =>
  error instanceof Unfit ? MISCONFIGURED : FAILED,
)

async function run(options: CompareOptions, { progress, seconds, stopped }: Shown): Promise<number> {
  const handler = findHandler(options.folder, options.handler)
  const documents = options.documents.map((document) => readDocument(document, options.folder))
  const sides = { ours: guardSide, theirs: givenSide(handler, documents, options) }
  const wanted = TRIALS.filter(({ name }) => options.only === undefined || name === options.only)
  const attempt = async (trials: readonly Trial[]) => {
    for (const { title } of trials)
      progress.say(`${seconds()}  ${title}: ${options.seconds} s of visitors, then the termination`)
    return await compareAll(trials, sides, options.seconds, stopped, ({ title }, side, instance) =>
      progress.say(`${seconds()}    ${title}, ${side}: ${instance}`),
    )
  }
  // Alone: what is wrong with theirs where all is well is no finding, and nothing else need be waited for.
  const comparisons = await attempt(wanted.slice(0, 1))
  if (misconfiguration(comparisons) === undefined) comparisons.push(...(await attempt(wanted.slice(1))))
  progress.end()
  return report(comparisons, options)
}

function report(comparisons: readonly Comparison[], { json }: CompareOptions): number {
  const wrong = misconfiguration(comparisons)
  if (json) process.stdout.write(`${asJson(comparisons)}\n`)
  else {
    const notes = [...errorLines(comparisons), ...doubts(comparisons)]
    console.log([...tableOf(comparisons), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n'))
    if (wrong !== undefined) console.error(`\n${wrong}`)
  }
  return wrong === undefined ? 0 : MISCONFIGURED
}
