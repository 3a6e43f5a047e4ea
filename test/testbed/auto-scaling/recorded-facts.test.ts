/**
 * What the model of Auto Scaling rests on, a line a fact, each replayed; the letter is its certainty (fact.ts). What is modelled by guess
 * is listed by `npm run jest -- recorded-facts -t 'UNCONFIRMED|I:' --verbose`, with that of volumes, which have a table of their own.
 */
import { expect, it } from '@jest/globals'
import type { InputOf, OperationName, OutputOf } from '../../../testbed/auto-scaling/auto-scaling.ts'
import { Fleet, hour, minute, refusal, second } from '../simulator/fleet.ts'
import type { Fact } from './fact.ts'

const held = (retain = true, hook: Parameters<Fleet['hook']>[0] = {}): [Fleet, string] => {
  const fleet = new Fleet().group('web', { retain }).hook(hook)
  const [id = ''] = fleet.ids()
  return [fleet.terminate(id, false), id]
}
const kept = (): [Fleet, string] => {
  const [fleet, id] = held()
  return [fleet.complete(id, 'ABANDON').pass(minute), id]
}
const release = ([fleet, id]: [Fleet, string], decrement = false): [Fleet, string] => [
  fleet.terminate(id, decrement),
  id,
]
const tokens = (fleet: Fleet) =>
  fleet.notifications().flatMap(({ LifecycleActionToken: token }) => token ?? [])
const call = (fleet: Fleet, name: 'DeleteAutoScalingGroup' | 'DeleteLifecycleHook', more: object = {}) =>
  fleet.model.call(fleet.now, name, {
    ...{ AutoScalingGroupName: 'web', LifecycleHookName: 'flush' },
    ...more,
  })

