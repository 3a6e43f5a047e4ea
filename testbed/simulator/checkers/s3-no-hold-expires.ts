/** S3: no action expires while its message lives and AWS answers; where its message is lost, the sweep adopts it in time. */
import { LONGEST_PASS_SECONDS } from '../../../src/guard.ts'
import type { TrackedAction } from '../tracked-action.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { isSweepHindered, isSweptInTime } from './s5-ends-are-told.ts'

export function noHoldExpires(world: World): Checker {
  return {
    actionEnded(action, cause) {
      if (cause.by !== 'time') return
      const { id } = action.instance
      const { policy } = world.setting
      const since = world.time.now - action.heartbeatMs
      // A person's hook may be shorter than the looks that fit the hook of the policy: then one call that fails is too many.
      const longestMs = 1000 * Math.max(policy.queueVisibilitySeconds, policy.lookAgainSeconds)
      const lastTrouble = Math.max(world.trouble.lastWith(id), world.trouble.lastWithLook(id))
      const isLate = action.heartbeatMs < 2 * longestMs && lastTrouble >= since - longestMs
      const isExcused =
        isLate ||
        // That the guard finds with its next look only, and not by when it ends what it holds (docs/limits.md).
        action.isTimeOutChanged ||
        wasNobodyFree(world, action) ||
        world.weather.was('guard-is-down', since) ||
        world.trouble.lastWith(id) >= since
      const isAdoptable =
        action.isNotificationLost &&
        isSweptInTime(world, action) &&
        !isSweepHindered(world) &&
        // What waits while the hook notifies another queue is not adopted.
        world.mix['operator-points-the-hook-elsewhere'] === 0
      if (!isExcused && (isAdoptable || hasMessageSince(world, action, since))) {
        world.violation(
          'S3',
          `the hold of ${id} expired (${cause.was}) although ${isAdoptable ? 'every sweep could see it' : 'its message lives'} and AWS answered`,
        )
      }
    },
  }
}

/**
 * Its message lay there to be taken for as long as a pass may take, and whoever could have taken it waited for an answer about another
 * instance (docs/limits.md).
 */
function wasNobodyFree({ queue, trouble, time }: World, { token }: TrackedAction): boolean {
  return queue.all().some(({ truth, visibleAt }) => {
    const isIts = truth.is === 'notification' && truth.token === token
    const waitedMs = time.now - visibleAt
    return isIts && waitedMs >= 1000 * LONGEST_PASS_SECONDS && trouble.lastWithoutAnswer >= visibleAt
  })
}

function hasMessageSince({ queue }: World, { token }: TrackedAction, since: number): boolean {
  return queue
    .all()
    .some(({ truth, sentAt }) => truth.is === 'notification' && truth.token === token && sentAt <= since)
}
