/**
 * The Recycle Bin: a volume that is deleted while a retention rule matches its tags can be had back for some days. A first rule takes up to
 * half an hour to become active, says the user guide, and later ones hardly any time; here, every rule takes it.
 */
import type {
  ListVolumesInRecycleBinCommandInput,
  ListVolumesInRecycleBinCommandOutput,
  RestoreVolumeFromRecycleBinCommandInput,
  RestoreVolumeFromRecycleBinCommandOutput,
  VolumeRecycleBinInfo,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { ec2Page } from './ec2-listing.ts'
import type { World } from './state.ts'
import { binnedVolume } from './storage-names.ts'
import type { RetentionRule, Volume } from './storage-state.ts'
import { callOff, plan } from './storage-steps.ts'

const DAY_MS = 86_400_000

/** The volume is deleted by whatever deletes it: it goes to the bin where a rule says so, and otherwise for good. */
export function discard(world: World, now: number, volume: Volume): void {
  const days = retentionDays(world, now, volume)
  volume.attachment = undefined
  if (days === 0) {
    volume.state = 'deleting'
    world.effects.push({ do: 'delete-volume', volumeId: volume.id })
    plan(world, { at: now + world.timings.deleteVolumeMs, what: 'volume-gone', volume })
    return
  }
  volume.state = 'available'
  volume.inBin = { since: now, until: now + days * DAY_MS }
  plan(world, { at: volume.inBin.until, what: 'bin-expired', volume })
}

/** For how long the bin would keep the volume, by the tags that it has now: of several rules the longest counts. */
export function retentionDays(world: World, now: number, { tags }: Volume): number {
  const days = [...world.retentionRules.values()]
    .filter(({ activeFrom, ResourceTags }) => activeFrom <= now && isNamed(tags, ResourceTags))
    .map(({ RetentionPeriod }) => RetentionPeriod.RetentionPeriodValue)
  return Math.max(0, ...days)
}

function isNamed(tags: Volume['tags'], wanted: RetentionRule['ResourceTags']): boolean {
  if (wanted.length === 0) return true
  return wanted.some(({ ResourceTagKey: key, ResourceTagValue: value }) =>
    value === undefined ? tags.has(key) : tags.get(key) === value,
  )
}

/** Neither tags nor an instance are told. */
export function listVolumesInRecycleBin(
  world: World,
  _now: number,
  input: ListVolumesInRecycleBinCommandInput,
): Omit<ListVolumesInRecycleBinCommandOutput, '$metadata'> {
  const ids = input.VolumeIds
  const all = ids?.length ? ids.map((id) => binnedVolume(world, id)) : [...world.volumes.values()]
  const binned = all.flatMap((volume) =>
    volume.inBin === undefined ? [] : describeBinned(volume, volume.inBin),
  )
  const { items, nextToken } = ec2Page(binned, input, { named: ids, largest: 1000 })
  return { Volumes: items, NextToken: nextToken }
}

function describeBinned(
  { id, availabilityZone, createdAt, type, sizeGiB }: Volume,
  { since, until }: NonNullable<Volume['inBin']>,
): VolumeRecycleBinInfo {
  return {
    VolumeId: id,
    VolumeType: type,
    Size: sizeGiB,
    AvailabilityZone: availabilityZone,
    CreateTime: new Date(createdAt),
    RecycleBinEnterTime: new Date(since),
    RecycleBinExitTime: new Date(until),
  }
}

/** At once it is a volume like any other, with its tags, attached to nothing. */
export function restoreVolumeFromRecycleBin(
  world: World,
  _now: number,
  input: RestoreVolumeFromRecycleBinCommandInput,
): Omit<RestoreVolumeFromRecycleBinCommandOutput, '$metadata'> {
  const volume = binnedVolume(world, input.VolumeId)
  callOff(world, volume, 'bin-expired')
  volume.inBin = undefined
  return { Return: true }
}

interface RuleInput {
  readonly ResourceType?: string
  readonly Description?: string
  readonly ResourceTags?: RetentionRule['ResourceTags']
  readonly RetentionPeriod?: { readonly RetentionPeriodValue?: number; readonly RetentionPeriodUnit?: string }
}

/** For volumes only. */
export function createRule(world: World, now: number, input: RuleInput): object {
  const { RetentionPeriodValue: days = Number.NaN, RetentionPeriodUnit: unit } = input.RetentionPeriod ?? {}
  if (input.ResourceType !== 'EBS_VOLUME')
    throw new AwsError('ValidationException', 'Only rules of the resource type EBS_VOLUME can be made here')
  if (unit !== 'DAYS' || !Number.isInteger(days) || days < 1 || days > 7)
    throw new AwsError('ValidationException', 'The retention period of EBS volumes is 1 to 7 DAYS')
  const rule: RetentionRule = {
    Identifier: world.options.newId('rule'),
    Description: input.Description ?? '',
    ResourceTags: input.ResourceTags ?? [],
    RetentionPeriod: { RetentionPeriodValue: days, RetentionPeriodUnit: unit },
    activeFrom: now + world.timings.ruleMs,
  }
  world.retentionRules.set(rule.Identifier, rule)
  return describeRule(world, now, rule)
}

export function getRule(world: World, now: number, input: { readonly Identifier?: string }): object {
  return describeRule(world, now, ruleNamed(world, input.Identifier))
}

export function listRules(
  world: World,
  _now: number,
  { ResourceType: type }: { readonly ResourceType?: string },
): object {
  const rules = type === 'EBS_VOLUME' ? [...world.retentionRules.values()] : []
  return {
    Rules: rules.map((rule) => ({
      Identifier: rule.Identifier,
      Description: rule.Description,
      RetentionPeriod: rule.RetentionPeriod,
      RuleArn: arnOf(world, rule),
    })),
  }
}

/** What is in the bin stays there as long as it was to. */
export function deleteRule(world: World, _now: number, input: { readonly Identifier?: string }): object {
  world.retentionRules.delete(ruleNamed(world, input.Identifier).Identifier)
  return {}
}

function describeRule(world: World, now: number, { activeFrom, ...rule }: RetentionRule): object {
  const Status = activeFrom <= now ? 'available' : 'pending'
  return { ...rule, ResourceType: 'EBS_VOLUME', Status, RuleArn: arnOf(world, rule) }
}

function arnOf({ options }: World, { Identifier }: Pick<RetentionRule, 'Identifier'>): string {
  return `arn:aws:rbin:${options.region}:${options.accountId}:rule/${Identifier}`
}

function ruleNamed(world: World, identifier = ''): RetentionRule {
  const rule = world.retentionRules.get(identifier)
  if (rule !== undefined) return rule
  throw new AwsError('ResourceNotFoundException', `Rule '${identifier}' was not found`, 404)
}
