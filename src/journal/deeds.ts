/** To which termination of a machine belongs what was done about it besides the passes, and what of it saved the logs. Pure. */
import type { Outcome } from '../model.ts'
import type { Rung } from '../rungs.ts'
import { isGood } from './good-end.ts'
import type { Deed, ToldDeed } from './told.ts'

export interface Termination {
  /** As far as is told. */
  readonly beganAt: number
  readonly firstToldAt: number
  readonly outcome: Outcome | undefined
  readonly endedAt: number | undefined
}

/** A retry begins the next termination; all else is done about the one that is under way, or about the machine that it left. */
export function ownerOf<One extends Termination>(
  { at, deed }: ToldDeed,
  terminations: readonly One[],
): One | undefined {
  const next = terminations.find(({ firstToldAt }) => firstToldAt >= at)
  if (deed.did === 'retry' && next) return next
  const begun = terminations.filter(({ beganAt }) => beganAt <= at).sort((a, b) => a.beganAt - b.beganAt)
  return begun.at(-1) ?? next
}

/** What was tried last while it was under way, or to begin it; otherwise, where the machine was kept before, a try of a person. */
export function savedBy(
  { outcome, endedAt = 0, beganAt, firstToldAt }: Termination,
  terminations: readonly Termination[],
  deeds: readonly Deed[],
): 'flush' | Rung | undefined {
  if (!isGood(outcome)) return undefined
  const tried = deeds.findLast(
    (deed): deed is Deed & { readonly did: Rung } =>
      deed.did !== 'salvage' &&
      !deed.failed &&
      deed.at <= endedAt &&
      (deed.did === 'retry' || deed.at >= beganAt),
  )
  if (tried) return tried.did
  const wasKept = terminations.some(
    (one) => one.outcome === 'retained' && one.endedAt !== undefined && one.endedAt <= firstToldAt,
  )
  return wasKept ? 'retry' : 'flush'
}
