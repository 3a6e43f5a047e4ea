/** Histories of actions in lines. Pure. */
import type { ActionHistory } from '../journal/history.ts'
import { counted } from './counted.ts'
import { duration } from './duration.ts'
import type { Surroundings } from './surroundings.ts'

export const NOTHING_TOLD =
  'The journal names no such termination in this time. (--since 7d reads further back.)'

export function historyLines(
  action: ActionHistory,
  withPasses: boolean,
  typed: Surroundings['typed'],
): string[] {
  return [endLine(action), ...detailLines(action, typed), ...(withPasses ? passLines(action) : [])]
}

function endLine({ instanceId, groupName, outcome, endedAt, passes }: ActionHistory): string {
  const at = new Date(endedAt ?? passes.at(-1)?.at ?? 0).toISOString()
  return `${at}  ${instanceId}  ${(outcome ?? 'still held').padEnd(10)}  ${groupName || 'group unknown'}`
}

function detailLines(
  { instanceId, end, by, passes, awsCalls, lambdaMs, token }: ActionHistory,
  typed: Surroundings['typed'],
): string[] {
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
  const what = [
    reason,
    ...(by === undefined || by === 'flush' ? [] : [`saved by ${by}`]),
    ...told,
    cost,
    ...unproven,
    ...notes,
    `token ${token ?? 'unknown (adopted by the sweep)'}`,
  ]
  return [...what, ...advice(instanceId, end?.outcome, typed)].map((line) => `    ${line}`)
}

/** What there is to type. */
function advice(
  instanceId: string,
  outcome: ActionHistory['outcome'],
  typed: Surroundings['typed'],
): string[] {
  switch (outcome) {
    case undefined:
    case 'retained':
      return [`now: ${typed(`explain ${instanceId}`)}`]
    case 'lost':
    case 'expired':
      return ['see docs/operate.md, action-not-archived']
    case 'archived':
    case 'empty':
      return []
  }
}

function passLines({ passes }: ActionHistory): string[] {
  return passes.map(
    ({ at, decided, reason, durationMs }) =>
      `      ${new Date(at).toISOString()}  ${decided.padEnd(9)} ${duration(durationMs).padStart(8)}  ${reason}`,
  )
}
