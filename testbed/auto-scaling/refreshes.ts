/** Instance refreshes: everything that runs is replaced, a few at a time, through the hooks; or given a new root volume. */
import type {
  CancelInstanceRefreshCommandInput,
  CancelInstanceRefreshCommandOutput,
  DescribeInstanceRefreshesCommandInput,
  DescribeInstanceRefreshesCommandOutput,
  StartInstanceRefreshCommandInput,
  StartInstanceRefreshCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, validationError } from '../aws-error.ts'
import { reconcileCapacity } from './capacity.ts'
import { depart } from './departures.ts'
import { groupNamed, isRetained, isWarmed, lastingGroup } from './membership.ts'
import { page } from './pages.ts'
import type { Group, Instance, Refresh, World } from './state.ts'

export function startInstanceRefresh(
  world: World,
  now: number,
  input: StartInstanceRefreshCommandInput,
): Omit<StartInstanceRefreshCommandOutput, '$metadata'> {
  const group = lastingGroup(world, input.AutoScalingGroupName)
  if (group.refreshes.some(isActive))
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    )
  const strategy = input.Strategy ?? 'Rolling'
  if (strategy !== 'Rolling' && strategy !== 'ReplaceRootVolume')
    throw validationError(`Value '${strategy}' at 'strategy' must be one of Rolling, ReplaceRootVolume`)
  const refresh: Refresh = {
    id: world.options.newId('activity'),
    strategy,
    preferences: {
      ...{ MinHealthyPercentage: 90, SkipMatching: false, AutoRollback: false },
      ...{ ScaleInProtectedInstances: 'Wait', StandbyInstances: 'Wait', ...input.Preferences },
    },
    startedAt: now,
    remaining: new Set(
      group.instances.filter((one) => !isLeaving(one) && !isWarmed(one)).map(({ id }) => id),
    ),
    total: 0,
    status: 'InProgress',
    endedAt: undefined,
  }
  refresh.total = refresh.remaining.size
  group.refreshes.unshift(refresh)
  world.refreshing.add(group)
  return { InstanceRefreshId: refresh.id }
}

/** Replacements under way are finished; no more are begun. */
export function cancelInstanceRefresh(
  world: World,
  now: number,
  input: CancelInstanceRefreshCommandInput,
): Omit<CancelInstanceRefreshCommandOutput, '$metadata'> {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const refresh = group.refreshes.find(isActive)
  if (refresh === undefined)
    throw new AwsError('ActiveInstanceRefreshNotFound', 'No in progress or pending Instance Refresh found')
  end(world, now, group, refresh, 'Cancelled')
  return { InstanceRefreshId: refresh.id }
}

/** Newest first. */
export function describeInstanceRefreshes(
  world: World,
  _now: number,
  input: DescribeInstanceRefreshesCommandInput,
): Omit<DescribeInstanceRefreshesCommandOutput, '$metadata'> {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const wanted = input.InstanceRefreshIds
  const found = group.refreshes.filter(({ id }) => !wanted?.length || wanted.includes(id))
  const { items, nextToken } = page(found, input, 100, 50)
  return {
    InstanceRefreshes: items.map((refresh) => ({
      InstanceRefreshId: refresh.id,
      AutoScalingGroupName: group.name,
      Status: refresh.status,
      StartTime: new Date(refresh.startedAt),
      ...(refresh.endedAt === undefined ? {} : { EndTime: new Date(refresh.endedAt) }),
      PercentageComplete:
        refresh.total === 0
          ? 100
          : Math.floor((100 * (refresh.total - refresh.remaining.size)) / refresh.total),
      InstancesToUpdate: refresh.remaining.size,
      Preferences: refresh.preferences,
      Strategy: refresh.strategy,
    })),
    NextToken: nextToken,
  }
}

/** Goes on where it can. Answers whether anything was begun. */
export function advanceRefreshes(world: World, now: number): boolean {
  let begun = false
  for (const group of world.refreshing) {
    const refresh = group.refreshes.find(isActive)
    if (refresh === undefined) world.refreshing.delete(group)
    else begun = advance(world, now, group, refresh) || begun
  }
  return begun
}

function advance(world: World, now: number, group: Group, refresh: Refresh): boolean {
  if (group.suspended.has('InstanceRefresh')) return false
  const members = new Map(group.instances.map((instance) => [instance.id, instance]))
  for (const id of refresh.remaining) {
    const instance = members.get(id)
    const isDone = instance === undefined || isLeaving(instance) || isPassedOver(instance, refresh)
    if (isDone) refresh.remaining.delete(id)
  }
  const serving = group.instances.filter((one) => one.lifecycleState === 'InService').length
  const least = Math.ceil((group.desiredCapacity * (refresh.preferences.MinHealthyPercentage ?? 90)) / 100)
  // At least one at a time, as soon as all others serve: otherwise a small group would never come to its end.
  const floor = Math.min(least, group.desiredCapacity - 1)
  let room = serving - floor
  let begun = false
  for (const id of [...refresh.remaining]) {
    const instance = members.get(id)
    if (instance === undefined || !isOpen(instance, refresh)) continue
    const counts = instance.lifecycleState === 'InService'
    if (counts && room <= 0) continue
    if (counts) room -= 1
    replace(world, now, instance, refresh)
    refresh.remaining.delete(id)
    begun = true
  }
  if (begun) reconcileCapacity(world, now, group)
  const settled = group.instances.every(({ lifecycleState }) => !/^(Pending|Replacing)/.test(lifecycleState))
  if (refresh.remaining.size === 0 && !begun && settled) end(world, now, group, refresh, 'Successful')
  return begun
}

function replace(world: World, now: number, instance: Instance, { id, strategy }: Refresh): void {
  depart(world, now, instance, {
    kind: strategy === 'Rolling' ? 'terminate' : 'replace-root-volume',
    cause: `an instance was taken out of service in response to an instance refresh ${id}.`,
  })
}

/** Those whose turn may come now; whoever is waited for stays on the list. */
function isOpen(instance: Instance, { preferences }: Refresh): boolean {
  if (instance.lifecycleState === 'Standby') return preferences.StandbyInstances === 'Terminate'
  if (instance.scaleInProtection) return preferences.ScaleInProtectedInstances === 'Refresh'
  return instance.lifecycleState === 'InService'
}

function isPassedOver(instance: Instance, { preferences }: Refresh): boolean {
  if (instance.lifecycleState === 'Standby') return preferences.StandbyInstances === 'Ignore'
  return instance.scaleInProtection && preferences.ScaleInProtectedInstances === 'Ignore'
}

function isLeaving(instance: Instance): boolean {
  return instance.departure !== undefined || isRetained(instance)
}

function isActive({ status }: Refresh): boolean {
  return status === 'InProgress'
}

function end(world: World, now: number, group: Group, refresh: Refresh, status: Refresh['status']): void {
  Object.assign(refresh, { status, endedAt: now })
  world.refreshing.delete(group)
}