const facts: readonly Fact[] = [
  // — the hook's clock
  [
    'D',
    'a heartbeat restarts the time-out from now',
    () => {
      const [fleet, id] = held()
      return fleet
        .pass(200 * second)
        .heartbeat(id)
        .pass(200 * second)
        .state(id)
    },
    'Terminating:Wait',
  ],
  [
    'D',
    'an action ends after 100 heartbeats, or 48 hours',
    () => {
      const [fleet, id] = held(true, { HeartbeatTimeout: 30 })
      for (let beat = 0; beat < 101; beat++)
        if (fleet.pass(29 * second).state(id) === 'Terminating:Wait') fleet.heartbeat(id)
      return fleet.pass(5 * minute).state(id)
    },
    'Terminating:Retained',
  ],
  [
    'D',
    'a time-out applies the default result',
    () => {
      const [fleet, id] = held(false)
      return fleet.pass(hour).did('destroy', id)
    },
    true,
  ],
  [
    'R',
    'an action that is over, unknown or still to come is one and the same ValidationError',
    () => {
      const [fleet, id] = held()
      fleet.complete(id)
      return refusal(() => fleet.heartbeat(id))
    },
    expect.stringMatching(/^ValidationError: No active Lifecycle Action found/),
  ],
  [
    'R',
    'a group that is gone is a ValidationError, too',
    () => {
      const [fleet, id] = held()
      return refusal(() =>
        fleet.model.call(fleet.now, 'RecordLifecycleActionHeartbeat', {
          ...{ AutoScalingGroupName: 'gone', LifecycleHookName: 'flush', InstanceId: id },
        }),
      )
    },
    'ValidationError: AutoScalingGroup name not found - null',
  ],
  [
    'UNCONFIRMED',
    'with a token and an instance given, the token counts',
    () => {
      const [fleet, id] = held()
      const [token = ''] = tokens(fleet)
      fleet.model.call(fleet.now, 'CompleteLifecycleAction', {
        ...{ AutoScalingGroupName: 'web', LifecycleHookName: 'flush', LifecycleActionResult: 'CONTINUE' },
        ...{ LifecycleActionToken: token, InstanceId: 'i-00000000000000099' },
      })
      return fleet.pass(0).state(id)
    },
    'Terminating:Proceed',
  ],

  // — results
  [
    'D',
    'CONTINUE ends a termination in termination',
    () => {
      const [fleet, id] = held()
      return fleet.complete(id).pass(minute).did('destroy', id)
    },
    true,
  ],
  [
    'D',
    'ABANDON ends in termination where the group does not retain',
    () => {
      const [fleet, id] = held(false)
      return fleet.complete(id, 'ABANDON').pass(minute).did('destroy', id)
    },
    true,
  ],
  [
    'D',
    'ABANDON keeps the machine where the group retains',
    () => kept()[0].state(kept()[1]),
    'Terminating:Retained',
  ],
  [
    'D',
    'a time-out with the default result CONTINUE never keeps',
    () => {
      const [fleet, id] = held(true, { DefaultResult: 'CONTINUE' })
      return fleet.pass(hour).state(id)
    },
    undefined,
  ],
  [
    'D',
    'a hook that is deleted says CONTINUE for what waits at it',
    () => {
      const [fleet, id] = held()
      call(fleet, 'DeleteLifecycleHook')
      return fleet.pass(minute).did('destroy', id)
    },
    true,
  ],

  // — kept machines
  [
    'D',
    'the activity of a kept machine is Cancelled',
    () => {
      const { Activities = [] } = kept()[0].model.call(kept()[0].now, 'DescribeScalingActivities', {})
      return Activities.map(({ StatusCode }) => StatusCode).includes('Cancelled')
    },
    true,
  ],
  [
    'N',
    'a release begins a new termination: the hook runs again, with a new token',
    () => {
      const [fleet, id] = release(kept())
      return [fleet.state(id), new Set(tokens(fleet)).size]
    },
    ['Terminating:Wait', 2],
  ],
  [
    'N',
    'a release is a new activity',
    () => {
      const [fleet] = release(kept())
      const { Activities = [] } = fleet.model.call(fleet.now, 'DescribeScalingActivities', {})
      return Activities.filter(({ Description }) => Description?.startsWith('Terminating')).length
    },
    2,
  ],
  [
    'N',
    'a release that is abandoned keeps the machine again',
    () => {
      const [fleet, id] = release(kept())
      return fleet.complete(id, 'ABANDON').pass(minute).state(id)
    },
    'Terminating:Retained',
  ],
  [
    'N',
    'a release that times out keeps the machine again',
    () => {
      const [fleet, id] = release(kept())
      return fleet.pass(hour).state(id)
    },
    'Terminating:Retained',
  ],
  [
    'N',
    'only CONTINUE lets a kept machine go',
    () => {
      const [fleet, id] = release(kept())
      return fleet.complete(id).pass(minute).did('destroy', id)
    },
    true,
  ],
  [
    'N',
    'a release with decrement is refused',
    () => refusal(() => release(kept(), true)),
    expect.stringMatching(/^ValidationError/),
  ],
  [
    'N',
    'a kept machine does not count',
    () => {
      const fleet = kept()[0]
      return fleet.members().filter(({ LifecycleState }) => LifecycleState === 'InService').length
    },
    2,
  ],

  // — the target, and the group
  [
    'N',
    'a notification target that is gone applies the default result at once',
    () => {
      const gone = new Set<string>()
      const fleet = new Fleet({}, { includes: (arn: string) => gone.has(arn) } as readonly string[])
      fleet.group().hook({ DefaultResult: 'CONTINUE' })
      gone.add('arn:aws:sqs:eu-west-1:000000000000:guard')
      const [id = ''] = fleet.ids()
      return fleet.terminate(id, false).state(id)
    },
    'Terminating:Proceed',
  ],
  [
    'R',
    'a hook whose target cannot be notified cannot be put',
    () => {
      const fleet = new Fleet({}, ['arn:aws:sqs:eu-west-1:000000000000:guard']).group()
      return refusal(() => fleet.hook())
    },
    expect.stringMatching(/^ValidationError: Unable to publish test message/),
  ],
  [
    'N',
    'a group that is deleted by force runs its terminate hooks',
    () => {
      const fleet = new Fleet().group().hook()
      const [id = ''] = fleet.ids()
      call(fleet, 'DeleteAutoScalingGroup', { ForceDelete: true })
      return fleet.pass(minute).state(id)
    },
    'Terminating:Wait',
  ],
  [
    'R',
    'a group that retains cannot be deleted by force',
    () => {
      const fleet = new Fleet().group('web', { retain: true })
      return refusal(() => call(fleet, 'DeleteAutoScalingGroup', { ForceDelete: true }))
    },
    expect.stringMatching(/^ValidationError/),
  ],
  [
    'D',
    'the load balancer lets go before the hook begins',
    () => {
      const fleet = new Fleet({ drainMs: minute }).group('web', { loadBalanced: true }).hook()
      const [id = ''] = fleet.ids()
      return [fleet.terminate(id).state(id), fleet.pass(minute).state(id)]
    },
    ['Terminating', 'Terminating:Wait'],
  ],
  [
    'R',
    'a machine that is terminated past its group reaches the hook when it is dead',
    () => {
      const fleet = new Fleet().group().hook()
      const [id = ''] = fleet.ids()
      fleet.model.call(fleet.now, 'TerminateInstances', { InstanceIds: [id] })
      fleet.pass(3 * minute)
      return [fleet.machine(id), fleet.state(id)]
    },
    ['terminated', 'Terminating:Wait'],
  ],
]

