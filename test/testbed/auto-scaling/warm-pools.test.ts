import type { PutWarmPoolCommandInput } from '@aws-sdk/client-auto-scaling'
import { describe, expect, it } from '@jest/globals'
import { Fleet, minute, refusal, second } from '../simulator/fleet.ts'

type Pool = Partial<PutWarmPoolCommandInput>

const LifecycleTransition = 'autoscaling:EC2_INSTANCE_LAUNCHING'

function pooled(pool: Pool = {}, { max = 4, size = 2, retain = false } = {}): Fleet {
  const fleet = new Fleet().group('web', { max, size, retain }).hook()
  return put(fleet, pool)
}

function put(fleet: Fleet, pool: Pool): Fleet {
  fleet.model.call(fleet.now, 'PutWarmPool', { AutoScalingGroupName: 'web', ...pool })
  return fleet.pass(0)
}

function ask(fleet: Fleet) {
  return fleet.model.call(fleet.now, 'DescribeWarmPool', { AutoScalingGroupName: 'web' })
}

function inPool(fleet: Fleet): string[] {
  return (ask(fleet).Instances ?? []).map(({ InstanceId = '' }) => InstanceId)
}

function states(fleet: Fleet): string[] {
  return inPool(fleet).map((id) => fleet.state(id) ?? '')
}

function want(fleet: Fleet, DesiredCapacity: number): Fleet {
  fleet.model.call(fleet.now, 'SetDesiredCapacity', { AutoScalingGroupName: 'web', DesiredCapacity })
  return fleet.pass(0)
}

function drop(fleet: Fleet, ForceDelete: boolean): Fleet {
  fleet.model.call(fleet.now, 'DeleteWarmPool', { AutoScalingGroupName: 'web', ForceDelete })
  return fleet.pass(0)
}

const group = (fleet: Fleet) =>
  fleet.model.call(fleet.now, 'DescribeAutoScalingGroups', {}).AutoScalingGroups?.[0]

describe('a warm pool', () => {
  it('has what the group may have more, switched off, and the group does not list it', () => {
    const fleet = pooled()
    expect(states(fleet)).toEqual(['Warmed:Stopped', 'Warmed:Stopped'])
    expect(inPool(fleet).map((id) => fleet.machine(id))).toEqual(['stopped', 'stopped'])
    expect(ask(fleet).WarmPoolConfiguration).toEqual({ MinSize: 0, PoolState: 'Stopped' })
    expect(group(fleet)?.Instances).toHaveLength(2)
    expect(group(fleet)).toMatchObject({ WarmPoolSize: 2, WarmPoolConfiguration: { PoolState: 'Stopped' } })
  })

  it('is as large as it is told to be, and changes what it is told', () => {
    const fleet = pooled({ MaxGroupPreparedCapacity: 3 })
    expect(inPool(fleet)).toHaveLength(1)
    expect(inPool(put(fleet, { MinSize: 3 }))).toHaveLength(3)
    expect(ask(fleet).WarmPoolConfiguration).toMatchObject({ MaxGroupPreparedCapacity: 3, MinSize: 3 })
    put(fleet, { MinSize: 0, MaxGroupPreparedCapacity: -1 })
    expect(ask(fleet).WarmPoolConfiguration).not.toHaveProperty('MaxGroupPreparedCapacity')
  })

  it.each([
    ['Running', 'running'],
    ['Hibernated', 'stopped'],
  ] as const)('of state %s has machines that are %s', (PoolState, machine) => {
    const fleet = pooled({ PoolState }, { max: 3 })
    expect(states(fleet)).toEqual([`Warmed:${PoolState}`])
    expect(inPool(fleet).map((id) => fleet.machine(id))).toEqual([machine])
  })

  it('is refused what AWS refuses', () => {
    const fleet = pooled()
    expect(refusal(() => put(fleet, { PoolState: 'Frozen' as 'Stopped' }))).toMatch(
      /^ValidationError.*'poolState'/,
    )
    expect(refusal(() => put(fleet, { MinSize: -1 }))).toMatch(/^ValidationError/)
    expect(refusal(() => put(fleet, { MaxGroupPreparedCapacity: -2 }))).toMatch(/^ValidationError/)
    expect(refusal(() => put(fleet, { AutoScalingGroupName: 'no' }))).toMatch(/^ValidationError/)
    expect(refusal(() => fleet.terminate(inPool(fleet)[0] ?? ''))).toMatch(/^ValidationError/)
  })
})

describe('launch hooks', () => {
  it('hold an instance on its way into the pool, and again on its way out', () => {
    const fleet = new Fleet().group('web', { max: 2, size: 1 })
    fleet.hook({ LifecycleHookName: 'warm-up', LifecycleTransition })
    put(fleet, {})
    const [id = ''] = inPool(fleet)
    expect(fleet.state(id)).toBe('Warmed:Pending:Wait')
    expect(fleet.notifications().at(-1)).toMatchObject({
      ...{ LifecycleTransition, EC2InstanceId: id, Origin: 'EC2', Destination: 'WarmPool' },
    })
    expect(fleet.complete(id, 'CONTINUE', 'warm-up').state(id)).toBe('Warmed:Stopped')
    expect(want(fleet, 2).machine(id)).toBe('pending')
    fleet.pass(minute)
    expect(fleet.did('power-on', id)).toBe(true)
    expect(fleet.state(id)).toBe('Pending:Wait')
    expect(fleet.notifications().at(-1)).toMatchObject({
      Origin: 'WarmPool',
      Destination: 'AutoScalingGroup',
    })
    expect(fleet.complete(id, 'CONTINUE', 'warm-up').state(id)).toBe('InService')
  })

  it('that say ABANDON end an instance of the pool through its terminate hooks, and another comes', () => {
    const fleet = new Fleet().group('web', { max: 2, size: 1 }).hook()
    fleet.hook({ LifecycleHookName: 'warm-up', LifecycleTransition })
    put(fleet, {})
    const [id = ''] = inPool(fleet)
    fleet.complete(id, 'ABANDON', 'warm-up')
    expect(fleet.state(id)).toBe('Warmed:Terminating:Wait')
    expect(inPool(fleet)).toHaveLength(2)
  })
})

