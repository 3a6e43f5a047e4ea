/** The demo: `npm run demo`. Progress goes to standard error, the result to standard output. */
import { type Shown, shownRun } from '../shown-run.ts'
import { type Day, playDay } from './day.ts'
import { grouped, ledgerLines, paintFor, reportAction, timeline } from './day-report.ts'
import { type DemoOptions, parseOptions } from './demo-options.ts'
import { SCENARIOS } from './scenarios.ts'
import { columnsOf } from './wrap.ts'

const LOST = 1
const FAILED = 1

const scenarios = SCENARIOS.map(({ name }) => name)
process.exitCode = await shownRun(parseOptions(process.argv.slice(2), scenarios), demo, () => FAILED)

async function demo(options: DemoOptions, { progress, seconds, stopped }: Shown): Promise<number> {
  const day = await playDay(
    options,
    {
      tell: (what) => progress.say(`${seconds()}  ${what}`),
      status: (accepted, what) => progress.status(`${seconds()}  ${grouped(accepted)} events  ${what}`),
    },
    stopped,
  )
  progress.end()
  print(day, options)
  return day.ledger.lost > 0 ? LOST : 0
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
