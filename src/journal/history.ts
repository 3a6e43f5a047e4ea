/**
 * The journal read back: passes added up and summaries merged, action by action. Pure, because whoever asks (the history
 * command, the demo) has the lines from somewhere else. The guard stores nothing between passes, and an answer of AWS that was
 * lost makes a later pass tell the end again: so there can be several summaries of one action, and no order is relied upon.
 */
import type { Decision, Outcome } from '../model.ts'
import type { Rung } from '../rungs.ts'
import { type ActionEndedEvent, JOURNAL_VERSION, type JournalEvent, type RecoveryEvent } from './journal.ts'

/** One line of the journal and when it was written. */
export interface JournalLine {
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: JournalEvent
}

/** Everything that the journal knows of one lifecycle action. */
export interface ActionHistory {
  readonly instanceId: string
  readonly groupName: string
  /** `undefined` for an action that the sweep adopted. */
  readonly token: string | undefined
  /** `undefined`: it had not ended. */
  readonly end: ActionEndedEvent | undefined
  readonly outcome: Outcome | undefined
  /** What saved the logs of an archived one: the flush of its first termination, or a rung of recovery, by us or by a person. */
  readonly by: 'flush' | Rung | undefined
  /** When the end was told, epoch milliseconds. */
  readonly endedAt: number | undefined
  /** In the order of time; those that broke off too. */
  readonly passes: readonly PassHistory[]
  /** Milliseconds of all passes together. */
  readonly lambdaMs: number
  /** AWS calls of all passes together, without heartbeats: those grow with the time that an action is held, by design. */
  readonly awsCalls: number
  readonly heartbeats: number
}

export interface PassHistory {
  /** When it was told, which is when it ended. */
  readonly at: number
  readonly decided: Decision['do'] | 'failed'
  readonly reason: string
  readonly durationMs: number
}

type ActionEvent = Extract<JournalEvent, { event: 'pass' | 'pass-failed' | 'action-ended' }>
type CostlyEvent = Exclude<ActionEvent, ActionEndedEvent>
interface ActionLine {
  readonly at: number
  readonly event: ActionEvent
}

const HEARTBEAT = 'recordLifecycleActionHeartbeat'
/** Auto Scaling dates activities in whole seconds, and its clock is not the function's. */
const CLOCKS_DIFFER_MS = 5_000

/** One line of the Lambda's log, or `undefined` when it is another one: metrics, the platform's own lines, an older journal. */
export function parseJournalLine(text: string): JournalLine | undefined {
  try {
    const { timestamp, journal, ...event } = JSON.parse(text)
    const at = Date.parse(timestamp)
    return journal === JOURNAL_VERSION && Number.isFinite(at) ? { at, event } : undefined
  } catch {
    return undefined
  }
}

/** One history per action, in the order in which they were first seen. */
export function readHistory(lines: readonly JournalLine[]): ActionHistory[] {
  const inOrder = lines.filter(isOfAction).toSorted((a, b) => a.at - b.at)
  const actions = [...Map.groupBy(inOrder, keyOf(inOrder)).values()].map(historyOf)
  const rungs = lines.flatMap(({ at, event }) => (event.event === 'recovery' ? [{ at, event }] : []))
  return actions.map((action) => ({ ...action, by: savedBy(action, actions, rungs) }))
}

type Unattributed = Omit<ActionHistory, 'by'>

/** A machine that was kept before is archived by another try of it. */
function savedBy(
  { instanceId, outcome, passes, endedAt = 0 }: Unattributed,
  actions: readonly Unattributed[],
  rungs: readonly { readonly at: number; readonly event: RecoveryEvent }[],
): ActionHistory['by'] {
  if (outcome !== 'archived' && outcome !== 'empty') return undefined
  const firstAt = passes[0]?.at ?? endedAt
  const isBefore = (at: number | undefined) => at !== undefined && at <= firstAt
  const wasKept = actions.some(
    (one) => one.instanceId === instanceId && one.outcome === 'retained' && isBefore(one.endedAt),
  )
  const wasRetried = rungs.some(({ at, event }) => event.instanceId === instanceId && isBefore(at))
  return wasKept || wasRetried ? 'retry' : 'flush'
}