describe('scaling', () => {
  it('out takes what is prepared before it launches, and the pool shrinks with it', () => {
    const fleet = pooled()
    const [first = ''] = inPool(fleet)
    want(fleet, 3).pass(minute)
    expect(fleet.state(first)).toBe('InService')
    expect(inPool(fleet)).toHaveLength(1)
    expect(group(fleet)?.Instances).toHaveLength(3)
  })

  it('in terminates, unless the pool reuses: then the instance comes back to it, and rests', () => {
    expect(want(pooled(), 1).notifications().at(-1)).toMatchObject({ Destination: 'EC2' })
    const fleet = pooled({ InstanceReusePolicy: { ReuseOnScaleIn: true } })
    const [id = ''] = fleet.ids()
    want(fleet, 1)
    expect(fleet.state(id)).toBe('Warmed:Pending:Wait')
    expect(fleet.notifications().at(-1)).toMatchObject({
      ...{ Origin: 'AutoScalingGroup', Destination: 'WarmPool', EC2InstanceId: id },
    })
    expect(fleet.complete(id).state(id)).toBe('Warmed:Stopped')
    expect(inPool(fleet)).toHaveLength(3)
    expect([fleet.did('power-off', id), fleet.did('destroy', id)]).toEqual([true, false])
  })
})

describe('an instance that leaves the pool for good', () => {
  function leaving(retain = false): [Fleet, string] {
    const fleet = pooled({}, { max: 3, retain })
    const [id = ''] = inPool(fleet)
    return [put(fleet, { MaxGroupPreparedCapacity: 2 }), id]
  }

  it('is held by terminate hooks, switched off as it is', () => {
    const [fleet, id] = leaving()
    expect(fleet.state(id)).toBe('Warmed:Terminating:Wait')
    expect(fleet.machine(id)).toBe('stopped')
    expect(fleet.notifications().at(-1)).toMatchObject({
      ...{ Origin: 'WarmPool', Destination: 'EC2', EC2InstanceId: id },
    })
    expect(
      fleet
        .complete(id)
        .pass(31 * second)
        .state(id),
    ).toBeUndefined()
    expect(fleet.did('destroy', id)).toBe(true)
  })

  it('is kept by ABANDON where the group retains', () => {
    const [fleet, id] = leaving(true)
    expect(fleet.complete(id, 'ABANDON').state(id)).toBe('Warmed:Terminating:Retained')
    expect(fleet.machine(id)).toBe('stopped')
  })

  it('goes with a pool that is deleted by force, and an action for which it waits is deleted', () => {
    const [fleet, id] = leaving()
    put(fleet, { MinSize: 1 })
    expect(refusal(() => drop(fleet, false))).toMatch(/^ResourceInUse/)
    drop(fleet, true)
    expect(ask(fleet).WarmPoolConfiguration?.Status).toBe('PendingDelete')
    expect(fleet.state(id)).toBe('Warmed:Terminating:Proceed')
    const [other = ''] = inPool(fleet).filter((one) => one !== id)
    expect(fleet.state(other)).toBe('Warmed:Terminating:Wait')
    expect(refusal(() => put(fleet, {}))).toMatch(/^ScalingActivityInProgress/)
    fleet.complete(other).pass(31 * second)
    expect(ask(fleet)).toEqual({ Instances: [], NextToken: undefined })
    expect(refusal(() => drop(fleet, true))).toMatch(/^ValidationError/)
    expect(group(fleet)).not.toHaveProperty('WarmPoolSize')
  })

  it('goes unasked where a deletion by force does not run hooks', () => {
    const fleet = new Fleet({}, [], { forceDeleteRunsHooks: false }).group('web', { max: 3, size: 2 }).hook()
    put(fleet, {})
    const [id = ''] = inPool(fleet)
    const told = fleet.notifications().length
    drop(fleet, true)
    expect(fleet.machine(id)).toBe('shutting-down')
    expect(fleet.pass(31 * second).state(id)).toBeUndefined()
    expect(fleet.notifications()).toHaveLength(told)
  })

  it('is terminated as what it is where its machine was lost', () => {
    const fleet = pooled({ PoolState: 'Running' }, { max: 3 })
    const [id = ''] = inPool(fleet)
    fleet.model.loseMachine(fleet.now, id)
    fleet.pass(2 * minute)
    expect(fleet.state(id)).toBe('Warmed:Terminating:Wait')
  })
})

it('a refresh comes to its end beside a pool', () => {
  const fleet = pooled({}, { max: 3, size: 1 })
  fleet.model.call(fleet.now, 'StartInstanceRefresh', { AutoScalingGroupName: 'web' })
  fleet.pass(0)
  const [id = ''] = fleet.ids()
  fleet.complete(id).pass(5 * minute)
  const { InstanceRefreshes = [] } = fleet.model.call(fleet.now, 'DescribeInstanceRefreshes', {
    AutoScalingGroupName: 'web',
  })
  expect(InstanceRefreshes[0]?.Status).toBe('Successful')
})
