/** Histories of actions in lines. Pure. */
import { type ActionHistory, standingOf, toldAt } from '../journal/history.ts'
import { counted } from './counted.ts'
import { duration } from './duration.ts'
import { momentsOf } from './moments.ts'
import type { Typed } from './typed.ts'

export const UNTOLD = 'its termination is not told'

/** `within`: in what time, as `inThisTime` has it. */
export function historyLines(
  action: ActionHistory,
  withPasses: boolean,
  typed: Typed['typed'],
  within = '',
): string[] {
  return [endLine(action), ...detailLines(action, typed, within), ...timeLines(action, withPasses)]
}

function endLine(action: ActionHistory): string {
  const { instanceId, groupName } = action
  const at = new Date(toldAt(action)).toISOString()
  return `${at}  ${instanceId}  ${standing(action).padEnd(10)}  ${groupName || 'group unknown'}`
}

function standing(action: ActionHistory): string {
  const is = standingOf(action)
  switch (is) {
    case 'held':
      return 'still held'
    case 'untold':
      return 'not told'
    default:
      return is
  }
}

function detailLines(action: ActionHistory, typed: Typed['typed'], within: string): string[] {
  const { instanceId, outcome } = action
  const what = standingOf(action) === 'untold' ? [`${UNTOLD}${within}`] : toldLines(action)
  return [...what, ...advice(instanceId, outcome, typed)].map((line) => `    ${line}`)
}

function toldLines({ end, by, passes, awsCalls, lambdaMs, token }: ActionHistory): string[] {
  const reason = end?.reason ?? passes.at(-1)?.reason ?? ''
  const cost = `${counted(passes.length, 'pass', 'passes')}, ${counted(awsCalls, 'call')} besides heartbeats, ${duration(lambdaMs)} of Lambda`
  const told = end
    ? [
        `held ${duration(end.heldMs)}, ${counted(end.attempts, 'flush', 'flushes')} (${duration(end.flushMs)}), ` +
          `${counted(end.files, 'file')}, ${counted(end.bytes, 'byte')}`,
      ]
    : []
  const unproven = end?.unproven.map((file) => `unproven: ${file}`) ?? []
  const notes = end?.notes.map((note) => `the instance says: ${note}`) ?? []
  return [
    reason,
    ...(by === undefined || by === 'flush' ? [] : [`saved by ${by}`]),
    ...told,
    cost,
    ...unproven,
    ...notes,
    `token ${token ?? 'unknown (adopted by the sweep)'}`,
  ]
}

/** What there is to type. */
function advice(instanceId: string, outcome: ActionHistory['outcome'], typed: Typed['typed']): string[] {
  switch (outcome) {
    case undefined:
      return [`now: ${typed(`explain ${instanceId}`)}`]
    case 'retained':
      // A later end of the same machine may be told below.
      return [`while it is kept: ${typed(`explain ${instanceId}`)}`]
    case 'lost':
    case 'expired':
      return ['see docs/operate.md, action-not-archived']
    case 'archived':
    case 'empty':
      return []
  }
}

/** What was done about the machine is rare, and told in any case; what each pass decided only where it is wished. */
function timeLines({ passes, deeds }: ActionHistory, withPasses: boolean): string[] {
  return momentsOf({ passes: withPasses ? passes : [], deeds }).map(({ at, what, durationMs, reason }) => {
    const said = durationMs === undefined ? what : `${what.padEnd(9)} ${duration(durationMs).padStart(8)}`
    return `      ${new Date(at).toISOString()}  ${said.padEnd(18)}  ${reason}`
  })
}
