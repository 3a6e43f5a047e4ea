import { describe, expect, it } from '@jest/globals'
import { Fleet, hour, minute, refusal } from '../simulator/fleet.ts'

const group = { AutoScalingGroupName: 'web' }

describe('a hook', () => {
  const described = (fleet: Fleet) =>
    fleet.model.call(fleet.now, 'DescribeLifecycleHooks', group).LifecycleHooks

  it('sends a test notification to its target when it is put', () => {
    const fleet = new Fleet().group().hook()
    expect(fleet.notifications()).toEqual([
      {
        AccountId: '000000000000',
        RequestId: expect.any(String),
        AutoScalingGroupARN: expect.stringContaining('autoScalingGroupName/web'),
        AutoScalingGroupName: 'web',
        Service: 'AWS Auto Scaling',
        Event: 'autoscaling:TEST_NOTIFICATION',
        Time: '2026-01-02T03:00:00.000Z',
      },
    ])
  })

  it('is refused when the test notification cannot be sent', () => {
    const fleet = new Fleet({}, ['arn:nowhere']).group()
    expect(refusal(() => fleet.hook({ NotificationTargetARN: 'arn:nowhere', RoleARN: 'arn:role' }))).toMatch(
      /^ValidationError: Unable to publish test message to notification target arn:nowhere using IAM role arn:role\./,
    )
    expect(described(fleet)).toEqual([])
  })

  it('abandons after an hour unless told otherwise', () => {
    const fleet = new Fleet().group()
    fleet.model.call(fleet.now, 'PutLifecycleHook', {
      ...group,
      LifecycleHookName: 'plain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    })
    expect(described(fleet)).toMatchObject([
      { HeartbeatTimeout: 3600, GlobalTimeout: 172_800, DefaultResult: 'ABANDON' },
    ])
  })

  it('of the same name is overwritten, and what is not given stays', () => {
    const fleet = new Fleet().group().hook({ DefaultResult: 'CONTINUE', NotificationMetadata: 'm' })
    fleet.model.call(fleet.now, 'PutLifecycleHook', {
      ...group,
      LifecycleHookName: 'flush',
      HeartbeatTimeout: 30,
    })
    expect(described(fleet)).toMatchObject([
      { HeartbeatTimeout: 30, GlobalTimeout: 3000, DefaultResult: 'CONTINUE', NotificationMetadata: 'm' },
    ])
  })

  it.each([29, 7201])('has no heartbeat timeout of %i s', (HeartbeatTimeout) => {
    expect(refusal(() => new Fleet().group().hook({ HeartbeatTimeout }))).toContain('ValidationError')
  })

  it('needs a name that AWS allows', () => {
    expect(refusal(() => new Fleet().group().hook({ LifecycleHookName: 'a b' }))).toContain('ValidationError')
  })

  it('is the 51st of its group: refused', () => {
    const fleet = new Fleet().group()
    for (let count = 0; count < 50; count += 1) fleet.hook({ LifecycleHookName: `h${count}` })
    expect(refusal(() => fleet.hook({ LifecycleHookName: 'one-too-many' }))).toContain('LimitExceeded')
  })

  it('that is deleted ends what waits for it as CONTINUE: nothing is retained', () => {
    const fleet = new Fleet().group('web', { retain: true }).hook()
    const [id = ''] = fleet.ids()
    fleet.terminate(id)
    fleet.model.call(fleet.now, 'DeleteLifecycleHook', { ...group, LifecycleHookName: 'flush' })
    expect(fleet.pass(minute).state(id)).toBeUndefined()
    expect(fleet.did('destroy', id)).toBe(true)
  })

  it('put with a new heartbeat timeout counts from the next heartbeat on', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    fleet.terminate(id).hook({ HeartbeatTimeout: 30 })
    expect(fleet.pass(2 * minute).state(id)).toBe('Terminating:Wait')
    expect(fleet.heartbeat(id).pass(30_000).state(id)).toBe('Terminating:Proceed')
  })
})

describe('capacity', () => {
  it('is launched, enters service, and is told on EventBridge', () => {
    const fleet = new Fleet().group('web', { size: 3 })
    expect(fleet.members().map(({ LifecycleState }) => LifecycleState)).toEqual(Array(3).fill('InService'))
    expect(fleet.events('EC2 Instance Launch Successful')).toHaveLength(3)
    expect(fleet.did('register', fleet.ids()[0] ?? '')).toBe(true)
  })

  it('that shrinks takes the oldest instance of the fullest zone', () => {
    const fleet = new Fleet({ inServiceMs: minute }).group('web', { size: 4 }).hook().pass(minute)
    const [oldest = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'SetDesiredCapacity', { ...group, DesiredCapacity: 3 })
    expect(fleet.pass(0).state(oldest)).toBe('Terminating:Wait')
    expect(fleet.activity()?.Cause).toContain(
      `shrinking the capacity from 4 to 3. Instance ${oldest} was selected`,
    )
  })

  it('is bounded by the minimum and the maximum', () => {
    const fleet = new Fleet().group('web', { size: 2, min: 1, max: 3 })
    const set = (DesiredCapacity: number) =>
      refusal(() => fleet.model.call(fleet.now, 'SetDesiredCapacity', { ...group, DesiredCapacity }))
    expect(set(4)).toBe(
      'ValidationError: New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.',
    )
    expect(set(0)).toBe(
      'ValidationError: New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.',
    )
  })

  it('follows a lowered maximum', () => {
    const fleet = new Fleet().group('web', { size: 3 })
    fleet.model.call(fleet.now, 'UpdateAutoScalingGroup', { ...group, MaxSize: 1 })
    expect(fleet.pass(minute).ids()).toHaveLength(1)
  })

  it('without a decrement is replaced while the terminating instance still waits', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    fleet.terminate(id, false)
    expect(
      fleet
        .members()
        .map(({ LifecycleState }) => LifecycleState)
        .sort(),
    ).toEqual(['InService', 'InService', 'Terminating:Wait'])
  })

  it('cannot be decremented below the minimum', () => {
    const fleet = new Fleet().group('web', { size: 1, min: 1 })
    expect(refusal(() => fleet.terminate(fleet.ids()[0] ?? ''))).toContain(
      "Currently, desiredSize equals minSize (1). Terminating instance without replacement will violate group's min size constraint.",
    )
  })

  it('loses an unhealthy instance, and gets another', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'SetInstanceHealth', { InstanceId: id, HealthStatus: 'Unhealthy' })
    expect(fleet.pass(0).state(id)).toBe('InService')
    expect(fleet.pass(minute).state(id)).toBe('Terminating:Wait')
    expect(fleet.ids()).toHaveLength(3)
  })

  it('keeps an instance that is healthy again in time', () => {
    const fleet = new Fleet().group()
    const [InstanceId = ''] = fleet.ids()
    for (const HealthStatus of ['Unhealthy', 'Healthy'])
      fleet.model.call(fleet.now, 'SetInstanceHealth', { InstanceId, HealthStatus })
    expect(fleet.pass(hour).state(InstanceId)).toBe('InService')
  })

  it('does not include a machine that could not be made', () => {
    const fleet = new Fleet()
    fleet.model.call(fleet.now, 'CreateAutoScalingGroup', {
      ...group,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 1,
      MaxSize: 1,
    })
    const [launch] = fleet.model.advance(fleet.now)
    const instanceId = launch?.do === 'launch' ? launch.instanceId : ''
    fleet.model.machineFailed(fleet.now, instanceId, 'no capacity')
    expect(fleet.activity()).toMatchObject({ StatusCode: 'Failed', StatusMessage: 'no capacity' })
    expect(fleet.pass(0).events('EC2 Instance Launch Unsuccessful')).toHaveLength(1)
    expect(fleet.ids()).toEqual([])
  })
})

