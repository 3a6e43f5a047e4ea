/**
 * Evidence is never forgotten: what any readable manifest of an action named stays owed until it is proven, listed again or accounted
 * for, whatever a later manifest leaves out. Pure.
 */
import { byAge } from '../flush/newest-first.ts'
import type { Flush, Manifest, Observation } from '../model.ts'

/** What is owed follows from these. */
export type Evidence = Pick<Observation, 'flushes' | 'flushedBeside'>

export function manifestOf(flush: Flush | undefined): Manifest | undefined {
  return flush?.status === 'succeeded' && flush.report?.kind === 'manifest'
    ? flush.report.manifest
    : undefined
}

/** Sent, and never fetched: it has seen nothing, and done nothing. */
export function isUndelivered({ statusDetails }: Pick<Flush, 'statusDetails'>): boolean {
  return /^(DeliveryTimedOut|Undeliverable)$/.test(statusDetails)
}

/** Of those that come newest first: the newest, but commands that a dead agent never fetched do not stand before a salvage. */
export function flushThatCounts<One extends Omit<Flush, 'report'>>(flushes: readonly One[]): One | undefined {
  const ran = flushes.find((flush) => !isUndelivered(flush))
  return ran?.copiedAt === undefined ? flushes[0] : ran
}

/** The moment that is proven, where it is of a copy of the disk. */
export function copiedAtOf({ flushes }: Pick<Evidence, 'flushes'>): number | undefined {
  return flushThatCounts(flushes)?.copiedAt
}

/**
 * The newest flush's manifest with everything that earlier ones named beside it; `undefined` while the newest flush has none, since
 * an older one saw less. Flushes come newest first.
 */
export function owedManifest({ flushes, flushedBeside = [] }: Evidence): Manifest | undefined {
  const first = flushThatCounts(flushes)
  const newest = manifestOf(first)
  if (!newest) return undefined
  const earlier = [...flushes.filter((one) => one !== first), ...flushedBeside].sort(byAge)
  // One flush is what most actions have, and this is asked for again and again.
  if (earlier.length === 0) return newest
  const files = new Map(newest.files.map((file) => [file.path, file]))
  const unaccounted = new Map(newest.unaccounted.map((one) => [one.path, one]))
  const accounted = new Set(newest.accounted)
  const listed = new Set(files.keys())
  for (const flush of earlier) {
    const manifest = manifestOf(flush)
    for (const file of manifest?.files ?? [])
      if (!files.has(file.path) && !accounted.has(file.path)) files.set(file.path, file)
    // What a manifest lists and calls unaccounted all the same was cut, or written over: to list it again does not bring it back.
    const own = new Set(manifest?.files.map(({ path }) => path))
    for (const one of manifest?.unaccounted ?? [])
      if (
        (!listed.has(one.path) || own.has(one.path)) &&
        !accounted.has(one.path) &&
        !unaccounted.has(one.path)
      )
        unaccounted.set(one.path, one)
    // What is younger accounts for what is older, never the other way round.
    for (const path of manifest?.accounted ?? []) accounted.add(path)
    for (const { path } of manifest?.files ?? []) listed.add(path)
  }
  return { ...newest, files: [...files.values()], unaccounted: [...unaccounted.values()] }
}
