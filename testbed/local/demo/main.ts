/** The demo: `npm run demo`. Progress goes to standard error, the result to standard output. */
import { onInterruption } from '../interruption.ts'
import { type Day, playDay } from './day.ts'
import { grouped, ledgerLines, paintFor, reportAction, timeline } from './day-report.ts'
import { type DemoOptions, parseOptions } from './demo-options.ts'
import { showProgress } from './progress.ts'
import { SCENARIOS } from './scenarios.ts'
import { columnsOf } from './wrap.ts'

const LOST = 1
const FAILED = 1
const INTERRUPTED = 130

const parsed = parseOptions(
  process.argv.slice(2),
  SCENARIOS.map(({ name }) => name),
)
if ('print' in parsed) {
  const stream = parsed.exitCode === 0 ? process.stdout : process.stderr
  stream.write(parsed.print)
  process.exitCode = parsed.exitCode
} else {
  process.exitCode = await demo(parsed)
}

async function demo(options: DemoOptions): Promise<number> {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`.padStart(7)
  const interruption = new AbortController()
  onInterruption(() => interruption.abort())
  const progress = showProgress(process.stderr)
  try {
    const day = await playDay(
      options,
      {
        tell: (what) => progress.say(`${seconds()}  ${what}`),
        status: (accepted, what) => progress.status(`${seconds()}  ${grouped(accepted)} events  ${what}`),
      },
      interruption.signal,
    )
    progress.end()
    print(day, options)
    return day.ledger.lost > 0 ? LOST : 0
  } catch (error) {
    progress.end()
    if (!interruption.signal.aborted) {
      console.error(error instanceof Error ? error.message : error)
      return FAILED
    }
    process.stderr.write('Interrupted. Everything is stopped and cleared away.\n')
    return INTERRUPTED
  }
}

function print({ ledger, actions }: Day, { json, guarded }: DemoOptions): void {
  const reports = actions.map(({ history, scenario }) => ({
    history,
    report: reportAction(history, scenario),
  }))
  if (json) {
    process.stdout.write(`${JSON.stringify({ ledger, actions: reports.map(({ report }) => report) })}\n`)
    return
  }
  const paint = paintFor(process.stdout)
  const columns = columnsOf(process.stdout)
  for (const { history, report } of reports)
    console.log(`\n${timeline(history, report, paint, columns).join('\n')}`)
  console.log(`\n${ledgerLines(ledger, guarded, paint, columns).join('\n')}`)
}
