/** S3: no action expires while its message lives and AWS answers. */
import type { TrackedAction } from '../region.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function noHoldExpires(world: World): Checker {
  const heartbeatMs = world.setting.policy.heartbeatTimeoutSeconds * 1000
  return {
    actionEnded(action, cause) {
      if (cause.by !== 'time') return
      const { id } = action.instance
      const since = world.time.now - heartbeatMs
      const isExcused = world.weather.was('guard-is-down', since) || world.trouble.lastWith(id) >= since
      if (!isExcused && hasMessageSince(world, action, since)) {
        world.violation(
          'S3',
          `the hold of ${id} expired (${cause.was}) although its message lives and AWS answered`,
        )
      }
    },
  }
}

function hasMessageSince({ queue }: World, { token }: TrackedAction, since: number): boolean {
  return queue
    .all()
    .some(({ truth, sentAt }) => truth.is === 'notification' && truth.token === token && sentAt <= since)
}
