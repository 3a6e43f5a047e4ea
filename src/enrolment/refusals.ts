/** Why a group cannot be guarded as it is, and what to change. */
import { environmentOf, needsEnvironment } from '../archive/prefix.ts'
import { type GroupTag, reachesInstances, type Selection } from '../selection.ts'

/** Where Elastic Beanstalk writes an environment's id, for a group whose name does not show it. */
const ENVIRONMENT_TAG = 'elasticbeanstalk:environment-id'

interface Group {
  readonly name: string
  readonly tags: readonly GroupTag[]
}

/** Nobody could say where the logs of such a group's instances are: every termination would end with a kept machine. */
export function whyUnplaced({ name, tags }: Group, archivePrefix: string): string | undefined {
  if (!needsEnvironment(archivePrefix) || environmentOf(name) !== undefined) return undefined
  if (tags.some(({ key, value }) => key === ENVIRONMENT_TAG && value !== '')) return undefined
  return (
    `it belongs to no Elastic Beanstalk environment, but the archive's prefix (${archivePrefix}) has {environment}: write a prefix ` +
    `without it (or take a profile that has none, such as files), or tag the group with ${ENVIRONMENT_TAG}`
  )
}

/** The right to flush an instance rests on the tag that chose its group. */
export function whyUnreachable({ tags }: Group, chosen: readonly Selection[]): string | undefined {
  if (reachesInstances(chosen, tags)) return undefined
  return 'the tag that chose it does not propagate to its instances, which the guard then may not flush: set PropagateAtLaunch (and replace or tag the running instances), or choose the group by its name'
}
