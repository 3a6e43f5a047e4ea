/** Where the guard enrols, a group that has our hook has our mark again, whoever took it away: `remove` finds groups by it. */
import { markKey } from '../../../src/enrolment/mark.ts'
import { HOOK, QUEUE_ARN } from '../setting.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function enrolmentLasts(world: World): Checker {
  return {
    atRest() {
      if (!world.setting.policy.enrolment) return
      const { AutoScalingGroups: groups = [] } = world.region.model.call(
        world.time.now,
        'DescribeAutoScalingGroups',
        {},
      )
      for (const { AutoScalingGroupName: name = '', Tags: tags = [] } of groups) {
        const isOurs = world.region.hookOf(name)?.NotificationTargetARN === QUEUE_ARN
        if (isOurs && !tags.some(({ Key }) => Key === markKey(HOOK)))
          world.violation('enrolment', `${name} has our hook and no mark`)
      }
    },
  }
}
