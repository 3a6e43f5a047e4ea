/**
 * The journal read back: passes added up and summaries merged, action by action. Pure, because whoever asks (the history
 * command, the demo) has the lines from somewhere else. The guard stores nothing between passes, and an answer of AWS that was
 * lost makes a later pass tell the end again: so there can be several summaries of one action, and no order is relied upon.
 */
import type { Outcome } from '../model.ts'
import type { Rung } from '../rungs.ts'
import type { ActionEndedEvent } from './journal.ts'
import type { JournalLine } from './journal-line.ts'
import {
  type PassHistory,
  type ToldEnd,
  type ToldOfAction,
  type ToldOfInstance,
  type ToldTry,
  toldBy,
} from './told.ts'

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

/** Auto Scaling dates activities in whole seconds, and its clock is not the function's. */
const CLOCKS_DIFFER_MS = 5_000

/** One history per action, instance by instance. */
export function readHistory(lines: readonly JournalLine[]): ActionHistory[] {
  const told = lines.map(toldBy).filter((one) => one.is !== 'none')
  return [...Map.groupBy(told, ({ instanceId }) => instanceId).values()].flatMap(historiesOf)
}

/** The same from what was kept of one instance's lines. */
export function historiesOf(told: readonly ToldOfInstance[]): ActionHistory[] {
  const tries = told.filter((one) => one.is === 'try')
  const inOrder = told.filter((one) => one.is !== 'try').sort((a, b) => a.at - b.at)
  const actions = byAction(inOrder).map(historyOf)
  return actions.map((action) => ({ ...action, by: savedBy(action, actions, tries) }))
}

type Unattributed = Omit<ActionHistory, 'by'>

/** From what is told of its instance. One that was rebooted meanwhile is saved by that; one that was kept before, by another try. */
function savedBy(
  { outcome, passes, endedAt = 0 }: Unattributed,
  actions: readonly Unattributed[],
  tries: readonly ToldTry[],
): ActionHistory['by'] {
  if (outcome !== 'archived' && outcome !== 'empty') return undefined
  const firstAt = passes[0]?.at ?? endedAt
  const isBefore = (at: number | undefined) => at !== undefined && at <= firstAt
  if (tries.some(({ rung, at }) => rung === 'reboot' && at >= firstAt && at <= endedAt)) return 'reboot'
  const wasKept = actions.some((one) => one.outcome === 'retained' && isBefore(one.endedAt))
  const wasRetried = tries.some(({ rung, at }) => rung === 'retry' && isBefore(at))
  return wasKept || wasRetried ? 'retry' : 'flush'
}

/**
 * Lines belong together by token. One without (an adopted action, a loss that a person accepted, a pass that broke off before it knew)
 * belongs to the action that began with it: a kept machine passes the hook again at each release, so "the instance's" action would be
 * several.
 */
function byAction(inOrder: readonly ToldOfAction[]): ToldOfAction[][] {
  const [first] = inOrder
  // As nearly always: one termination, told from its beginning to its end.
  if (first?.token !== undefined && inOrder.every(({ token }) => token === first.token)) return [[...inOrder]]
  return [...Map.groupBy(inOrder, keyOf(inOrder)).values()]
}

function keyOf(inOrder: readonly ToldOfAction[]): (one: ToldOfAction) => string {
  const beginnings = new Map<string, number>()
  for (const { at, token, beginning } of inOrder)
    if (token !== undefined) beginnings.set(token, Math.min(beginnings.get(token) ?? at, beginning ?? at))
  return ({ at, token, beginning }) =>
    token ?? tokenOf([...beginnings], { beginning, toldAt: at }) ?? `since ${beginning}`
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

function historyOf(told: readonly ToldOfAction[]): Unattributed {
  const passes: PassHistory[] = []
  const ends: ToldEnd[] = []
  let [lambdaMs, awsCalls, heartbeats] = [0, 0, 0]
  for (const one of told) {
    if (one.is === 'end') {
      ends.push(one)
      continue
    }
    passes.push(one.pass)
    lambdaMs += one.pass.durationMs
    awsCalls += one.awsCalls
    heartbeats += one.heartbeats
  }
  const end = mergeEnds(ends)
  return {
    instanceId: told[0]?.instanceId ?? '',
    groupName: told.find(({ groupName }) => groupName !== '')?.groupName ?? '',
    token: told.find(({ token }) => token !== undefined)?.token,
    end: end?.event(),
    outcome: end?.outcome,
    endedAt: end?.at,
    ...{ passes, lambdaMs, awsCalls, heartbeats },
  }
}

/**
 * The pass that ended the action knows best how; one that found it ended can only say what it still saw, and the first was nearest to
 * it. But what is proven is proven: a good end that was told after a bad one is the newest truth.
 */
function mergeEnds(ends: readonly ToldEnd[]): ToldEnd | undefined {
  const completed = ends.find(({ by }) => by === 'completed')
  if (completed && isGood(completed)) return completed
  return ends.findLast(isGood) ?? completed ?? ends[0]
}

function isGood({ outcome }: ToldEnd): boolean {
  return outcome === 'archived' || outcome === 'empty'
}
