/** S2: a message goes away only when its action is over, or it is no action at all and that was counted. */
import { QUEUE_ARN } from '../setting.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function messagesAreKept(world: World): Checker {
  const counted = new Set<string>()
  const copied = new Set<string>()
  const refused = new Set<string>()
  const endedInstances = new Set<string>()
  return {
    told(event) {
      if (event.event === 'message-ignored') counted.add(event.messageId)
      if (event.event === 'message-refused') refused.add(event.messageId)
      if (event.event === 'action-ended') endedInstances.add(event.instanceId)
    },
    called(_run, operation, input: { readonly MessageBody?: string }, tookEffect) {
      if (operation === 'sendMessage' && tookEffect) copied.add(input.MessageBody ?? '')
    },
    messageDeleted({ id, body, truth }) {
      if (refused.has(id) && !copied.has(body)) {
        world.violation('S2', `${id} was refused, and there is no copy of it`)
      }
      switch (truth.is) {
        case 'notification': {
          const action = world.region.actions.get(truth.token)
          // An event does not say whose hook it is of, and now that is another deployment's: it is refused by name.
          if (truth.isByEvent && refused.has(id) && isAnothersNow(world, action?.groupName)) return
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

function isAnothersNow({ region }: World, groupName: string | undefined): boolean {
  const target = region.hookOf(groupName ?? '')?.NotificationTargetARN
  return target !== undefined && target !== QUEUE_ARN
}
