/** Why there is no proof, in words for an operator. Pure. */
import type { Flush, Gap, Manifest, Observation } from '../model.ts'
import { isUndelivered, owedManifest } from './evidence.ts'

/** Paths and names come from the instance, and the reason is a line of the journal. */
const MAX_PATH_CHARACTERS = 300

const KINDS = ['missing', 'short', 'different', 'unproven', 'shared', 'contradicted'] as const

const OF_AGENT = {
  unreachable: 'the SSM agent does not answer',
  unplaced: 'the group belongs to no Elastic Beanstalk environment, which ARCHIVE_PREFIX asks for',
}

/** Why no flush could be started. */
export function whyNoFlush(seen: Observation): string {
  switch (seen.agent) {
    case 'unknown':
      if (seen.troubles.length > 0) return whatIsRefused(seen)
      return seen.busyWith
        ? `flush ${seen.busyWith.commandId} of another action still ran`
        : 'nothing was flushed'
    case 'unreachable':
    case 'unplaced':
      return `${OF_AGENT[seen.agent]}${alsoRefused(seen)}`
    case 'refused':
      return whatIsRefused(seen)
  }
}

/** Why there was none after those that were; what AWS refuses stands in `whyUnproven`. */
export function whyNoFurther({ agent }: Observation): string {
  switch (agent) {
    case 'unknown':
      return ''
    case 'unreachable':
    case 'unplaced':
      return `; no further one could be started: ${OF_AGENT[agent]}`
    case 'refused':
      return '; no further one could be started'
  }
}

/** What a flush that has not ended waits for: SSM holds it until the agent fetches it, which a dead one never does. */
export function underWay({ commandId, statusDetails }: Pick<Flush, 'commandId' | 'statusDetails'>): string {
  return /^(Pending|Delayed)$/.test(statusDetails)
    ? `flush ${commandId} waits for the SSM agent to fetch it`
    : `flush ${commandId} is running`
}

/** What AWS refuses, in one line. */
export function whatIsRefused({ troubles }: Observation): string {
  return troubles.map(({ what, why }) => `AWS does not let the guard ${what}: ${why}`).join('; ')
}

/** A machine that seems silent may be gone, where EC2 may not be asked. */
function alsoRefused(seen: Observation): string {
  return seen.troubles.length > 0 ? `; ${whatIsRefused(seen)}` : ''
}

/** Why there is no proof, in one line. */
export function whyUnproven(seen: Observation): string {
  const newest = seen.flushes[0]
  const refused = alsoRefused(seen)
  if (!newest) return whyNoFlush(seen)
  if (newest.status === 'running') return `flush ${newest.commandId} never ended${refused}`
  if (newest.status === 'failed')
    return `flush ${newest.commandId} ended as ${newest.statusDetails}${whyFailed(newest)}${refused}`
  if (newest.report?.kind !== 'manifest')
    return `flush ${newest.commandId}: ${newest.report?.why ?? 'no report'}${refused}`
  const manifest = owedManifest(seen) ?? newest.report.manifest
  return `${ofManifest(seen, manifest)}${refused}`
}

function whyFailed(flush: Flush): string {
  if (isUndelivered(flush)) return ': the SSM agent never fetched it'
  return flush.said ? `: ${flush.said}` : ''
}

function ofManifest({ proof }: Observation, manifest: Manifest): string {
  const { files, live, unaccounted, writers, census } = manifest
  if (proof?.unread) return `the archive cannot be read: ${proof.unread}`
  const count = (is: Gap['is']) => proof?.gaps.filter((gap) => gap.is === is).length ?? 0
  const found = KINDS.filter((is) => count(is) > 0).map((is) => `${count(is)} ${is}`)
  if (live.length > 0) found.push(`${live.length} still live`)
  if (unaccounted.length > 0) found.push(`${unaccounted.length} unaccounted`)
  if (writers.length > 0)
    found.push(`${writers.length} still written (by ${writers[0]?.name.slice(0, MAX_PATH_CHARACTERS)})`)
  if (found.length === 0 && files.length === 0 && census > 0)
    return `the instance had ${census} logs with something in them, and the flush named none`
  if (found.length === 0) return proof ? 'nothing is missing' : 'the archive could not be read'
  const [gap] = proof?.gaps ?? []
  const first = gap ?? live[0] ?? unaccounted[0] ?? writers[0]
  const why = first === unaccounted[0] ? `, ${unaccounted[0]?.why.slice(0, MAX_PATH_CHARACTERS)}` : hint(gap)
  return `of ${files.length} files ${found.join(', ')} (first: ${first?.path.slice(0, MAX_PATH_CHARACTERS)}${why})`
}

/** What is not obvious from the name of a gap. */
function hint(gap: Gap | undefined): string {
  if (gap?.is === 'shared')
    return `, whose key ${gap.sharedWith?.slice(0, MAX_PATH_CHARACTERS)} has too: one object cannot hold both`
  if (gap?.is === 'contradicted') return ', whose SHA-256 in S3 agrees while its MD5 does not'
  return ''
}