/** Two instances in service, and what somebody does to the first. */
const guarded = (size = 2, more: Parameters<Fleet['group']>[1] = {}): [Fleet, string] => {
  const fleet = new Fleet().group('web', { size, ...more }).hook()
  return [fleet, fleet.ids()[0] ?? '']
}
const ask = <Name extends OperationName>(fleet: Fleet, name: Name, input: object = {}): OutputOf<Name> => {
  const answer = fleet.model.call(fleet.now, name, {
    AutoScalingGroupName: 'web',
    ...input,
  } as InputOf<Name>)
  fleet.pass(0)
  return answer
}
const inService = (fleet: Fleet) =>
  fleet.members().filter(({ LifecycleState }) => LifecycleState === 'InService').length
const desired = (fleet: Fleet) =>
  ask(fleet, 'DescribeAutoScalingGroups').AutoScalingGroups?.[0]?.DesiredCapacity
const tagsOf = (fleet: Fleet, id: string) =>
  fleet.model
    .call(fleet.now, 'DescribeInstances', { InstanceIds: [id] })
    .Reservations?.flatMap(({ Instances = [] }) => Instances)
    .flatMap(({ Tags = [] }) => Tags)
    .map(({ Key }) => Key)
const launching = (result: string): [Fleet, string] => {
  const fleet = new Fleet().group('web', { size: 0 })
  const LifecycleTransition = 'autoscaling:EC2_INSTANCE_LAUNCHING'
  fleet.hook({ LifecycleHookName: 'warm-up', LifecycleTransition, DefaultResult: result })
  ask(fleet, 'SetDesiredCapacity', { DesiredCapacity: 1 })
  return [fleet, fleet.ids()[0] ?? '']
}

