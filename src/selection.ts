/** Which groups are guarded: chosen by name, or by a tag, so that a group that appears later is chosen too. */

export type Selection =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'tag'; readonly key: string; readonly value: string }

/** A tag of a group. Instances carry it only if it propagates at launch. */
export interface GroupTag {
  readonly key: string
  readonly value: string
  readonly propagates: boolean
}

/** Said instead of the groups where they do not fit into the environment: then they are in the bundle. No group can be named so. */
export const BUNDLED = '*bundled'

/** What IAM policies cannot say literally: wildcards and policy variables. */
const UNSAFE = /[*?$"\\]/

/**
 * Reads `web-asg,tag:elasticbeanstalk:environment-name=collector-prod`. The first `=` ends a tag's key. Throws one Error that names
 * every bad part and what to write instead.
 */
export function parseSelections(text: string): Selection[] {
  const parts = text.split(',').map((part) => part.trim())
  const read = parts.filter((part) => part !== '').map(parsePart)
  const problems = read.filter((one) => typeof one === 'string')
  if (problems.length > 0) throw new Error(problems.join('; '))
  return read.filter((one) => typeof one !== 'string')
}

function parsePart(part: string): Selection | string {
  if (UNSAFE.test(part)) return `'${part}' holds one of * ? $ " \\: choose the group by a tag without them`
  if (!part.startsWith('tag:')) {
    return part.includes(':') || part.length > 255
      ? `'${part}' is no group's name (and a tag is written tag:KEY=VALUE)`
      : { by: 'name', name: part }
  }
  const tag = part.slice('tag:'.length)
  const equals = tag.indexOf('=')
  if (equals < 1 || equals === tag.length - 1) return `'${part}' must be tag:KEY=VALUE`
  return { by: 'tag', key: tag.slice(0, equals), value: tag.slice(equals + 1) }
}

/** How the group was chosen; none = not chosen. */
export function chosenBy(
  selections: readonly Selection[],
  group: { readonly name: string; readonly tags: readonly GroupTag[] },
): Selection[] {
  return selections.filter((selection) =>
    selection.by === 'name' ? selection.name === group.name : tagOf(selection, group.tags) !== undefined,
  )
}

/**
 * Whether the group's instances can be told apart by what chose it, which the permission to run a command on them rests on: the group's
 * name is always a tag of theirs, a tag of the group only if it propagates.
 */
export function reachesInstances(chosen: readonly Selection[], tags: readonly GroupTag[]): boolean {
  return chosen.some((selection) => selection.by === 'name' || tagOf(selection, tags)?.propagates === true)
}

/** As a person writes it. */
export function written(selection: Selection): string {
  return selection.by === 'name' ? selection.name : `tag:${selection.key}=${selection.value}`
}

function tagOf(
  { key, value }: Extract<Selection, { by: 'tag' }>,
  tags: readonly GroupTag[],
): GroupTag | undefined {
  return tags.find((tag) => tag.key === key && tag.value === value)
}
