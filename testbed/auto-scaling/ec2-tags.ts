/** Tags of instances, volumes and snapshots. */
import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  ResourceType,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { machineNamed } from './power.ts'
import type { World } from './state.ts'
import { binnedVolume, missing, snapshotNamed, volumeNamed } from './storage-names.ts'

const MOST_TAGS = 50

/** All or nothing. */
export function createTags(world: World, now: number, input: CreateTagsCommandInput): object {
  const tagged = tagsOfAll(world, now, input.Resources)
  const given = checkedTags(input.Tags ?? [])
  for (const tags of tagged) checkNumber(new Map([...tags, ...given]))
  for (const tags of tagged) for (const [key, value] of given) tags.set(key, value)
  return {}
}

/** With a value, only where the tag has it; without any tags, all that are not AWS's own. */
export function deleteEc2Tags(world: World, now: number, input: DeleteTagsCommandInput): object {
  for (const tags of tagsOfAll(world, now, input.Resources)) {
    const named = input.Tags ?? [...tags.keys()].filter((key) => !isReserved(key)).map((Key) => ({ Key }))
    checkedTags(named)
    for (const { Key = '', Value } of named as Tag[])
      if (Value === undefined || tags.get(Key) === Value) tags.delete(Key)
  }
  return {}
}

/** What a request that makes something tags it with at once. */
export function tagsAtBirth(
  specifications: readonly TagSpecification[] | undefined,
  type: ResourceType,
): Map<string, string> {
  const tags = new Map<string, string>()
  for (const { ResourceType, Tags } of specifications ?? []) {
    if (ResourceType !== type)
      throw new AwsError(
        'InvalidParameterValue',
        `'${ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      )
    for (const [key, value] of checkedTags(Tags ?? [])) tags.set(key, value)
  }
  checkNumber(tags)
  return tags
}

export function listedTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }))
}

function tagsOfAll(world: World, now: number, ids: readonly string[] | undefined): Map<string, string>[] {
  return (ids ?? []).map((id) => {
    if (id.startsWith('i-')) return machineNamed(world, id).tags
    if (id.startsWith('snap-')) return snapshotNamed(world, now, id).tags
    if (!id.startsWith('vol-')) throw new AwsError('InvalidID', `The ID '${id}' is not valid`)
    const isBinned = world.volumes.get(id)?.inBin !== undefined
    return (isBinned ? binnedVolume(world, id) : volumeNamed(world, now, id)).tags
  })
}

function checkedTags(tags: readonly Tag[]): Map<string, string> {
  const reserved = tags.find(({ Key = '' }) => isReserved(Key))
  if (reserved !== undefined)
    throw new AwsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  if (tags.some(({ Key }) => !Key)) throw missing('Tag.Key')
  return new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}

function checkNumber(tags: ReadonlyMap<string, string>): void {
  if ([...tags.keys()].filter((key) => !isReserved(key)).length > MOST_TAGS)
    throw new AwsError('TagLimitExceeded', 'More than 50 tags specified')
}

function isReserved(key: string): boolean {
  return key.startsWith('aws:')
}
