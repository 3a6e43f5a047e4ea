import { describe, expect, it } from '@jest/globals'
import { Fleet, hour, minute, refusal, second } from '../simulator/fleet.ts'

function waiting(retain = false, heartbeat = 300): [Fleet, string] {
  const fleet = new Fleet().group('web', { retain }).hook({ HeartbeatTimeout: heartbeat })
  const [id = ''] = fleet.ids()
  return [fleet.terminate(id), id]
}

describe('a lifecycle action', () => {
  it('holds the instance in Terminating:Wait and tells the target', () => {
    const [fleet, id] = waiting()
    expect(fleet.state(id)).toBe('Terminating:Wait')
    expect(fleet.machine(id)).toBe('running')
    expect(fleet.notifications().at(-1)).toEqual({
      Origin: 'AutoScalingGroup',
      Destination: 'EC2',
      LifecycleHookName: 'flush',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      AutoScalingGroupName: 'web',
      EC2InstanceId: id,
      LifecycleActionToken: expect.stringMatching(/^.{36}$/),
      AccountId: '000000000000',
      RequestId: expect.any(String),
      Service: 'AWS Auto Scaling',
      Time: '2026-01-02T03:00:00.000Z',
    })
  })

  it('is told on EventBridge too, in its own shape', () => {
    const [fleet, id] = waiting()
    const [event] = fleet.events('EC2 Instance-terminate Lifecycle Action')
    expect(event).toMatchObject({
      source: 'aws.autoscaling',
      detail: { EC2InstanceId: id, Destination: 'EC2' },
    })
    expect(event?.detail).not.toHaveProperty('Service')
  })

  it('ends in termination on CONTINUE: power off, then the disk is deleted, then the event', () => {
    const [fleet, id] = waiting()
    fleet.complete(id)
    expect(fleet.state(id)).toBe('Terminating:Proceed')
    expect(fleet.did('power-off', id)).toBe(true)
    expect(fleet.did('destroy', id)).toBe(false)
    fleet.pass(30 * second)
    expect(fleet.did('destroy', id)).toBe(true)
    expect(fleet.state(id)).toBeUndefined()
    expect(fleet.events('EC2 Instance Terminate Successful')[0]?.detail).toMatchObject({ EC2InstanceId: id })
  })

  it('ends in termination on ABANDON too, where the group does not retain', () => {
    const [fleet, id] = waiting()
    expect(fleet.complete(id, 'ABANDON').pass(minute).state(id)).toBeUndefined()
  })

  it('can be completed by its token', () => {
    const [fleet, id] = waiting()
    const token = fleet.notifications().at(-1)?.LifecycleActionToken ?? ''
    fleet.model.call(fleet.now, 'CompleteLifecycleAction', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: 'flush',
      LifecycleActionToken: token,
      LifecycleActionResult: 'CONTINUE',
    })
    expect(fleet.state(id)).toBe('Terminating:Proceed')
  })

  it('that is over, unknown or of another hook is one and the same error', () => {
    const [fleet, id] = waiting()
    const complete = (more: object) =>
      refusal(() =>
        fleet.model.call(fleet.now, 'CompleteLifecycleAction', {
          AutoScalingGroupName: 'web',
          LifecycleHookName: 'flush',
          LifecycleActionResult: 'CONTINUE',
          ...more,
        }),
      )
    const byInstance = `ValidationError: No active Lifecycle Action found with instance ID ${id}`
    expect(complete({ InstanceId: id, LifecycleHookName: 'other' })).toBe(byInstance)
    expect(complete({ LifecycleActionToken: 'b-2', InstanceId: id })).toBe(
      'ValidationError: No active Lifecycle Action found with token b-2',
    )
    fleet.complete(id)
    expect(complete({ InstanceId: id })).toBe(byInstance)
    expect(refusal(() => fleet.heartbeat(id))).toBe(byInstance)
  })

  it('times out after its heartbeat timeout, and then its DefaultResult counts', () => {
    const [fleet, id] = waiting()
    expect(fleet.pass(300 * second - 1).state(id)).toBe('Terminating:Wait')
    expect(fleet.pass(1).state(id)).toBe('Terminating:Proceed')
  })

  it('a heartbeat restarts the timeout from now and adds nothing to what was left', () => {
    const [fleet, id] = waiting(false, 3600)
    fleet.pass(30 * minute).heartbeat(id)
    expect(fleet.pass(60 * minute - 1).state(id)).toBe('Terminating:Wait')
    expect(fleet.pass(1).state(id)).toBe('Terminating:Proceed')
  })

  it.each([
    [30, 50 * minute],
    [1728, 48 * hour],
    [7200, 48 * hour],
  ])(
    'with a heartbeat timeout of %i s cannot be held longer than min(48 h, 100 times that)',
    (heartbeat, end) => {
      const [fleet, id] = waiting(false, heartbeat)
      const begun = fleet.now
      while (fleet.now + (heartbeat - 1) * second < begun + end)
        fleet.pass((heartbeat - 1) * second).heartbeat(id)
      expect(fleet.pass(begun + end - 1 - fleet.now).state(id)).toBe('Terminating:Wait')
      expect(fleet.pass(1).state(id)).toBe('Terminating:Proceed')
    },
  )

  it('applies what was due at the time it was due, however late anybody looks', () => {
    const [fleet, id] = waiting()
    fleet.pass(2 * hour)
    expect(fleet.state(id)).toBeUndefined()
    const ended = fleet.model.call(fleet.now, 'DescribeScalingActivities', {}).Activities?.[0]?.EndTime
    expect(ended).toEqual(new Date('2026-01-02T03:05:30Z'))
  })

  it('says when it next needs a look', () => {
    const [fleet] = waiting()
    expect(fleet.model.nextDue()).toBe(fleet.now + 300 * second)
  })

  it('shows as a scaling activity that is MidLifecycleAction', () => {
    const [fleet, id] = waiting()
    expect(fleet.activity()).toMatchObject({
      Description: `Terminating EC2 instance: ${id}`,
      StatusCode: 'MidLifecycleAction',
      StartTime: new Date(fleet.now),
    })
    expect(fleet.complete(id).pass(minute).activity()?.StatusCode).toBe('Successful')
  })
})

