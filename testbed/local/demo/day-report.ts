import { styleText } from 'node:util'
import { counted } from '../../../src/cli/counted.ts'
import type { ActionHistory } from '../../../src/journal/history.ts'
import type { PassHistory } from '../../../src/journal/told.ts'
import type { Outcome } from '../../../src/model.ts'
import { oneLine } from '../../../src/visible.ts'
import type { Ledger } from './event-ledger.ts'
import { wrap } from './wrap.ts'

/** One lifecycle action of the day, as `--json` prints it. */
export interface ActionReport {
  readonly instance: string
  readonly scenario: string
  /** `null`: it had not ended when the day did. */
  readonly outcome: Outcome | null
  readonly reason: string
  readonly attempts: number
  readonly heldMs: number
  readonly flushMs: number
  /** Lambda time of all passes together. */
  readonly lambdaMs: number
  /** AWS calls of all passes together, besides heartbeats. */
  readonly awsCalls: number
}

/** Colours text where it is shown on a terminal. */
export type Paint = (colour: 'bold' | 'dim' | 'green' | 'yellow' | 'red', text: string) => string

export const plain: Paint = (_, text) => text

export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (colour, text) => styleText(colour, text, { stream })
}

export function reportAction(history: ActionHistory, scenario: string): ActionReport {
  const { instanceId, end, outcome, passes, lambdaMs, awsCalls } = history
  return {
    instance: instanceId,
    scenario,
    outcome: outcome ?? null,
    reason: end?.reason ?? passes.at(-1)?.reason ?? 'no pass has told anything',
    attempts: end?.attempts ?? 0,
    heldMs: end?.heldMs ?? 0,
    flushMs: end?.flushMs ?? 0,
    lambdaMs,
    awsCalls,
  }
}

/** Where the columns of a timeline end: the scenario's, and the decisions'. */
const SCENARIO_COLUMNS = 16
const DECISION_COLUMNS = 19

/** What the guard did about one instance, pass by pass; times count from when the hook held it. */
export function timeline(
  history: ActionHistory,
  action: ActionReport,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const endedAt = history.endedAt ?? history.passes.at(-1)?.at ?? 0
  const heldFrom = endedAt - action.heldMs
  const head = [
    paint('bold', action.scenario.padEnd(SCENARIO_COLUMNS)),
    action.instance,
    paintOutcome(action.outcome, paint),
    paint('dim', cost(history, action)),
  ]
  const passes = withoutRepetition(history.passes).map(({ at, decided, reason, times }) => {
    const when = seconds(Math.max(0, at - heldFrom)).padStart(7)
    return `  ${paint('dim', when)}  ${decided.padEnd(8)}  ${oneLine(reason)}${times > 1 ? paint('dim', ` (${times} times)`) : ''}`
  })
  return [
    ...wrap(head.join('  '), columns, SCENARIO_COLUMNS + 2),
    ...passes.flatMap((pass) => wrap(pass, columns, DECISION_COLUMNS + 2)),
  ]
}

/** A pass that saw and decided what the one before did is only counted. */
function withoutRepetition(passes: readonly PassHistory[]): (PassHistory & { readonly times: number })[] {
  const told: (PassHistory & { times: number })[] = []
  for (const pass of passes) {
    const last = told.at(-1)
    if (last?.decided === pass.decided && last.reason === pass.reason) last.times++
    else told.push({ ...pass, times: 1 })
  }
  return told
}

function cost(
  history: ActionHistory,
  { heldMs, attempts, flushMs, lambdaMs, awsCalls }: ActionReport,
): string {
  return [
    `held ${seconds(heldMs)}`,
    `${counted(attempts, 'flush', 'flushes')} ${seconds(flushMs)}`,
    `${counted(history.passes.length, 'pass', 'passes')} ${Math.round(lambdaMs)} ms`,
    `${awsCalls} AWS calls + ${counted(history.heartbeats, 'heartbeat', 'heartbeats')}`,
  ].join(', ')
}

/** The ledger, and in one sentence what it means. */
export function ledgerLines(
  ledger: Ledger,
  guarded: boolean,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const row = (name: string, number: number, meaning: string) =>
    `  ${name.padEnd(11)}${grouped(number).padStart(8)}   ${paint('dim', meaning)}`
  const lost = row('lost', ledger.lost, 'neither')
  return [
    paint('bold', 'Ledger, by unique event id'),
    row('accepted', ledger.accepted, 'answered with 200'),
    row('in S3', ledger.inS3, 'found in an object under the publish prefix'),
    row('kept', ledger.kept, 'on the disk of a retained instance'),
    ledger.lost > 0 ? paint('red', lost) : lost,
    row('duplicated', ledger.duplicated, 'in S3 more than once'),
    '',
    ...wrap(verdict(ledger, guarded, paint), columns, 0),
  ]
}

function verdict({ accepted, lost }: Ledger, guarded: boolean, paint: Paint): string {
  if (lost === 0) return paint('green', 'Nothing was lost.')
  const what = `${grouped(lost)} of ${grouped(accepted)} accepted events were lost`
  return guarded
    ? paint('red', `${what}.`)
    : paint(
        'red',
        `${what}, because nothing held the instances. Run it without --without-guard to see the difference.`,
      )
}

function paintOutcome(outcome: Outcome | null, paint: Paint): string {
  switch (outcome) {
    case 'archived':
    case 'empty':
      return paint('green', outcome)
    case 'retained':
      return paint('yellow', outcome)
    case 'lost':
    case 'expired':
      return paint('red', outcome)
    case null:
      return paint('red', 'unfinished')
  }
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`
}

export function grouped(number: number): string {
  return number.toLocaleString('en-US')
}
