/** Groups: created, changed, deleted, described. */
import type {
  AutoScalingGroup,
  CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
  InstanceLifecyclePolicy,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, validationError } from '../aws-error.ts'
import { reconcileCapacity } from './capacity.ts'
import { depart } from './departures.ts'
import { checkLaunchSource, checkSize, retentionOf } from './group-terms.ts'
import { putHook } from './hooks.ts'
import { describeMember, groupNamed, isWarmed, lastingGroup } from './membership.ts'
import { page } from './pages.ts'
import { shutDown } from './power.ts'
import { describeSuspended } from './processes.ts'
import type { Group, World } from './state.ts'
import { matchesTags, putTags } from './tags.ts'
import { poolOf } from './warm-pool.ts'
import { describePool, NEW_POOL } from './warm-pool-operations.ts'

/** Settings that are answered as they were given. */
const remembered = [
  'AvailabilityZones',
  'CapacityRebalance',
  'Context',
  'DefaultCooldown',
  'DefaultInstanceWarmup',
  'DeletionProtection',
  'DesiredCapacityType',
  'HealthCheckGracePeriod',
  'HealthCheckType',
  'LaunchConfigurationName',
  'LaunchTemplate',
  'LoadBalancerNames',
  'MixedInstancesPolicy',
  'MaxInstanceLifetime',
  'NewInstancesProtectedFromScaleIn',
  'PlacementGroup',
  'ServiceLinkedRoleARN',
  'TargetGroupARNs',
  'TerminationPolicies',
  'TrafficSources',
  'VPCZoneIdentifier',
] as const satisfies readonly (keyof AutoScalingGroup)[]

export function createAutoScalingGroup(
  world: World,
  now: number,
  input: CreateAutoScalingGroupCommandInput,
): object {
  const name = input.AutoScalingGroupName
  if (!name || name.length > 255 || /[:/]/.test(name))
    throw validationError(`Value '${name ?? ''}' at 'autoScalingGroupName' is not a valid group name`)
  checkLaunchSource(input, 1)
  checkSize('minSize', input.MinSize)
  checkSize('maxSize', input.MaxSize)
  const before = world.groups.get(name)
  if (before !== undefined)
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} ${before.isDeleting ? 'is pending delete' : 'already exists'}`,
    )
  const { region, accountId, newId } = world.options
  const group: Group = {
    name,
    arn: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${newId('request')}:autoScalingGroupName/${name}`,
    createdAt: now,
    minSize: 0,
    maxSize: 0,
    desiredCapacity: 0,
    retains: false,
    warmPool: undefined,
    settings: { AvailabilityZones: [`${region}a`, `${region}b`, `${region}c`] },
    tags: new Map(),
    hooks: new Map(),
    suspended: new Map(),
    refreshes: [],
    isDeleting: false,
    instances: [],
    activities: [],
  }
  changeGroup(group, { ...input, DesiredCapacity: input.DesiredCapacity ?? input.MinSize })
  putTags(group, input.Tags ?? [])
  for (const hook of input.LifecycleHookSpecificationList ?? []) putHook(world, now, group, hook)
  world.groups.set(name, group)
  reconcileCapacity(world, now, group)
  return {}
}

export function updateAutoScalingGroup(
  world: World,
  now: number,
  input: UpdateAutoScalingGroupCommandInput,
): object {
  const group = lastingGroup(world, input.AutoScalingGroupName)
  checkLaunchSource(input, 0)
  changeGroup(group, input)
  reconcileCapacity(world, now, group)
  return {}
}

/** With ForceDelete everything is terminated, hooks or no hooks (see `forceDeleteRunsHooks`); refused while the group retains. */
export function deleteAutoScalingGroup(
  world: World,
  now: number,
  input: DeleteAutoScalingGroupCommandInput,
): object {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const force = input.ForceDelete === true
  const protection = group.settings.DeletionProtection
  if (protection === 'prevent-all-deletion' || (force && protection === 'prevent-force-deletion'))
    throw validationError(`The group ${group.name} has deletion protection ${protection}.`)
  if (!force && group.instances.length > 0)
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    )
  if (force && group.retains)
    throw validationError(
      'Force delete is not allowed while the instance lifecycle policy retains instances: set TerminateHookAbandon to terminate first.',
    )
  const runsHooks = world.options.forceDeleteRunsHooks ?? true
  if (runsHooks && group.instances.length > 0) {
    Object.assign(group, { isDeleting: true, minSize: 0, desiredCapacity: 0, warmPool: undefined })
    const cause = 'the group is deleted.'
    for (const instance of group.instances)
      depart(world, now, instance, { kind: isWarmed(instance) ? 'terminate-warmed' : 'terminate', cause })
    return {}
  }
  for (const instance of group.instances) {
    Object.assign(instance, { member: false, departure: undefined, step: undefined })
    shutDown(world, now, instance)
  }
  world.groups.delete(group.name)
  return {}
}