describe('several hooks', () => {
  const two = () => {
    const fleet = new Fleet().group().hook().hook({ LifecycleHookName: 'other' })
    const [id = ''] = fleet.ids()
    return [fleet.terminate(id), id] as const
  }

  it('start together, each with a token of its own', () => {
    const [fleet] = two()
    const tokens = fleet.notifications().flatMap(({ LifecycleActionToken }) => LifecycleActionToken ?? [])
    expect(new Set(tokens).size).toBe(2)
  })

  it('CONTINUE lets the others finish', () => {
    const [fleet, id] = two()
    expect(fleet.complete(id).state(id)).toBe('Terminating:Wait')
    expect(fleet.complete(id, 'CONTINUE', 'other').state(id)).toBe('Terminating:Proceed')
  })

  it('ABANDON ends the others', () => {
    const [fleet, id] = two()
    expect(fleet.complete(id, 'ABANDON').state(id)).toBe('Terminating:Proceed')
  })
})

describe('retention', () => {
  it('keeps an abandoned instance: not counted, replaced, and its disk untouched', () => {
    const fleet = new Fleet().group('web', { retain: true }).hook()
    const [id = ''] = fleet.ids()
    fleet.terminate(id, false).complete(id, 'ABANDON').pass(hour)
    expect(fleet.state(id)).toBe('Terminating:Retained')
    expect(fleet.machine(id)).toBe('running')
    expect(fleet.did('power-off', id)).toBe(false)
    expect(fleet.members().filter(({ LifecycleState }) => LifecycleState === 'InService')).toHaveLength(2)
    const ended = fleet.model.call(fleet.now, 'DescribeScalingActivities', {}).Activities
    expect(ended?.find(({ StatusCode }) => StatusCode === 'Cancelled')?.StatusMessage).toContain('flush')
  })

  it.each([
    ['ABANDON', 'Terminating:Retained'],
    ['CONTINUE', undefined],
  ])('after a timeout hinges on the DefaultResult: %s', (DefaultResult, state) => {
    const fleet = new Fleet().group('web', { retain: true }).hook({ DefaultResult })
    const [id = ''] = fleet.ids()
    expect(fleet.terminate(id).pass(hour).state(id)).toBe(state)
  })

  it('follows the global timeout as well', () => {
    const [fleet, id] = waiting(true, 30)
    for (let beat = 0; beat < 120; beat += 1) {
      fleet.pass(29 * second)
      if (fleet.state(id) === 'Terminating:Wait') fleet.heartbeat(id)
    }
    expect(fleet.state(id)).toBe('Terminating:Retained')
  })

  it('never follows CONTINUE', () => {
    const [fleet, id] = waiting(true)
    expect(fleet.complete(id).pass(minute).state(id)).toBeUndefined()
  })

  it('is ended by TerminateInstanceInAutoScalingGroup only through another lifecycle action', () => {
    const [fleet, id] = waiting(true)
    fleet.complete(id, 'ABANDON')
    const told = fleet.notifications().length
    fleet.terminate(id, false).pass(minute)
    expect(fleet.state(id)).toBe('Terminating:Wait')
    expect(fleet.notifications()).toHaveLength(told + 1)
    expect(fleet.complete(id).pass(minute).did('destroy', id)).toBe(true)
  })

  it('does not help an instance whose machine is gone already', () => {
    const [fleet, id] = waiting(true)
    fleet.model.loseMachine(fleet.now, id)
    expect(fleet.pass(minute).complete(id, 'ABANDON').state(id)).toBeUndefined()
  })

  it('has a kept instance answer as if no action was ever there', () => {
    const [fleet, id] = waiting(true)
    fleet.complete(id, 'ABANDON')
    expect(refusal(() => fleet.complete(id))).toContain('No active Lifecycle Action found')
  })
})

