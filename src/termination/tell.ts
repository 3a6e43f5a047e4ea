/** Turns what a pass saw and did into the journal's words. */

import { type ActionEndedEvent, actionName, type Journal, type PassEvent } from '../journal/journal.ts'
import type { Decision, Observation, Trigger } from '../model.ts'
import { owedManifest } from './evidence.ts'
import type { Pass } from './pass.ts'

const MAX_NAMED_FILES = 10
/** Names and notes come from the instance; a line that CloudWatch cuts could not be read back. */
const MAX_CHARACTERS = 500

/** What a pass cost, and what made it happen. */
export interface Cost {
  readonly trigger: Trigger
  readonly durationMs: number
  readonly calls: Readonly<Record<string, number>>
}

/** Tells one pass and, where it was the last, the end of the action. */
export function tell(journal: Journal, pass: Pass, cost: Cost): void {
  journal(passEvent(pass, cost))
  if (pass.over && 'outcome' in pass.decision) journal(endEvent(pass.seen, pass.decision))
}

function passEvent(
  { seen, decision, did, over, lookAgainSeconds }: Pass,
  { trigger, durationMs, calls }: Cost,
): PassEvent {
  return {
    event: 'pass',
    ...actionName(seen.action),
    trigger,
    saw: {
      hold: seen.hold,
      lifecycleState: seen.lifecycleState,
      machine: seen.machine,
      flushes: seen.flushes.length,
      newestFlush: seen.flushes[0]?.statusDetails,
      gaps: seen.proof?.gaps.length,
    },
    decided: decision.do,
    reason: decision.reason,
    did,
    overdue: decision.do === 'wait' && decision.waitsFor === 'person',
    over,
    lookAgainSeconds,
    durationMs,
    calls: { ...calls },
  }
}

/** The summary of an action that ends, or is about to. */
export function endEvent(
  seen: Observation,
  decision: Extract<Decision, { outcome: unknown }>,
): ActionEndedEvent {
  const manifest = owedManifest(seen)
  const gaps =
    seen.proof?.gaps.map(({ path, is, sharedWith }) =>
      sharedWith === undefined ? `${path} (${is})` : `${path} (${is} with ${sharedWith})`,
    ) ?? []
  const live = manifest?.live.map(({ path }) => `${path} (live)`) ?? []
  const unaccounted = manifest?.unaccounted.map(({ path, why }) => `${path} (unaccounted: ${why})`) ?? []
  const writers = manifest?.writers.map(({ path, name }) => `${path} (written by ${name})`) ?? []
  return {
    event: 'action-ended',
    ...actionName(seen.action),
    outcome: decision.outcome,
    reason: decision.reason,
    by: decision.do === 'settle' ? 'found-over' : 'completed',
    heldMs: seen.now - seen.action.startedAt,
    flushMs: seen.flushes.reduce(
      (sum, flush) => sum + ((flush.endedAt ?? flush.requestedAt) - flush.requestedAt),
      0,
    ),
    attempts: seen.flushes.length,
    files: manifest?.files.length ?? 0,
    bytes: seen.proof?.bytes ?? 0,
    unproven: readable([...gaps, ...live, ...unaccounted, ...writers]),
    notes: readable(manifest?.notes ?? []),
  }
}

function readable(texts: readonly string[]): string[] {
  return texts.slice(0, MAX_NAMED_FILES).map((text) => text.slice(0, MAX_CHARACTERS))
}
