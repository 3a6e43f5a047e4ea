/** What the queue brings of the one instance: its hook's notification, and the event of a flush that ended. */
import { TOKEN } from '../one-instance.ts'
import { action, policy, START } from './observations.ts'

export const notification = {
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  LifecycleHookName: action.hookName,
  AutoScalingGroupName: action.groupName,
  EC2InstanceId: action.instanceId,
  LifecycleActionToken: TOKEN,
  Time: new Date(START).toISOString(),
}

export const statusOf = (commandId: string) => ({
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  detail: { 'command-id': commandId, 'document-name': policy.documentName, 'instance-id': action.instanceId },
})
