/** Warm pools: put, described, deleted. */
import type {
  DeleteWarmPoolCommandInput,
  DescribeWarmPoolCommandInput,
  DescribeWarmPoolCommandOutput,
  PutWarmPoolCommandInput,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, validationError } from '../aws-error.ts'
import { reconcileCapacity } from './capacity.ts'
import { depart, proceed } from './departures.ts'
import { describeMember, groupNamed, isRetained, isWarmed, lastingGroup } from './membership.ts'
import { page } from './pages.ts'
import { shutDown } from './power.ts'
import type { Group, Instance, WarmPool, World } from './state.ts'

const states = ['Stopped', 'Running', 'Hibernated'] as const

/** What a pool is set to where nobody says it. */
export const NEW_POOL: WarmPool = {
  minSize: 0,
  maxPrepared: undefined,
  poolState: 'Stopped',
  reuses: false,
  isDeleting: false,
}

/** What is not said stays as it was. */
export function putWarmPool(world: World, now: number, input: PutWarmPoolCommandInput): object {
  const group = lastingGroup(world, input.AutoScalingGroupName)
  if (group.settings.MixedInstancesPolicy !== undefined)
    throw validationError('You can’t add a warm pool to a group with a mixed instances policy.')
  if (group.warmPool?.isDeleting) throw isBeingDeleted(group)
  const before = group.warmPool ?? NEW_POOL
  const { MaxGroupPreparedCapacity: most, MinSize: minSize = before.minSize } = input
  checkNumber('minSize', minSize, 0)
  if (most !== undefined) checkNumber('maxGroupPreparedCapacity', most, -1)
  group.warmPool = {
    ...before,
    minSize,
    maxPrepared: most === undefined ? before.maxPrepared : most === -1 ? undefined : most,
    poolState: poolState(input.PoolState ?? before.poolState),
    reuses: input.InstanceReusePolicy?.ReuseOnScaleIn ?? before.reuses,
  }
  reconcileCapacity(world, now, group)
  return {}
}

/** Also those on their way out of it, and kept. */
export function describeWarmPool(
  world: World,
  _now: number,
  input: DescribeWarmPoolCommandInput,
): Omit<DescribeWarmPoolCommandOutput, '$metadata'> {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const { items, nextToken } = page(group.instances.filter(isWarmed), input, 50)
  return {
    ...(group.warmPool && { WarmPoolConfiguration: describePool(group.warmPool) }),
    Instances: items.map((instance) => describeMember(world, instance)),
    NextToken: nextToken,
  }
}

export function describePool(pool: WarmPool): WarmPoolConfiguration {
  return {
    MinSize: pool.minSize,
    ...(pool.maxPrepared === undefined ? {} : { MaxGroupPreparedCapacity: pool.maxPrepared }),
    PoolState: pool.poolState,
    ...(pool.isDeleting ? { Status: 'PendingDelete' } : {}),
    ...(pool.reuses ? { InstanceReusePolicy: { ReuseOnScaleIn: true } } : {}),
  }
}

/**
 * With ForceDelete its instances are terminated, and actions for which they wait are deleted. Whether the others' hooks run is not
 * documented: as for a group (see `forceDeleteRunsHooks`).
 */
export function deleteWarmPool(world: World, now: number, input: DeleteWarmPoolCommandInput): object {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const { warmPool: pool } = group
  if (pool === undefined) throw validationError(`No warm pool found for AutoScalingGroup ${group.name}.`)
  if (pool.isDeleting) throw isBeingDeleted(group)
  const warmed = group.instances.filter(isWarmed)
  if (warmed.length > 0 && input.ForceDelete !== true)
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete a warm pool while there are instances in it. Use the force delete option.',
    )
  pool.isDeleting = true
  for (const instance of warmed) sendAway(world, now, instance)
  if (!group.instances.some(isWarmed)) group.warmPool = undefined
  return {}
}

function sendAway(world: World, now: number, instance: Instance): void {
  const { departure } = instance
  if (isRetained(instance)) return
  if (departure?.kind === 'terminate-warmed') {
    if (departure.actions.length === 0) return
    departure.actions = []
    proceed(world, now, instance)
    return
  }
  Object.assign(instance, { arrival: undefined, departure: undefined, step: undefined })
  const cause = 'the warm pool is deleted.'
  if (world.options.forceDeleteRunsHooks ?? true)
    depart(world, now, instance, { kind: 'terminate-warmed', cause })
  else {
    instance.lifecycleState = 'Warmed:Terminating:Proceed'
    shutDown(world, now, instance)
  }
}

function poolState(value: string): WarmPool['poolState'] {
  const state = states.find((one) => one === value)
  if (state !== undefined) return state
  throw validationError(
    `Value '${value}' at 'poolState' failed to satisfy constraint: Member must satisfy enum value set: [${states.join(', ')}]`,
  )
}

function checkNumber(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw validationError(
    `Value '${value}' at '${name}' failed to satisfy constraint: Member must have value greater than or equal to ${least}`,
  )
}

function isBeingDeleted({ name }: Group): AwsError {
  return new AwsError('ScalingActivityInProgress', `The warm pool of ${name} is pending delete.`)
}