describe('a load balancer', () => {
  it('drains before the hook starts, and the heartbeat clock starts after that', () => {
    const fleet = new Fleet({ drainMs: 20 * second }).group('web', { loadBalanced: true }).hook()
    const [id = ''] = fleet.ids()
    fleet.terminate(id)
    expect(fleet.state(id)).toBe('Terminating')
    expect(fleet.did('deregister', id)).toBe(true)
    expect(fleet.activity()?.StatusCode).toBe('WaitingForELBConnectionDraining')
    expect(fleet.notifications().some(({ EC2InstanceId }) => EC2InstanceId === id)).toBe(false)
    expect(refusal(() => fleet.complete(id))).toContain('No active Lifecycle Action found')
    expect(fleet.pass(20 * second).state(id)).toBe('Terminating:Wait')
    expect(fleet.pass(300 * second - 1).state(id)).toBe('Terminating:Wait')
  })
})

describe('a direct ec2:TerminateInstances', () => {
  const kill = (fleet: Fleet, id: string) => {
    fleet.model.call(fleet.now, 'TerminateInstances', { InstanceIds: [id] })
    return fleet.pass(0)
  }

  it('kills the machine first; the hook runs afterwards, for a dead machine, and must still be completed', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    kill(fleet, id)
    expect(fleet.did('power-off', id)).toBe(true)
    expect(fleet.state(id)).toBe('InService')
    fleet.pass(30 * second)
    expect(fleet.did('destroy', id)).toBe(true)
    expect(fleet.state(id)).toBe('InService')
    fleet.pass(minute)
    expect(fleet.state(id)).toBe('Terminating:Wait')
    expect(fleet.machine(id)).toBe('terminated')
    expect(fleet.notifications().at(-1)?.EC2InstanceId).toBe(id)
    expect(fleet.complete(id).state(id)).toBeUndefined()
  })

  it('in the middle of an action leaves the action pending', () => {
    const [fleet, id] = waiting()
    kill(fleet, id).pass(2 * minute)
    expect(fleet.state(id)).toBe('Terminating:Wait')
    expect(fleet.machine(id)).toBe('terminated')
  })

  it('is refused by termination protection, which does not hinder Auto Scaling', () => {
    const fleet = new Fleet().group()
    const [id = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'ModifyInstanceAttribute', {
      InstanceId: id,
      DisableApiTermination: { Value: true },
    })
    expect(refusal(() => kill(fleet, id))).toBe(
      `OperationNotPermitted: The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    )
    expect(fleet.machine(id)).toBe('running')
    expect(fleet.terminate(id).pass(minute).state(id)).toBeUndefined()
  })

  it('spares the neighbours of a protected instance, and nobody else', () => {
    const fleet = new Fleet().group('web', { size: 4 })
    const [first = '', second_ = '', , fourth = ''] = fleet.ids()
    fleet.model.call(fleet.now, 'ModifyInstanceAttribute', {
      InstanceId: first,
      DisableApiTermination: { Value: true },
    })
    const all = { InstanceIds: [first, second_, fourth] }
    expect(refusal(() => fleet.model.call(fleet.now, 'TerminateInstances', all))).toContain(
      'OperationNotPermitted',
    )
    expect([first, second_, fourth].map((id) => fleet.machine(id))).toEqual([
      'running',
      'shutting-down',
      'running',
    ])
  })

  it('leaves a terminated instance visible for about an hour', () => {
    const fleet = new Fleet().group()
    const [id = ''] = fleet.ids()
    kill(fleet, id).pass(30 * minute)
    const ask = () => fleet.model.call(fleet.now, 'DescribeInstances', { InstanceIds: [id] })
    expect(ask().Reservations?.[0]?.Instances?.[0]?.State).toEqual({ Code: 48, Name: 'terminated' })
    fleet.pass(2 * hour)
    expect(refusal(ask)).toBe(`InvalidInstanceID.NotFound: The instance ID '${id}' does not exist`)
  })
})

describe('other ways out of service', () => {
  it('to the warm pool is an action with Destination WarmPool, and a machine that is switched off but keeps its disk', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    fleet.model.depart(fleet.now, id, 'return-to-warm-pool')
    expect(fleet.pass(0).state(id)).toBe('Warmed:Pending:Wait')
    expect(fleet.notifications().at(-1)).toMatchObject({ Destination: 'WarmPool', EC2InstanceId: id })
    expect(fleet.complete(id).state(id)).toBe('Warmed:Stopped')
    expect([fleet.did('power-off', id), fleet.did('destroy', id)]).toEqual([true, false])
  })

  it('for a new root volume is an action with Action ReplaceRootVolume: the disk goes, the instance stays', () => {
    const fleet = new Fleet().group().hook()
    const [id = ''] = fleet.ids()
    fleet.model.depart(fleet.now, id, 'replace-root-volume')
    expect(fleet.pass(0).state(id)).toBe('ReplacingRootVolume:Wait')
    expect(fleet.notifications().at(-1)).toMatchObject({
      Origin: 'AutoScalingGroup',
      Destination: 'AutoScalingGroup',
      Action: 'ReplaceRootVolume',
    })
    expect(fleet.complete(id).state(id)).toBe('InService')
    expect(fleet.did('replace-root-volume', id)).toBe(true)
  })
})
