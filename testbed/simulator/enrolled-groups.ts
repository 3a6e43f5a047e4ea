/** The deployment: groups, enrolled as `serverless deploy` leaves them. */
import { keptByBin } from '../../src/termination/disk-mark.ts'
import type { AutoScaling, InputOf } from '../auto-scaling/auto-scaling.ts'
import { type GroupSetting, HOOK, NOTIFIER_ROLE_ARN, OTHER_HOOK, QUEUE_ARN } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import type { Cause } from './tracked-action.ts'

interface GroupsRegion {
  readonly model: AutoScaling
  call(cause: Cause, name: 'PutLifecycleHook', input: InputOf<'PutLifecycleHook'>): unknown
}

/** Machines start at once: the day begins with a fleet that is up. */
export function createGroups(world: Surroundings, region: GroupsRegion): void {
  const { now } = world.time
  if (world.setting.policy.recovery.rungs.includes('bin'))
    region.model.call(now, 'CreateRule', {
      ResourceType: 'EBS_VOLUME',
      ResourceTags: keptByBin(HOOK),
      RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
    })
  for (const group of world.setting.groups) createGroup(world, region, group)
}

export function createGroup(world: Surroundings, region: GroupsRegion, group: GroupSetting): void {
  const { now } = world.time
  region.model.call(now, 'CreateAutoScalingGroup', {
    AutoScalingGroupName: group.name,
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 0,
    MaxSize: Math.max(100, group.size),
    DesiredCapacity: group.size,
    ...(group.loadBalanced ? { TargetGroupARNs: ['arn:aws:elasticloadbalancing:target'] } : {}),
    ...(group.environmentTag
      ? { Tags: [{ Key: 'elasticbeanstalk:environment-id', Value: group.environmentTag }] }
      : {}),
    InstanceLifecyclePolicy: {
      RetentionTriggers: { TerminateHookAbandon: group.retains ? 'retain' : 'terminate' },
    },
  })
  if (group.hasOtherHook) {
    region.model.call(now, 'PutLifecycleHook', {
      AutoScalingGroupName: group.name,
      LifecycleHookName: OTHER_HOOK,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      DefaultResult: 'CONTINUE',
      HeartbeatTimeout: 1800,
    })
  }
  putOurHook(world, region, group.name)
}

export function putOurHook(
  world: Surroundings,
  region: GroupsRegion,
  groupName: string,
  heartbeatSeconds = heartbeatOf(world),
): void {
  region.call({ by: 'operator' }, 'PutLifecycleHook', {
    AutoScalingGroupName: groupName,
    LifecycleHookName: HOOK,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    NotificationTargetARN: QUEUE_ARN,
    RoleARN: NOTIFIER_ROLE_ARN,
    HeartbeatTimeout: heartbeatSeconds,
    DefaultResult: 'ABANDON',
  })
}

function heartbeatOf({ chance, faults, setting }: Surroundings): number {
  return chance.of(faults['hook-has-a-heartbeat-of-its-own'])
    ? chance.pick([300, 600, 7200])
    : setting.policy.heartbeatTimeoutSeconds
}
