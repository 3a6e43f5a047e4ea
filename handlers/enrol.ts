/** An instance came up: its group may be new, and one that should be guarded. */
import type { EventBridgeEvent } from 'aws-lambda'
import { enrolAndTell } from '../src/enrolment/enrol.ts'
import { theGuard } from './composition.ts'

type Launch = EventBridgeEvent<'EC2 Instance Launch Successful', { readonly AutoScalingGroupName?: string }>

export const handler = async ({ detail }: Launch): Promise<void> => {
  if (detail.AutoScalingGroupName)
    await enrolAndTell(theGuard(), { trigger: 'launch', groupName: detail.AutoScalingGroupName })
}
