/** Other teams' hooks on our groups, and another deployment's guard: each lets instances go when it thinks fit. */
import type { InputOf } from '../auto-scaling/auto-scaling.ts'
import { attempt } from './occasions.ts'
import { HOOK, minute, OTHER_HOOK } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import type { Cause } from './tracked-action.ts'

type Completion = InputOf<'CompleteLifecycleAction'>

/** Whoever can be asked to complete an action. */
export interface Completing {
  call(cause: Cause, name: 'CompleteLifecycleAction', input: Completion): unknown
}

/** Somebody else's hook is answered by somebody else. */
export function completeOtherHook(
  world: Surroundings,
  region: Completing,
  groupName: string,
  instanceId: string,
): void {
  const { time, chance } = world
  time.after(chance.between(0, 20) * minute, () =>
    complete(world, region, {
      AutoScalingGroupName: groupName,
      LifecycleHookName: OTHER_HOOK,
      InstanceId: instanceId,
      LifecycleActionResult: chance.of(0.9) ? 'CONTINUE' : 'ABANDON',
    }),
  )
}

/** What our hook's notification says when another deployment's queue gets it. */
export function completeByAnotherGuard(world: Surroundings, region: Completing, body: string): void {
  const { time, chance } = world
  const { AutoScalingGroupName, LifecycleActionToken } = JSON.parse(body)
  if (!LifecycleActionToken) return
  time.after(chance.between(1, 20) * minute, () =>
    complete(world, region, {
      ...{ AutoScalingGroupName, LifecycleActionToken, LifecycleHookName: HOOK },
      LifecycleActionResult: 'CONTINUE',
    }),
  )
}

function complete(world: Surroundings, region: Completing, completion: Completion): void {
  attempt(world, () => region.call({ by: 'other hook' }, 'CompleteLifecycleAction', completion))
}