describe('an instance that no group has', () => {
  it('cannot be terminated through Auto Scaling', () => {
    const fleet = new Fleet().group()
    expect(refusal(() => fleet.terminate('i-00000000000000bad'))).toBe(
      'ValidationError: Instance Id not found - No managed instance found for instance ID i-00000000000000bad',
    )
  })

  it('is left out of DescribeAutoScalingInstances silently', () => {
    const fleet = new Fleet().group()
    const [id = ''] = fleet.ids()
    const answer = fleet.model.call(fleet.now, 'DescribeAutoScalingInstances', {
      InstanceIds: ['i-0000bad0', id],
    })
    expect(answer.AutoScalingInstances).toMatchObject([
      { InstanceId: id, AutoScalingGroupName: 'web', HealthStatus: 'HEALTHY', LifecycleState: 'InService' },
    ])
  })

  it('makes EC2 complain, with one code for a bad id and another for a missing one', () => {
    const fleet = new Fleet()
    const ask = (id: string) =>
      refusal(() => fleet.model.call(fleet.now, 'DescribeInstances', { InstanceIds: [id] }))
    expect(ask('i-nonsense')).toBe('InvalidInstanceID.Malformed: Invalid id: "i-nonsense"')
    expect(ask('i-00000000')).toBe("InvalidInstanceID.NotFound: The instance ID 'i-00000000' does not exist")
  })
})

