/** S2: a message goes away only when its action is over, or it is no action at all and that was counted. */
import type { Run } from '../run.ts'
import { QUEUE_ARN } from '../setting.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function messagesAreKept(world: World): Checker {
  const counted = new Set<string>()
  const copied = new Set<string>()
  const refused = new Map<string, Run>()
  const askedOfAnothers = new Set<string>()
  const endedInstances = new Set<string>()
  return {
    told(event, run) {
      if (event.event === 'message-ignored') counted.add(event.messageId)
      if (event.event === 'message-refused') refused.set(event.messageId, run)
      if (event.event === 'action-ended') endedInstances.add(event.instanceId)
    },
    called(run, operation, input: Input, tookEffect) {
      const { MessageBody = '', AutoScalingGroupName = '' } = input
      if (operation === 'sendMessage' && tookEffect) copied.add(MessageBody)
      if (operation === 'describeLifecycleHooks' && isAnothersNow(world, AutoScalingGroupName))
        askedOfAnothers.add(`${run.number} ${AutoScalingGroupName}`)
    },
    messageDeleted({ id, body, truth }) {
      if (refused.has(id) && !copied.has(body)) {
        world.violation('S2', `${id} was refused, and there is no copy of it`)
      }
      switch (truth.is) {
        case 'notification': {
          const action = world.region.actions.get(truth.token)
          // An event does not say whose hook it is of, and that was another deployment's when it was asked for: it is refused by name.
          const wasAnothers = askedOfAnothers.has(`${refused.get(id)?.number} ${action?.groupName}`)
          if (truth.isByEvent && wasAnothers) return
          if (action && !action.end)
            world.violation('S2', `the message of ${truth.instanceId} is gone, and it still waits`)
          return
        }
        case 'status':
          return
        case 'no action':
          if (
            !counted.has(id) &&
            !refused.has(id) &&
            ![...endedInstances].some((instanceId) => body.includes(instanceId))
          ) {
            world.violation('S2', `${truth.what} (${id}) is gone and nobody counted it`)
          }
      }
    },
    redriven({ truth }) {
      const action = truth.is === 'notification' ? world.region.actions.get(truth.token) : undefined
      if (action && !action.end)
        world.violation('S2', `the message of ${action.instance.id} used up its receives`)
    },
  }
}

interface Input {
  readonly MessageBody?: string
  readonly AutoScalingGroupName?: string
}

function isAnothersNow({ region }: World, groupName: string): boolean {
  const target = region.hookOf(groupName)?.NotificationTargetARN
  return target !== undefined && target !== QUEUE_ARN
}
