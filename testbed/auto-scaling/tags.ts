/** Tags of groups, by which groups are found. */
import type {
  CreateOrUpdateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  Filter,
  Tag,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, validationError } from '../aws-error.ts'
import { page } from './pages.ts'
import type { Group, World } from './state.ts'

export function createOrUpdateTags(
  world: World,
  _now: number,
  input: CreateOrUpdateTagsCommandInput,
): object {
  const tags = input.Tags ?? []
  for (const tag of tags) checkTag(tag)
  for (const tag of tags) putTags(tagged(world, tag), [tag])
  return {}
}

export function deleteTags(world: World, _now: number, input: DeleteTagsCommandInput): object {
  for (const tag of input.Tags ?? []) tagged(world, tag).tags.delete(tag.Key ?? '')
  return {}
}

/** Filters are `auto-scaling-group`, `key`, `value` and `propagate-at-launch`. */
export function describeTags(
  world: World,
  _now: number,
  input: DescribeTagsCommandInput,
): Omit<DescribeTagsCommandOutput, '$metadata'> {
  const all = [...world.groups.values()].flatMap((group) => [...group.tags.values()])
  const found = all.filter((tag) =>
    (input.Filters ?? []).every(({ Name, Values }) => {
      switch (Name) {
        case 'auto-scaling-group':
          return Values?.includes(tag.ResourceId ?? '')
        case 'key':
          return Values?.includes(tag.Key ?? '')
        case 'value':
          return Values?.includes(tag.Value ?? '')
        case 'propagate-at-launch':
          return Values?.includes(String(tag.PropagateAtLaunch))
        case undefined:
          return true
      }
      throw validationError(
        `Filter type ${Name} is not correct. Allowed Filter types are: auto-scaling-group key value propagate-at-launch`,
      )
    }),
  )
  const { items, nextToken } = page(found, input, 100, 50)
  return { Tags: items, NextToken: nextToken }
}

function checkTag({ Key = '', Value = '', ResourceType = 'auto-scaling-group' }: Tag): void {
  if (/^aws:/i.test(Key))
    throw validationError('aws: prefixed tag key names are not allowed for external use.')
  if (Key.length < 1 || Key.length > 128 || Value.length > 256)
    throw validationError('A tag has a key of 1 to 128 characters, and a value of at most 256.')
  if (ResourceType !== 'auto-scaling-group')
    throw validationError(`Invalid resource type: ${ResourceType}. Only auto-scaling-group is allowed.`)
}

const mostTags = 50

export function putTags(group: Group, tags: readonly Tag[]): void {
  for (const tag of tags) checkTag(tag)
  if (new Set([...group.tags.keys(), ...tags.map(({ Key }) => Key)]).size > mostTags)
    throw new AwsError('LimitExceeded', `The number of tags of a group is limited to ${mostTags}.`)
  for (const { Key, Value, PropagateAtLaunch } of tags)
    if (Key !== undefined)
      group.tags.set(Key, {
        Key,
        Value: Value ?? '',
        PropagateAtLaunch: PropagateAtLaunch ?? false,
        ResourceId: group.name,
        ResourceType: 'auto-scaling-group',
      })
}

/** One filter of DescribeAutoScalingGroups: any of its values is enough. */
export function matchesTags(group: Group, { Name = '', Values = [] }: Filter): boolean {
  const tags = [...group.tags.values()]
  if (Name === 'tag-key') return tags.some(({ Key }) => Values.includes(Key ?? ''))
  if (Name === 'tag-value') return tags.some(({ Value }) => Values.includes(Value ?? ''))
  if (Name.startsWith('tag:')) return Values.includes(group.tags.get(Name.slice(4))?.Value ?? '')
  throw validationError(
    `Filter type ${Name} is not correct. Allowed Filter types are: tag-key tag-value tag:<key>`,
  )
}

function tagged(world: World, tag: Tag): Group {
  const group = world.groups.get(tag.ResourceId ?? '')
  if (group !== undefined) return group
  throw validationError(`AutoScalingGroup not found - AutoScaling Group ${tag.ResourceId ?? ''} not found`)
}