describe('a group', () => {
  it('is found by the value of a tag, by a key, and by a value', () => {
    const fleet = new Fleet().group('web').group('other')
    fleet.model.call(fleet.now, 'CreateOrUpdateTags', {
      Tags: [
        {
          ResourceId: 'web',
          ResourceType: 'auto-scaling-group',
          Key: 'env',
          Value: 'prod',
          PropagateAtLaunch: true,
        },
      ],
    })
    const find = (Name: string, Value: string) =>
      fleet.model
        .call(fleet.now, 'DescribeAutoScalingGroups', { Filters: [{ Name, Values: [Value] }] })
        .AutoScalingGroups?.map((found) => found.AutoScalingGroupName)
    expect(find('tag:env', 'prod')).toEqual(['web'])
    expect(find('tag:env', 'test')).toEqual([])
    expect(find('tag-key', 'env')).toEqual(['web'])
    expect(find('tag-value', 'prod')).toEqual(['web'])
  })

  it('is listed page by page', () => {
    const fleet = new Fleet()
    for (const name of ['a', 'b', 'c']) fleet.group(name, { size: 0 })
    const list = (NextToken?: string) =>
      fleet.model.call(fleet.now, 'DescribeAutoScalingGroups', { MaxRecords: 2, NextToken })
    const first = list()
    expect(first.AutoScalingGroups?.map((found) => found.AutoScalingGroupName)).toEqual(['a', 'b'])
    const rest = list(first.NextToken)
    expect(rest.AutoScalingGroups?.map((found) => found.AutoScalingGroupName)).toEqual(['c'])
    expect(rest.NextToken).toBeUndefined()
  })

  it('answers its instance lifecycle policy', () => {
    const fleet = new Fleet().group('web', { retain: true })
    const read = () => fleet.model.call(fleet.now, 'DescribeAutoScalingGroups', {}).AutoScalingGroups?.[0]
    expect(read()?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon).toBe('retain')
  })

  it('deleted with force terminates everything, hooks included, and goes with its last instance', () => {
    const fleet = new Fleet().group().hook()
    const [id = '', other = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'DeleteAutoScalingGroup', { ...group, ForceDelete: true })
    expect(fleet.pass(minute).state(id)).toBe('Terminating:Wait')
    expect(fleet.complete(id).pass(minute).did('destroy', id)).toBe(true)
    const names = () =>
      fleet.model
        .call(fleet.now, 'DescribeAutoScalingGroups', {})
        .AutoScalingGroups?.map((one) => one.AutoScalingGroupName)
    expect(names()).toEqual(['web'])
    fleet.complete(other).pass(minute)
    expect(names()).toEqual([])
  })

  it('deleted with force runs no hook where AWS does as the user guide says', () => {
    const fleet = new Fleet({}, [], { forceDeleteRunsHooks: false }).group().hook()
    const [id = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'DeleteAutoScalingGroup', { ...group, ForceDelete: true })
    expect(fleet.pass(minute).did('destroy', id)).toBe(true)
    expect(fleet.events('EC2 Instance-terminate Lifecycle Action')).toEqual([])
  })

  it('with instances is deleted only with force, and not even then while it retains', () => {
    const fleet = new Fleet().group('web', { retain: true })
    const remove = (ForceDelete: boolean) =>
      refusal(() => fleet.model.call(fleet.now, 'DeleteAutoScalingGroup', { ...group, ForceDelete }))
    expect(remove(false)).toContain(
      'ResourceInUse: You cannot delete an AutoScalingGroup while there are instances',
    )
    expect(remove(true)).toContain('ValidationError')
  })

  it('gives the same answers to the same calls', () => {
    const run = () => {
      const fleet = new Fleet().group('web', { retain: true }).hook()
      for (const id of fleet.ids()) fleet.terminate(id, false).pass(minute).complete(id, 'ABANDON')
      return JSON.stringify(fleet.effects)
    }
    expect(run()).toBe(run())
  })
})

