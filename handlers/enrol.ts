/** An instance came up: its group may be new, and one that should be guarded. */
import type { Context, EventBridgeEvent } from 'aws-lambda'
import { enrolAndTell } from '../src/enrolment/enrol.ts'
import { guardUntil, passTimes } from '../src/guard.ts'
import { theGuard } from './composition.ts'

type Launch = EventBridgeEvent<'EC2 Instance Launch Successful', { readonly AutoScalingGroupName?: string }>

export const handler = async ({ detail }: Launch, context: Context): Promise<void> => {
  if (!detail.AutoScalingGroupName) return
  const guard = theGuard()
  const { endsAt } = passTimes(guard.clock.now(), context.getRemainingTimeInMillis())
  await enrolAndTell(guardUntil(guard, endsAt), { trigger: 'launch', groupName: detail.AutoScalingGroupName })
}
