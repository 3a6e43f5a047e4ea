/**
 * What the model of Auto Scaling rests on, a line a fact, each replayed. The letter is its certainty: D an AWS document or API model, N
 * recorded on real AWS by others, R a public report, I inferred, UNCONFIRMED a guess. What is modelled by guess is listed by
 * `npm run jest -- recorded-facts -t 'UNCONFIRMED|I:' --verbose`.
 */
import { expect, it } from '@jest/globals'
import { Fleet, hour, minute, refusal, second } from '../simulator/fleet.ts'

type Certainty = 'D' | 'N' | 'R' | 'I' | 'UNCONFIRMED'
type Fact = readonly [Certainty, string, () => unknown, unknown]

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

it.each(facts)('%s: %s', (_certainty, _fact, replay, answer) => {
  expect(replay()).toEqual(answer)
})
