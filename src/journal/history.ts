/**
 * The journal read back: passes added up and summaries merged, action by action. Pure, because whoever asks (the history
 * command, the demo) has the lines from somewhere else. The guard stores nothing between passes, and an answer of AWS that was
 * lost makes a later pass tell the end again: so there can be several summaries of one action, and no order is relied upon.
 */
import { grouped } from '../grouped.ts'
import type { Outcome } from '../model.ts'
import type { Rung } from '../rungs.ts'
import { ownerOf, savedBy, type Termination } from './deeds.ts'
import { isGood } from './good-end.ts'
import type { ActionEndedEvent } from './journal.ts'
import type { JournalLine } from './journal-line.ts'
import {
  type Deed,
  type PassHistory,
  type ToldDeed,
  type ToldEnd,
  type ToldOfAction,
  type ToldOfInstance,
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
  /** What was done about its machine besides the passes, in the order of time. */
  readonly deeds: readonly Deed[]
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

/** How it ended; or `held`: not yet; or `untold`: only what was done about its machine is in what was read. */
export function standingOf({ outcome, passes }: Pick<ActionHistory, 'outcome' | 'passes'>) {
  return outcome ?? (passes.length > 0 ? 'held' : 'untold')
}

/** When it ended, or what is known of it was told last. */
export function toldAt({ endedAt, passes, deeds }: ActionHistory): number {
  return endedAt ?? passes.at(-1)?.at ?? deeds.at(-1)?.at ?? 0
}

/** Auto Scaling dates activities in whole seconds, and its clock is not the function's. */
const CLOCKS_DIFFER_MS = 5_000

/** One history per action, instance by instance. */
export function readHistory(lines: readonly JournalLine[]): ActionHistory[] {
  const told = lines.map(toldBy).filter((one) => one.is !== 'none')
  return [...grouped(told, ({ instanceId }) => instanceId).values()].flatMap(historiesOf)
}

/**
 * The same from what was kept of one instance's lines. What was done about a machine whose terminations are all told elsewhere (before
 * what was read) is a history without passes and without an end.
 */
export function historiesOf(told: readonly ToldOfInstance[]): ActionHistory[] {
  const deeds: ToldDeed[] = []
  const lines: ToldOfAction[] = []
  for (const one of inOrder(told)) {
    if (one.is === 'deed') deeds.push(one)
    else lines.push(one)
  }
  const actions = byAction(lines).map(actionOf)
  const [first] = deeds
  if (first && actions.length === 0) return [onlyDeeds(first, deeds)]
  const deedsOf = first && grouped(deeds, (one) => ownerOf(one, actions))
  return actions.map((action) => {
    const own = deedsOf?.get(action)?.map(({ deed }) => deed) ?? []
    return { ...action.history, by: savedBy(action, actions, own), deeds: own }
  })
}

/** As they nearly always are already. */
function inOrder(told: readonly ToldOfInstance[]): readonly ToldOfInstance[] {
  let at = 0
  for (const one of told) {
    if (one.at < at) return told.toSorted((a, b) => a.at - b.at)
    at = one.at
  }
  return told
}

/** One action, and what of it is no part of its history. */
interface Action extends Termination {
  readonly history: Omit<ActionHistory, 'by' | 'deeds'>
}

function actionOf(told: readonly ToldOfAction[]): Action {
  const history = historyOf(told)
  const { outcome, endedAt } = history
  const firstToldAt = told[0]?.at ?? 0
  let beganAt = firstToldAt
  for (const { beginning = beganAt } of told) beganAt = Math.min(beganAt, beginning)
  return { history, outcome, endedAt, firstToldAt, beganAt }
}

function onlyDeeds({ instanceId, groupName }: ToldDeed, deeds: readonly ToldDeed[]): ActionHistory {
  return { ...historyOf([]), instanceId, groupName, by: undefined, deeds: deeds.map(({ deed }) => deed) }
}

/**
 * Lines belong together by token. One without (an adopted action, a loss that a person accepted, a pass that broke off before it knew)
 * belongs to the action that began with it: a kept machine passes the hook again at each release, so "the instance's" action would be
 * several.
 */
function byAction(inOrder: readonly ToldOfAction[]): (readonly ToldOfAction[])[] {
  const [first] = inOrder
  // As nearly always: one termination, told from its beginning to its end.
  if (first?.token !== undefined && inOrder.every(({ token }) => token === first.token)) return [inOrder]
  return [...grouped(inOrder, keyOf(inOrder)).values()]
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

function historyOf(told: readonly ToldOfAction[]): Action['history'] {
  const passes: PassHistory[] = []
  const ends: ToldEnd[] = []
  let [lambdaMs, awsCalls, heartbeats] = [0, 0, 0]
  for (const one of told) {
    if (one.is === 'end') {
      ends.push(one)
      continue
    }
    const { at, decided, reason, durationMs, cost } = one
    passes.push({ at, decided, reason, durationMs })
    lambdaMs += durationMs
    awsCalls += cost.awsCalls
    heartbeats += cost.heartbeats
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
  if (completed && isGood(completed.outcome)) return completed
  return ends.findLast(({ outcome }) => isGood(outcome)) ?? completed ?? ends[0]
}
