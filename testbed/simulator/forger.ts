/** Messages that are not true: somebody else's, a stranger's, yesterday's, or nonsense. */

import type { Queue } from './queue.ts'
import type { Region } from './region.ts'
import { HOOK, hour, OTHER_HOOK } from './setting.ts'
import type { Surroundings } from './surroundings.ts'

interface ForgerSurroundings extends Surroundings {
  readonly isHealed: boolean
  readonly queue: Queue
  readonly region: Region
}

export function startForger(world: ForgerSurroundings): void {
  startForging(world, world.faults['message-is-forged'], forgery)
  startForging(world, world.faults['message-has-a-real-token'], withRealToken)
}

interface Forgery {
  readonly body: string
  readonly what: string
}

function startForging(
  world: ForgerSurroundings,
  perHour: number,
  forgeOne: (world: ForgerSurroundings) => Forgery | undefined,
): void {
  const { chance, time } = world
  if (perHour === 0) return
  const forge = () => {
    if (world.isHealed) return
    const forged = forgeOne(world)
    if (forged) world.queue.send(forged.body, { is: 'no action', what: forged.what })
    time.after((hour / perHour) * chance.between(0.2, 2), forge)
  }
  time.after((hour / perHour) * chance.next(), forge)
}

/** One instance of a group with the token of another's action, or of an action that is long over. */
function withRealToken(world: ForgerSurroundings): Forgery | undefined {
  const { chance, region, time } = world
  const actions = [...region.actions.values()]
  if (actions.length === 0) return undefined
  const { token, groupName, instance } = chance.pick(actions)
  const others = region.model
    .instances()
    .filter((one) => one.groupName === groupName && one.id !== instance.id)
  if (others.length === 0) return undefined
  const { id } = chance.pick(others)
  const body = JSON.stringify({
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    AutoScalingGroupName: groupName,
    LifecycleHookName: HOOK,
    EC2InstanceId: id,
    LifecycleActionToken: token,
    Time: new Date(time.now).toISOString(),
  })
  return { body, what: `${id} with the token of an action of ${instance.id}` }
}

function forgery(world: ForgerSurroundings): Forgery | undefined {
  const { chance, region, setting, time } = world
  const instances = region.model.instances()
  if (instances.length === 0) return undefined
  const instance = chance.pick(instances)
  const notification = {
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    AutoScalingGroupName: instance.groupName,
    LifecycleHookName: HOOK,
    EC2InstanceId: instance.id,
    LifecycleActionToken: `ffffffff-0000-4000-8000-${chance.hex(12)}`,
    Time: new Date(time.now - chance.pick([0, hour, 50 * hour])).toISOString(),
  }
  const say = (what: string, body: unknown) => ({
    what,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  switch (chance.whole(0, 10)) {
    case 0:
      return say('a forged notification', notification)
    case 1:
      return say('a notification of another hook', { ...notification, LifecycleHookName: OTHER_HOOK })
    case 2:
      return say('a notification of another group', {
        ...notification,
        AutoScalingGroupName: 'somebody-elses',
      })
    case 3:
      return say('a notification of no instance', { ...notification, EC2InstanceId: 'i-0badbadbadbadbad0' })
    case 4:
      return say('a launching instance', {
        ...notification,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      })
    case 5:
      return say('a notification without a token', { ...notification, LifecycleActionToken: undefined })
    case 6:
      return say(
        'junk',
        chance.pick(['', 'null', '[]', '"text"', '{"a":', '{}', '{"Event":"x"}', ' '.repeat(70_000)]),
      )
    case 7:
      return say('a test notification', { Event: 'autoscaling:TEST_NOTIFICATION', AutoScalingGroupName: 'g' })
    case 8:
      return say('a command of another document', status(instance.id, 'AWS-RunPatchBaseline'))
    case 9:
      return say('a command that never was', status(instance.id, setting.policy.documentName))
    default:
      return say('a forged notification in an envelope', {
        Type: 'Notification',
        Message: JSON.stringify(notification),
      })
  }
}

function status(instanceId: string, documentName: string): object {
  return {
    'detail-type': 'EC2 Command Invocation Status-change Notification',
    detail: {
      'command-id': 'c-unknown',
      'instance-id': instanceId,
      'document-name': documentName,
      status: 'Success',
    },
  }
}