describe('what AWS refuses of a group', () => {
  const create = (more: object) => {
    const fleet = new Fleet()
    const LaunchTemplate = { LaunchTemplateName: 'web' }
    const input = { ...group, MinSize: 0, MaxSize: 1, LaunchTemplate, ...more }
    return refusal(() => fleet.model.call(fleet.now, 'CreateAutoScalingGroup', input))
  }
  it.each([
    [{ MinSize: undefined }, /null at 'minSize'/],
    [{ MaxSize: undefined }, /null at 'maxSize'/],
    [{ MinSize: Number.NaN }, /'NaN' at 'minSize'/],
    [{ MinSize: -1 }, /greater than or equal to 0/],
    [{ MaxSize: 1.5 }, /'1.5' at 'maxSize'/],
    [{ DesiredCapacity: Number.NaN }, /'NaN' at 'desiredCapacity'/],
    [{ LaunchTemplate: undefined }, /must contain either LaunchTemplate, LaunchConfigurationName/],
    [{ LaunchConfigurationName: 'old' }, /must contain either LaunchTemplate, LaunchConfigurationName/],
    [{ LaunchTemplate: { Version: '1' } }, /either launchTemplateId or LaunchTemplateName/],
    [
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'web' } },
      /either launchTemplateId or LaunchTemplateName/,
    ],
    [{ Tags: [{ Key: 'aws:mine', Value: '1' }] }, /aws: prefixed tag key names/],
    [{ Tags: [{ Key: 'k'.repeat(129), Value: '1' }] }, /1 to 128 characters/],
    [{ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })) }, /LimitExceeded/],
  ])('%j', (more, text) => {
    expect(create(more)).toMatch(text)
  })

  it('a hook for a queue without a role, and one with too much to tell', () => {
    const fleet = new Fleet().group()
    expect(refusal(() => fleet.hook({ RoleARN: undefined }))).toMatch(/using IAM role null/)
    expect(refusal(() => fleet.hook({ NotificationMetadata: 'm'.repeat(4001) }))).toMatch(/4000/)
    fleet.hook({ NotificationMetadata: 'm'.repeat(4000) })
    // Once it is there, a change of it may leave the role out.
    fleet.hook({ RoleARN: undefined, HeartbeatTimeout: 60 })
  })

  it('tags that AWS keeps for itself, and none of those beside them is set', () => {
    const fleet = new Fleet().group()
    const tag = (Key: string) => ({ ResourceId: 'web', ResourceType: 'auto-scaling-group', Key, Value: '1' })
    const put = (Tags: object[]) =>
      refusal(() => fleet.model.call(fleet.now, 'CreateOrUpdateTags', { Tags: Tags as never }))
    expect(put([tag('mine'), tag('aws:theirs')])).toMatch(/aws: prefixed/)
    expect(put([{ ...tag('mine'), ResourceType: 'instance' }])).toMatch(/Invalid resource type/)
    expect(fleet.model.call(fleet.now, 'DescribeTags', {}).Tags).toEqual([])
    expect(put([tag('mine')])).toBe('no error')
  })

  it('more instances at once than a call may name', () => {
    const fleet = new Fleet().group()
    const many = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`)
    const ask = (
      name: 'AttachInstances' | 'DetachInstances' | 'EnterStandby' | 'ExitStandby',
      count: number,
    ) =>
      refusal(() =>
        fleet.model.call(fleet.now, name, {
          ...group,
          InstanceIds: many(count),
          ShouldDecrementDesiredCapacity: false,
        } as never),
      )
    for (const name of ['AttachInstances', 'DetachInstances', 'EnterStandby', 'ExitStandby'] as const) {
      expect(ask(name, 21)).toMatch(/limited to 20/)
      expect(ask(name, 20)).not.toMatch(/limited/)
    }
    const protect = { ...group, InstanceIds: many(51), ProtectedFromScaleIn: true }
    const call = () => fleet.model.call(fleet.now, 'SetInstanceProtection', protect)
    expect(refusal(call)).toMatch(/limited to 50/)
  })

  it('any change of one that is being deleted', () => {
    const fleet = new Fleet().group('web', { size: 1 }).hook()
    fleet.model.call(fleet.now, 'DeleteAutoScalingGroup', { ...group, ForceDelete: true })
    const call = (name: string, more: object = {}) =>
      refusal(() => fleet.model.call(fleet.now, name as 'SetDesiredCapacity', { ...group, ...more } as never))
    expect(call('SetDesiredCapacity', { DesiredCapacity: 1 })).toMatch(/pending delete/)
    expect(call('UpdateAutoScalingGroup', { MinSize: 1 })).toMatch(/pending delete/)
    expect(call('AttachInstances', { InstanceIds: [] })).toMatch(/pending delete/)
    expect(call('StartInstanceRefresh')).toMatch(/pending delete/)
    const again = { MinSize: 0, MaxSize: 1, LaunchTemplate: { LaunchTemplateName: 'web' } }
    expect(call('CreateAutoScalingGroup', again)).toMatch(/^AlreadyExists.*pending delete/)
    expect(fleet.model.instances()).toHaveLength(1)
  })
})

describe('instances', () => {
  const call = (fleet: Fleet, name: string, more: object) =>
    refusal(() => fleet.model.call(fleet.now, name as 'EnterStandby', { ...group, ...more } as never))
  const taken = { ShouldDecrementDesiredCapacity: true }

  it('are not taken out where fewer would be left than the group must have', () => {
    const fleet = new Fleet().group('web', { size: 2, min: 1 })
    const InstanceIds = fleet.ids()
    for (const name of ['EnterStandby', 'DetachInstances']) {
      expect(call(fleet, name, { InstanceIds, ...taken })).toMatch(/min-size=1/)
      expect(fleet.ids().map((id) => fleet.state(id))).toEqual(['InService', 'InService'])
    }
    expect(call(fleet, 'EnterStandby', { InstanceIds: InstanceIds.slice(1), ...taken })).toBe('no error')
  })

  it('come back only from standby', () => {
    const fleet = new Fleet().group()
    const [id = ''] = fleet.ids()
    expect(call(fleet, 'ExitStandby', { InstanceIds: [id] })).toMatch(/is not in Standby/)
    expect(fleet.model.call(fleet.now, 'DescribeAutoScalingGroups', {}).AutoScalingGroups).toMatchObject([
      { DesiredCapacity: 2 },
    ])
  })

  it('are attached while they run, and are nobody’s', () => {
    const fleet = new Fleet().group()
    const [id = '', other = ''] = fleet.ids()
    expect(call(fleet, 'AttachInstances', { InstanceIds: [other] })).toMatch(/already part/)
    expect(call(fleet, 'DetachInstances', { InstanceIds: [id], ...taken })).toBe('no error')
    fleet.model.call(fleet.now, 'StopInstances', { InstanceIds: [id] })
    expect(call(fleet, 'AttachInstances', { InstanceIds: [id] })).toMatch(/not in correct state/)
    fleet.pass(hour).model.call(fleet.now, 'StartInstances', { InstanceIds: [id] })
    fleet.pass(hour)
    expect(call(fleet, 'AttachInstances', { InstanceIds: [id] })).toBe('no error')
    expect(fleet.state(id)).toBe('InService')
  })

  it('that die are not missed while the group’s health checks are suspended', () => {
    const fleet = new Fleet().group('web', { size: 1 })
    const [id = ''] = fleet.ids()
    call(fleet, 'SuspendProcesses', { ScalingProcesses: ['HealthCheck'] })
    fleet.model.call(fleet.now, 'TerminateInstances', { InstanceIds: [id] })
    fleet.pass(hour)
    expect(fleet.ids()).toEqual([id])
    expect([fleet.state(id), fleet.machine(id)]).toEqual(['InService', 'terminated'])
  })

  it('are refreshed as many at once as the group can be without', () => {
    const fleet = new Fleet({ inServiceMs: minute }).group('web', { size: 4 }).hook().pass(minute)
    call(fleet, 'StartInstanceRefresh', { Preferences: { MinHealthyPercentage: 50 } })
    fleet.pass(0)
    const waiting = () => fleet.members().filter((one) => one.LifecycleState === 'Terminating:Wait').length
    expect(waiting()).toBe(2)
    // Those that come in their place serve, and two more may go.
    fleet.pass(minute)
    expect(waiting()).toBe(4)
  })
})