function isOfAction(line: JournalLine): line is ActionLine {
  const { event } = line.event
  return event === 'pass' || event === 'pass-failed' || event === 'action-ended'
}

/**
 * Lines belong together by token. One without (an adopted action, a loss that a person accepted, a pass that broke off before it knew)
 * belongs to the action of its instance that began with it: a kept machine passes the hook again at each release, so "the instance's"
 * action would be several.
 */
function keyOf(lines: readonly ActionLine[]): (line: ActionLine) => string {
  const beginnings = new Map<string, Map<string, number>>()
  for (const { at, event } of lines) {
    if (event.token === undefined) continue
    const known = beginnings.get(event.instanceId) ?? new Map<string, number>()
    known.set(event.token, Math.min(known.get(event.token) ?? at, beginningOf(event) ?? at))
    beginnings.set(event.instanceId, known)
  }
  return ({ at, event }) => {
    const { instanceId } = event
    const beginning = beginningOf(event)
    const token = event.token ?? tokenOf([...(beginnings.get(instanceId) ?? [])], { beginning, toldAt: at })
    return `${instanceId} ${token ?? `since ${beginning}`}`
  }
}

function beginningOf(event: ActionEvent): number | undefined {
  return 'startedAt' in event ? event.startedAt : undefined
}

/**
 * The scaling activity by which an adopted action is dated is never younger than the hook's notification: a load balancer may drain
 * between them. Of what began later than the line was told, the line cannot speak.
 */
function tokenOf(
  actions: readonly (readonly [token: string, beginning: number])[],
  { beginning, toldAt }: { readonly beginning: number | undefined; readonly toldAt: number },
): string | undefined {
  if (beginning === undefined) return actions.length === 1 ? actions[0]?.[0] : undefined
  const [first] = actions
    .filter(([, began]) => began >= beginning - CLOCKS_DIFFER_MS && began <= toldAt + CLOCKS_DIFFER_MS)
    .toSorted(([, a], [, b]) => a - b)
  return first?.[0]
}

function historyOf(lines: readonly ActionLine[]): Unattributed {
  const ends = lines.flatMap(({ at, event }) => (event.event === 'action-ended' ? [{ at, event }] : []))
  const passes = lines.flatMap(({ at, event }) => (event.event === 'action-ended' ? [] : [{ at, event }]))
  const calls = passes.flatMap(({ event }) => Object.entries(event.calls))
  const end = mergeEnds(ends)
  const names = lines.map(({ event }) => event)
  return {
    instanceId: names[0]?.instanceId ?? '',
    groupName: names.find((name) => 'groupName' in name)?.groupName ?? '',
    token: names.find((name) => name.token !== undefined)?.token,
    end: end?.event,
    outcome: end?.event.outcome,
    endedAt: end?.at,
    passes: passes.map(passOf),
    lambdaMs: sum(passes.map(({ event }) => event.durationMs)),
    awsCalls: sum(calls.map(([operation, count]) => (operation === HEARTBEAT ? 0 : count))),
    heartbeats: sum(calls.map(([operation, count]) => (operation === HEARTBEAT ? count : 0))),
  }
}

/**
 * The pass that ended the action knows best how; one that found it ended can only say what it still saw, and the first was nearest to
 * it. But what is proven is proven: a good end that was told after a bad one is the newest truth.
 */
function mergeEnds<End extends { readonly event: ActionEndedEvent }>(ends: readonly End[]): End | undefined {
  const completed = ends.find(({ event }) => event.by === 'completed')
  if (completed && isGood(completed)) return completed
  return ends.findLast(isGood) ?? completed ?? ends[0]
}

function isGood({ event }: { readonly event: ActionEndedEvent }): boolean {
  return event.outcome === 'archived' || event.outcome === 'empty'
}

function passOf({ at, event }: { readonly at: number; readonly event: CostlyEvent }): PassHistory {
  const { durationMs } = event
  return event.event === 'pass'
    ? { at, decided: event.decided, reason: event.reason, durationMs }
    : { at, decided: 'failed', reason: `${event.error}: ${event.errorMessage}`, durationMs }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
