/** What Auto Scaling and EC2 tell others: notifications to hook targets, and events on EventBridge. */
import type { Activity } from '@aws-sdk/client-auto-scaling'
import type { Action, DepartureKind, Group, Hook, Instance, World } from './state.ts'

const routes: Record<DepartureKind, { Origin: string; Destination: string; Action?: string }> = {
  terminate: { Origin: 'AutoScalingGroup', Destination: 'EC2' },
  'return-to-warm-pool': { Origin: 'AutoScalingGroup', Destination: 'WarmPool' },
  'terminate-warmed': { Origin: 'WarmPool', Destination: 'EC2' },
  'replace-root-volume': {
    Origin: 'AutoScalingGroup',
    Destination: 'AutoScalingGroup',
    Action: 'ReplaceRootVolume',
  },
}

function arriving(instance: Instance): { Origin: string; Destination: string } {
  if (instance.lifecycleState.startsWith('Warmed:')) return { Origin: 'EC2', Destination: 'WarmPool' }
  return { Origin: instance.isPrepared ? 'WarmPool' : 'EC2', Destination: 'AutoScalingGroup' }
}

/** Says that an action began: to the hook's target, when it has one, and (always) on EventBridge. */
export function announceAction(
  world: World,
  now: number,
  {
    group,
    instance,
    hook,
    action,
    way,
  }: { group: Group; instance: Instance; hook: Hook; action: Action; way: 'launch' | 'terminate' },
): void {
  const facts = {
    LifecycleHookName: hook.name,
    LifecycleTransition: hook.transition,
    AutoScalingGroupName: group.name,
    EC2InstanceId: instance.id,
    LifecycleActionToken: action.token,
    ...(hook.metadata === undefined ? {} : { NotificationMetadata: hook.metadata }),
    ...(way === 'launch' ? arriving(instance) : routes[instance.departure?.kind ?? 'terminate']),
  }
  if (hook.targetArn !== undefined) {
    const body = JSON.stringify({ ...facts, ...sender(world, now) })
    world.effects.push({ do: 'notify', targetArn: hook.targetArn, body, token: action.token })
  }
  publish(world, now, 'aws.autoscaling', `EC2 Instance-${way} Lifecycle Action`, [group.arn], facts)
}

/** What a target receives when a hook is put: not an action, and never to be answered. */
export function announceTest(world: World, now: number, group: Group, targetArn: string): void {
  const body = JSON.stringify({
    ...sender(world, now),
    AutoScalingGroupARN: group.arn,
    AutoScalingGroupName: group.name,
    Event: 'autoscaling:TEST_NOTIFICATION',
  })
  world.effects.push({ do: 'notify', targetArn, body })
}

/** `EC2 Instance Launch Successful` and its three siblings. */
export function announceOutcome(
  world: World,
  now: number,
  what: 'Launch Successful' | 'Launch Unsuccessful' | 'Terminate Successful',
  { group, instance, activity }: { group: Group; instance: Instance; activity: Activity },
): void {
  const failed = what === 'Launch Unsuccessful'
  const route =
    what === 'Terminate Successful' ? routes[instance.departure?.kind ?? 'terminate'] : arriving(instance)
  publish(
    world,
    now,
    'aws.autoscaling',
    `EC2 Instance ${what}`,
    [group.arn, machineArn(world, instance.id)],
    {
      StatusCode: failed ? 'Failed' : 'InProgress',
      ...(failed ? {} : { Description: activity.Description }),
      AutoScalingGroupName: group.name,
      ActivityId: activity.ActivityId,
      Details: { 'Availability Zone': instance.availabilityZone },
      RequestId: activity.ActivityId,
      StatusMessage: activity.StatusMessage ?? '',
      EndTime: iso(now),
      EC2InstanceId: instance.id,
      StartTime: activity.StartTime?.toISOString(),
      Cause: activity.Cause,
      ...route,
    },
  )
}

/** EC2's own event, which names no group. */
export function announceMachineState(world: World, now: number, instance: Instance): void {
  publish(world, now, 'aws.ec2', 'EC2 Instance State-change Notification', [machineArn(world, instance.id)], {
    'instance-id': instance.id,
    state: instance.machine,
  })
}

function publish(
  world: World,
  now: number,
  source: string,
  detailType: string,
  resources: readonly string[],
  detail: Readonly<Record<string, unknown>>,
): void {
  const { region, accountId, newId } = world.options
  world.effects.push({
    do: 'publish',
    event: {
      version: '0',
      id: newId('event'),
      'detail-type': detailType,
      source,
      account: accountId,
      time: `${iso(now).slice(0, 19)}Z`,
      region,
      resources,
      detail,
    },
  })
}

function sender(world: World, now: number) {
  return {
    AccountId: world.options.accountId,
    RequestId: world.options.newId('request'),
    Service: 'AWS Auto Scaling',
    Time: iso(now),
  }
}

function machineArn({ options: { region, accountId } }: World, instanceId: string): string {
  return `arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`
}

/** One moment has many events, and writing a time down takes longer than anything else about them. */
let written = { time: 0, text: new Date(0).toISOString() }

function iso(time: number): string {
  if (written.time !== time) written = { time, text: new Date(time).toISOString() }
  return written.text
}
