import { grouped } from '../../../src/grouped.ts'
import { oneLine } from '../../../src/visible.ts'
import type { Comparison, Outcome } from './comparison.ts'

const MOST_ERRORS = 3
const MOST_CHARACTERS = 160
const MARGIN = 3

/** The table: what each side lost of what was accepted, and what became of the instance. */
export function tableOf(comparisons: readonly Comparison[]): string[] {
  const cell = ({ ledger: { lost, accepted }, instance }: Outcome) => `${lost} of ${accepted}, ${instance}`
  const rows = [
    ['lost of accepted', ...comparisons.map(({ trial }) => trial.title)],
    ['ours', ...comparisons.map(({ ours }) => cell(ours))],
    ['theirs', ...comparisons.map(({ theirs }) => cell(theirs))],
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd((widths[column] ?? 0) + MARGIN))
      .join('')
      .trimEnd(),
  )
}

/** What their Lambda and its commands said went wrong, so that a wrong configuration is not taken for a loss. */
export function errorLines(comparisons: readonly Comparison[]): string[] {
  const said = comparisons.flatMap(({ trial, theirs }) => {
    const { invocations, errors } = theirs.told
    const all = [...new Set([...invocations.flatMap(endingOf), ...errors])]
    const left = all.length > MOST_ERRORS ? [`and ${all.length - MOST_ERRORS} more`] : []
    return [...all.slice(0, MOST_ERRORS), ...left].map((line) => ({
      line: shortened(line),
      title: trial.title,
    }))
  })
  return [...grouped(said, ({ line }) => line)].map(
    ([line, times]) => `theirs, ${times.map(({ title }) => title).join(' / ')}: ${line}`,
  )
}

function endingOf({ ended, error, durationMs }: Outcome['told']['invocations'][number]): string[] {
  const after = `invocation ${ended} after ${Math.round(durationMs / 1000)} s`
  return ended === 'succeeded' ? [] : [error === undefined ? after : `${after}: ${error}`]
}

/** Why the comparison says nothing, or `undefined` where it does. */
export function misconfiguration(comparisons: readonly Comparison[]): string | undefined {
  for (const { trial, theirs } of comparisons) {
    const { invocations } = theirs.told
    if (invocations.length === 0)
      return `THEIR LAMBDA WAS NEVER INVOKED (${trial.title}), so nothing is compared. Is --trigger the right one?`
    if (trial.name !== 'well') continue
    if (invocations.every(({ ended }) => ended !== 'succeeded'))
      return `EVERY INVOCATION OF THEIR LAMBDA FAILED THOUGH ALL WAS WELL, so nothing is compared. ${askAbout}`
    if (theirs.ledger.inS3 === 0)
      return `NOTHING OF THEIRS REACHED THE BUCKET THOUGH ALL WAS WELL, so nothing is compared. ${askAbout}`
  }
  return undefined
}

const askAbout = 'Is it configured as it wants to be (--env, --document, --trigger, --bucket)?'

/** What to look at where events were lost though all was well, and nothing failed. */
export function doubts(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .filter(({ trial, theirs }) => trial.name === 'well' && theirs.ledger.lost > 0)
    .flatMap(({ theirs }) => [
      'Theirs lost events though all was well: before you believe that, see whether it uploads the access logs to the bucket. It said last:',
      ...theirs.told.lastLines.map((line) => `  ${shortened(line)}`),
    ])
}

/** What `--json` prints. */
export function asJson(comparisons: readonly Comparison[]): string {
  const side = ({ ledger, instance }: Outcome) => ({ ...ledger, instance })
  return JSON.stringify({
    cases: comparisons.map(({ trial, ours, theirs }) => ({
      case: trial.name,
      ours: side(ours),
      theirs: {
        ...side(theirs),
        invocations: theirs.told.invocations.map(({ ended, error }) => ({ ended, error })),
      },
    })),
    errors: errorLines(comparisons),
    misconfiguration: misconfiguration(comparisons) ?? null,
  })
}

function shortened(line: string): string {
  const text = oneLine(line.replace(/\s+/g, ' ').trim())
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`
}