/** Ways past our hook, and into it. */
const ways: readonly Fact[] = [
  // — detached, attached
  [
    'D',
    'a machine that is detached runs on past the hook',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true })
      fleet.pass(hour)
      return [fleet.machine(id), fleet.state(id), tokens(fleet).length, inService(fleet)]
    },
    ['running', undefined, 0, 1],
  ],
  [
    'D',
    'detached without a decrement, it is replaced',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false })
      return [inService(fleet), desired(fleet)]
    },
    [2, 2],
  ],
  [
    'D',
    'what waits at a hook cannot be detached',
    () => {
      const [fleet, id] = held()
      return refusal(() =>
        ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false }),
      )
    },
    expect.stringMatching(/^ValidationError/),
  ],
  [
    'N',
    'a kept machine can be detached without a decrement, runs on, and loses the tag of its group',
    () => {
      const [fleet, id] = kept()
      const before = tagsOf(fleet, id)
      ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false })
      return [fleet.machine(id), before, tagsOf(fleet, id), inService(fleet)]
    },
    ['running', ['aws:autoscaling:groupName'], [], 2],
  ],
  [
    'D',
    'a kept machine cannot be detached with a decrement',
    () => {
      const [fleet, id] = kept()
      return refusal(() =>
        ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true }),
      )
    },
    expect.stringMatching(/^ValidationError/),
  ],
  [
    'D',
    'a machine is attached without a launch hook, and leaves through the terminate hook',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true })
      const LifecycleTransition = 'autoscaling:EC2_INSTANCE_LAUNCHING'
      fleet.hook({ LifecycleHookName: 'warm-up', LifecycleTransition })
      ask(fleet, 'AttachInstances', { InstanceIds: [id] })
      return [desired(fleet), fleet.state(id), fleet.terminate(id).state(id)]
    },
    [2, 'InService', 'Terminating:Wait'],
  ],
  [
    'D',
    'a machine does not fit into a group that is full',
    () => {
      const [fleet, id] = guarded(2, { max: 2 })
      ask(fleet, 'DetachInstances', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false })
      return refusal(() => ask(fleet, 'AttachInstances', { InstanceIds: [id] }))
    },
    expect.stringMatching(/^ValidationError: .*max-size=2/),
  ],

  // — standby
  [
    'D',
    'no hook runs on the way into standby or out of it',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true })
      const resting = [fleet.state(id), desired(fleet), inService(fleet)]
      ask(fleet, 'ExitStandby', { InstanceIds: [id] })
      return [resting, fleet.state(id), desired(fleet), tokens(fleet).length]
    },
    [['Standby', 1, 1], 'InService', 2, 0],
  ],
  [
    'D',
    'a machine that is terminated in standby is never missed',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true })
      fleet.model.call(fleet.now, 'TerminateInstances', { InstanceIds: [id] })
      fleet.pass(hour)
      return [fleet.state(id), fleet.members().find(({ InstanceId }) => InstanceId === id)?.HealthStatus]
    },
    ['Standby', 'Healthy'],
  ],
  [
    'N',
    'a kept machine cannot go into standby',
    () => {
      const [fleet, id] = kept()
      return refusal(() =>
        ask(fleet, 'EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false }),
      )
    },
    expect.stringMatching(/^ValidationError/),
  ],
  [
    'UNCONFIRMED',
    'what is terminated in standby through its group passes the hook',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false })
      return fleet.terminate(id, false).state(id)
    },
    'Terminating:Wait',
  ],

  // — protection, and suspended processes
  [
    'D',
    'whoever is protected does not go when the group shrinks',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'SetInstanceProtection', { InstanceIds: [id], ProtectedFromScaleIn: true })
      ask(fleet, 'SetDesiredCapacity', { DesiredCapacity: 0 })
      return [fleet.state(id), fleet.members().length]
    },
    ['InService', 2],
  ],
  [
    'D',
    'protection stops neither a person nor a bad health',
    () => {
      const [fleet, id] = guarded()
      const [, other = ''] = fleet.ids()
      ask(fleet, 'SetInstanceProtection', { InstanceIds: [id, other], ProtectedFromScaleIn: true })
      ask(fleet, 'SetInstanceHealth', { InstanceId: other, HealthStatus: 'Unhealthy' })
      return [fleet.terminate(id).state(id), fleet.pass(2 * minute).state(other)]
    },
    ['Terminating:Wait', 'Terminating:Wait'],
  ],
  [
    'N',
    'a kept machine cannot be protected',
    () => {
      const [fleet, id] = kept()
      return refusal(() =>
        ask(fleet, 'SetInstanceProtection', { InstanceIds: [id], ProtectedFromScaleIn: true }),
      )
    },
    expect.stringMatching(/^ValidationError: The instance .* is not in InService or EnteringStandby/),
  ],
  [
    'D',
    'with Terminate suspended nobody goes, but whom a person terminates; resumed, the others follow',
    () => {
      const [fleet, id] = guarded(3)
      ask(fleet, 'SuspendProcesses', { ScalingProcesses: ['Terminate'] })
      ask(fleet, 'SetDesiredCapacity', { DesiredCapacity: 1 })
      const suspended = inService(fleet)
      const person = fleet.terminate(id).state(id)
      ask(fleet, 'SetDesiredCapacity', { DesiredCapacity: 1 })
      ask(fleet, 'ResumeProcesses', { ScalingProcesses: ['Terminate'] })
      return [suspended, person, inService(fleet)]
    },
    [3, 'Terminating:Wait', 1],
  ],
  [
    'D',
    'with ReplaceUnhealthy suspended an unhealthy instance stays until it is resumed',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'SuspendProcesses')
      ask(fleet, 'SetInstanceHealth', { InstanceId: id, HealthStatus: 'Unhealthy' })
      const stays = fleet.pass(hour).state(id)
      ask(fleet, 'ResumeProcesses')
      return [stays, fleet.pass(2 * minute).state(id)]
    },
    ['InService', 'Terminating:Wait'],
  ],

  // — instance refresh
  [
    'D',
    'a refresh takes everybody through the hook, and ends when all are replaced',
    () => {
      const [fleet] = guarded()
      const old = fleet.ids()
      ask(fleet, 'StartInstanceRefresh')
      const first = old.map((id) => fleet.state(id))
      for (const id of old) {
        if (fleet.state(id) !== 'Terminating:Wait') continue
        fleet.complete(id).pass(minute)
      }
      const { InstanceRefreshes = [] } = ask(fleet, 'DescribeInstanceRefreshes')
      return [
        first.includes('Terminating:Wait'),
        fleet.did('destroy', old[0] ?? ''),
        InstanceRefreshes[0]?.Status,
      ]
    },
    [true, true, 'Successful'],
  ],
  [
    'D',
    'one refresh at a time',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'SetInstanceProtection', { InstanceIds: [id], ProtectedFromScaleIn: true })
      ask(fleet, 'StartInstanceRefresh')
      return refusal(() => ask(fleet, 'StartInstanceRefresh'))
    },
    expect.stringMatching(/^InstanceRefreshInProgress/),
  ],
  [
    'D',
    'a refresh waits for whoever is protected, unless it is told to ignore or to replace',
    () =>
      ['Wait', 'Ignore', 'Refresh'].map((ScaleInProtectedInstances) => {
        const [fleet, id] = guarded(1)
        ask(fleet, 'SetInstanceProtection', { InstanceIds: [id], ProtectedFromScaleIn: true })
        ask(fleet, 'StartInstanceRefresh', { Preferences: { ScaleInProtectedInstances } })
        fleet.pass(minute)
        return [ask(fleet, 'DescribeInstanceRefreshes').InstanceRefreshes?.[0]?.Status, fleet.state(id)]
      }),
    [
      ['InProgress', 'InService'],
      ['Successful', 'InService'],
      ['Successful', 'Terminating:Wait'],
    ],
  ],
  [
    'UNCONFIRMED',
    'a refresh that terminates standby instances takes them through the hook',
    () => {
      const [fleet, id] = guarded()
      ask(fleet, 'EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: false })
      ask(fleet, 'StartInstanceRefresh', { Preferences: { StandbyInstances: 'Terminate' } })
      return fleet.state(id)
    },
    'Terminating:Wait',
  ],
  [
    'D',
    'a refresh of root volumes runs the hook, and the machine stays',
    () => {
      const [fleet, id] = guarded(1)
      ask(fleet, 'StartInstanceRefresh', { Strategy: 'ReplaceRootVolume' })
      const waits = fleet.state(id)
      fleet.complete(id).pass(minute)
      return [waits, fleet.did('replace-root-volume', id), fleet.state(id)]
    },
    ['ReplacingRootVolume:Wait', true, 'InService'],
  ],

  // — launch hooks
  [
    'D',
    'a launch hook holds the instance before it serves, and CONTINUE lets it in',
    () => {
      const [fleet, id] = launching('ABANDON')
      const before = [fleet.state(id), fleet.did('register', id)]
      const [told] = fleet.notifications().filter(({ EC2InstanceId }) => EC2InstanceId === id)
      fleet.complete(id, 'CONTINUE', 'warm-up')
      return [before, told?.LifecycleTransition, told?.Destination, fleet.state(id)]
    },
    [['Pending:Wait', false], 'autoscaling:EC2_INSTANCE_LAUNCHING', 'AutoScalingGroup', 'InService'],
  ],
  [
    'D',
    'a launch that is abandoned, or times out so, is terminated and tried again',
    () => {
      const [fleet, id] = launching('ABANDON')
      fleet.pass(hour)
      return [fleet.did('destroy', id), fleet.ids().length, fleet.ids().includes(id)]
    },
    [true, 1, false],
  ],
  [
    'D',
    'a launch hook that is deleted says ABANDON for what waits at it',
    () => {
      const [fleet, id] = launching('CONTINUE')
      ask(fleet, 'DeleteLifecycleHook', { LifecycleHookName: 'warm-up' })
      return [fleet.pass(minute).did('destroy', id), fleet.ids().length]
    },
    [true, 1],
  ],
  [
    'UNCONFIRMED',
    'a launch that is abandoned passes the terminate hook',
    () => {
      const [fleet, id] = launching('ABANDON')
      fleet.hook()
      fleet.complete(id, 'ABANDON', 'warm-up')
      return fleet.state(id)
    },
    'Terminating:Wait',
  ],

  // — what a group is made of
  [
    'D',
    'an abandoned termination retains or terminates, and nothing else',
    () => {
      const [fleet] = guarded()
      const InstanceLifecyclePolicy = { RetentionTriggers: { TerminateHookAbandon: 'keep' } }
      return refusal(() => ask(fleet, 'UpdateAutoScalingGroup', { InstanceLifecyclePolicy }))
    },
    expect.stringMatching(/^ValidationError: .*'keep'.*\[retain, terminate\]/),
  ],
  [
    'R',
    'a group says what its instances are launched from',
    () => {
      const more = { AutoScalingGroupName: 'jobs', MinSize: 0, MaxSize: 1 }
      return refusal(() => ask(new Fleet(), 'CreateAutoScalingGroup', more))
    },
    expect.stringMatching(/^ValidationError: Valid requests must contain either LaunchTemplate/),
  ],
  [
    'D',
    'a tag propagates to instances that are launched with it, and to no others',
    () => {
      const [fleet, id] = guarded(1)
      const ResourceId = 'web'
      const Tags = [
        { ResourceId, Key: 'env', Value: 'prod', PropagateAtLaunch: true },
        { ResourceId, Key: 'team', Value: 'web', PropagateAtLaunch: false },
      ]
      ask(fleet, 'CreateOrUpdateTags', { Tags })
      ask(fleet, 'SetDesiredCapacity', { DesiredCapacity: 2 })
      const [young = ''] = fleet.ids().filter((one) => one !== id)
      return [tagsOf(fleet, id), tagsOf(fleet, young)]
    },
    [['aws:autoscaling:groupName'], ['aws:autoscaling:groupName', 'env']],
  ],
  [
    'R',
    'a group that is not there has one complaint, whatever its name',
    () => refusal(() => ask(new Fleet(), 'SetDesiredCapacity', { DesiredCapacity: 1 })),
    'ValidationError: AutoScalingGroup name not found - null',
  ],
]

it.each([...facts, ...ways])('%s: %s', (_certainty, _fact, replay, answer) => {
  expect(replay()).toEqual(answer)
})