/** In the order they were created. Filters are `tag-key`, `tag-value` and `tag:<key>`; all of them must match. */
export function describeAutoScalingGroups(
  world: World,
  _now: number,
  input: DescribeAutoScalingGroupsCommandInput,
): Omit<DescribeAutoScalingGroupsCommandOutput, '$metadata'> {
  const wanted = input.AutoScalingGroupNames
  const found = [...world.groups.values()].filter(
    (group) =>
      (!wanted?.length || wanted.includes(group.name)) &&
      (input.Filters ?? []).every((filter) => matchesTags(group, filter)),
  )
  const { items, nextToken } = page(found, input, 100, 50)
  return { AutoScalingGroups: items.map((group) => describe(world, group)), NextToken: nextToken }
}

type Change = Omit<UpdateAutoScalingGroupCommandInput, 'AutoScalingGroupName'> & {
  readonly InstanceLifecyclePolicy?: InstanceLifecyclePolicy | undefined
}

/** A size outside the new bounds is moved to the nearer one, unless it was asked for. */
function changeGroup(group: Group, input: Change): void {
  const minSize = input.MinSize ?? group.minSize
  const maxSize = input.MaxSize ?? group.maxSize
  for (const [name, size] of Object.entries({
    minSize,
    maxSize,
    desiredCapacity: input.DesiredCapacity ?? 0,
  }))
    checkSize(name, size)
  if (minSize > maxSize) throw validationError('Max bound must be greater than or equal to min bound')
  const asked = input.DesiredCapacity
  if (asked !== undefined && (asked < minSize || asked > maxSize))
    throw validationError(
      `Desired capacity:${asked} must be between the specified min size:${minSize} and max size:${maxSize}`,
    )
  const policy = input.InstanceLifecyclePolicy
  if (policy !== undefined) group.retains = retentionOf(policy) === 'retain'
  Object.assign(group, {
    minSize,
    maxSize,
    desiredCapacity: Math.min(maxSize, Math.max(minSize, asked ?? group.desiredCapacity)),
  })
  for (const key of remembered)
    if (input[key as keyof Change] !== undefined)
      Object.assign(group.settings, { [key]: input[key as keyof Change] })
}

function describe(world: World, group: Group): AutoScalingGroup {
  const { settings } = group
  // Who is sent into a pool by a caller of this model is in one, though nobody has made it.
  const pool = group.warmPool ?? (group.instances.some(isWarmed) ? NEW_POOL : undefined)
  return {
    LoadBalancerNames: [],
    NewInstancesProtectedFromScaleIn: false,
    TargetGroupARNs: [],
    TerminationPolicies: ['Default'],
    TrafficSources: [],
    ...settings,
    DefaultCooldown: settings.DefaultCooldown ?? 300,
    HealthCheckType: settings.HealthCheckType ?? 'EC2',
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    AvailabilityZones: settings.AvailabilityZones ?? [],
    HealthCheckGracePeriod: settings.HealthCheckGracePeriod ?? 0,
    // Those of the warm pool are told by DescribeWarmPool alone.
    Instances: group.instances
      .filter((instance) => !isWarmed(instance))
      .map((instance) => describeMember(world, instance)),
    ...(pool && { WarmPoolConfiguration: describePool(pool), WarmPoolSize: poolOf(group).length }),
    SuspendedProcesses: describeSuspended(group),
    ...(group.isDeleting ? { Status: 'Delete in progress' } : {}),
    CreatedTime: new Date(group.createdAt),
    Tags: [...group.tags.values()],
    ...(group.retains
      ? { InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } } }
      : {}),
  }
}
