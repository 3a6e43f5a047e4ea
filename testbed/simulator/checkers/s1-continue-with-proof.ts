/** S1: CONTINUE for a machine that still has its disk only when every line on it is in S3, by a flush that began after the action. */
import type { ActionName } from '../../../src/journal/journal.ts'
import type { Run } from '../run.ts'
import type { Cause, TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import { owedLines, salvagedAt } from './archive.ts'
import type { Checker } from './checker.ts'

export function continueWithProof(world: World): Checker {
  return {
    actionEnded(action, cause) {
      if (cause.by !== 'guard' || cause.result !== 'CONTINUE' || !isAlive(action)) return
      action.machine.write()
      const missing = owedLines(world, action, cause.run.startedAt)
      if (missing > 0 && !isBootHidden(world, action, cause.run))
        world.violation('S1', `${action.instance.id} may go, but ${missing} lines are not in S3`)
      const isSalvaged = salvagedAt(world, action) !== undefined
      for (const { name } of action.machine.writing)
        if (!isSalvaged && !action.disk.wasBootedSinceLook)
          world.violation('S6', `${action.instance.id} may go, and ${name} still has its logs open`)
      if (!isSalvaged && !wasFlushedSince(world, action) && !isPairedBefore(world, action)) {
        world.violation('S1', `${action.instance.id} may go without a flush that began after the action did`)
      }
    },
    told(event, run) {
      if (event.event !== 'action-ended') return
      if (event.outcome !== 'archived' && event.outcome !== 'empty') return
      const action = toldAction(world, event)
      const missing = action ? owedLines(world, action, run.startedAt) : 0
      if (action && missing > 0 && !isBootHidden(world, action, run))
        world.violation('S1', `${event.instanceId} is told ${event.outcome}; ${missing} lines are missing`)
    },
  }
}

/**
 * What an end speaks of: an instance, and its action of this token. With another instance's token, which a forged message brought, it is
 * said of what last held the instance.
 */
function toldAction({ region }: World, { token, instanceId }: ActionName): TrackedAction | undefined {
  if (token === undefined) return undefined
  const named = region.actions.get(token)
  if (named?.instance.id === instanceId) return named
  return [...region.actions.values()].findLast(({ instance }) => instance.id === instanceId)
}

/**
 * Somebody booted the machine while it was held, so that its writer wrote again, and SSM's listing hid the flush that saw it from this
 * very pass: a limit that docs/limits.md names.
 */
function isBootHidden({ ssm }: World, { instance, disk, startedAt }: TrackedAction, run: Run): boolean {
  return (
    disk.bootedAt > startedAt &&
    ssm.commandsOf(instance.id).some(({ id, requestedAt, isByHand }) => {
      return !isByHand && requestedAt > disk.bootedAt && !run.seen.has(id)
    })
  )
}

/** Whether the pass that ended the action could not know of that, or, where somebody else ended it, none before that end. */
export function endedBootHidden(world: World, action: TrackedAction): boolean {
  const { end, disk, instance, startedAt } = action
  if (!end) return false
  if (end.cause.by === 'guard') return isBootHidden(world, action, end.cause.run)
  return (
    disk.bootedAt > startedAt &&
    world.ssm.commandsOf(instance.id).some(({ requestedAt, visibleAt, isByHand }) => {
      return !isByHand && requestedAt > disk.bootedAt && visibleAt > end.at
    })
  )
}

function isAlive({ instance, disk }: TrackedAction): boolean {
  return !disk.isGone && (instance.machine === 'running' || instance.machine === 'stopped')
}

function wasFlushedSince({ ssm }: World, { instance, startedAt }: TrackedAction): boolean {
  return ssm.commandsOf(instance.id).some(({ status, requestedAt, parameters, isByHand }) => {
    return (
      !isByHand && status === 'Success' && requestedAt >= startedAt && parameters.purpose === 'termination'
    )
  })
}

/**
 * An earlier flush of the instance has another instance's token, by a forged message, and that token is active yet: a limit that
 * docs/limits.md names. Whatever is missing of its lines is a violation all the same.
 */
function isPairedBefore({ ssm, region }: World, { instance }: TrackedAction): boolean {
  return ssm.commandsOf(instance.id).some(({ comment, status }) => {
    const named = region.actions.get(comment.split(' ')[0] ?? '')
    return status === 'Success' && named !== undefined && named.instance.id !== instance.id
  })
}

/** Whether the guard itself let the instance go. */
export function isReleasedByGuard(cause: Cause): boolean {
  return cause.by === 'guard' && cause.result === 'CONTINUE'
}
