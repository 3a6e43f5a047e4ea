/** Finds, without any message, the instances that our hook may hold, those that are kept, and those that are not about to leave. */
import type { AwsApi } from '../aws/api.ts'
import { isKept } from '../model.ts'
import { waitsToLeave } from '../termination/hold.ts'
import { everyScalingInstance, type ScalingInstance } from '../termination/scaling-instances.ts'

/** Every instance of every group that waits at a terminate hook, or was retained, or stays: retained or not, it goes on. */
export async function waitingAndRetained(
  aws: AwsApi,
): Promise<{ waiting: ScalingInstance[]; retained: ScalingInstance[]; staying: ScalingInstance[] }> {
  const all = await everyScalingInstance(aws)
  return {
    waiting: all.filter(({ lifecycleState }) => waitsToLeave(lifecycleState)),
    retained: all.filter(({ lifecycleState }) => isKept(lifecycleState)),
    staying: all.filter(
      ({ lifecycleState }) => isKept(lifecycleState) || !/Terminating|Pending|Replacing/.test(lifecycleState),
    ),
  }
}
