/** Lifecycle hooks: put, described, deleted. */
import type {
  DeleteLifecycleHookCommandInput,
  DescribeLifecycleHooksCommandInput,
  DescribeLifecycleHooksCommandOutput,
  DescribeLifecycleHookTypesCommandOutput,
  LifecycleHook,
  LifecycleHookSpecification,
  PutLifecycleHookCommandInput,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, validationError } from '../aws-error.ts'
import { actionsOf, finishAction } from './actions.ts'
import { announceTest } from './events.ts'
import { asResult, globalTimeout } from './hook-terms.ts'
import { groupNamed } from './membership.ts'
import { transitionOf } from './new-actions.ts'
import type { Group, Hook, World } from './state.ts'

const transitions = Object.values(transitionOf)
const maxHooks = 50
const maxMetadata = 4000

/** An existing name is overwritten, keeping what is not given; a target, when given, receives a test notification. */
export function putLifecycleHook(world: World, now: number, input: PutLifecycleHookCommandInput): object {
  putHook(world, now, groupNamed(world, input.AutoScalingGroupName), {
    ...input,
    LifecycleHookName: required(input.LifecycleHookName, 'LifecycleHookName'),
    LifecycleTransition: input.LifecycleTransition,
  })
  return {}
}

type HookInput = Omit<LifecycleHookSpecification, 'LifecycleTransition'> & {
  readonly LifecycleTransition: string | undefined
}

/** Shared with CreateAutoScalingGroup, which takes hooks as a list. */
export function putHook(world: World, now: number, group: Group, input: HookInput): void {
  const name = required(input.LifecycleHookName, 'LifecycleHookName')
  const before = group.hooks.get(name)
  if (before === undefined && group.hooks.size >= maxHooks)
    throw new AwsError('LimitExceeded', `You cannot have more than ${maxHooks} lifecycle hooks in a group.`)
  const target = input.NotificationTargetARN
  const hook: Hook = {
    name,
    transition: oneOf(transitions, input.LifecycleTransition ?? before?.transition, 'LifecycleTransition'),
    heartbeatTimeout: heartbeat(input.HeartbeatTimeout ?? before?.heartbeatTimeout ?? 3600),
    defaultResult: asResult(input.DefaultResult ?? before?.defaultResult ?? 'ABANDON', 'DefaultResult'),
    targetArn: target === '' ? undefined : (target ?? before?.targetArn),
    roleArn: input.RoleARN ?? before?.roleArn,
    metadata: input.NotificationMetadata ?? before?.metadata,
  }
  if ((hook.metadata?.length ?? 0) > maxMetadata)
    throw validationError(
      `Value at 'notificationMetadata' failed to satisfy constraint: Member must have length less than or equal to ${maxMetadata}`,
    )
  if (target) {
    // Nobody else may send to a queue or a topic for the group.
    if (hook.roleArn === undefined && /^arn:[^:]*:(sqs|sns):/.test(target))
      throw cannotPublish(target, undefined)
    if (world.options.canNotify?.(target) === false) throw cannotPublish(target, hook.roleArn)
    announceTest(world, now, group, target)
  }
  group.hooks.set(name, hook)
}

export function describeLifecycleHooks(
  world: World,
  _now: number,
  input: DescribeLifecycleHooksCommandInput,
): Omit<DescribeLifecycleHooksCommandOutput, '$metadata'> {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const wanted = input.LifecycleHookNames
  const hooks = [...group.hooks.values()].filter((hook) => !wanted?.length || wanted.includes(hook.name))
  return { LifecycleHooks: hooks.map((hook) => describe(group, hook)) }
}

export function describeLifecycleHookTypes(): Omit<DescribeLifecycleHookTypesCommandOutput, '$metadata'> {
  return { LifecycleHookTypes: [...transitions] }
}

/** Terminate actions that wait for the hook end as CONTINUE, so that the instances go; launch actions as ABANDON. */
export function deleteLifecycleHook(
  world: World,
  now: number,
  input: DeleteLifecycleHookCommandInput,
): object {
  const group = groupNamed(world, input.AutoScalingGroupName)
  const name = required(input.LifecycleHookName, 'LifecycleHookName')
  if (!group.hooks.delete(name)) throw validationError(`No Lifecycle Hook found with name ${name}`)
  for (const instance of [...group.instances]) {
    const result = instance.departure === undefined ? 'ABANDON' : 'CONTINUE'
    for (const action of actionsOf(instance))
      if (action.hookName === name) finishAction(world, now, instance, action, result, 'its hook was deleted')
  }
  return {}
}

function describe(group: Group, hook: Hook): LifecycleHook {
  return {
    LifecycleHookName: hook.name,
    AutoScalingGroupName: group.name,
    LifecycleTransition: hook.transition,
    NotificationTargetARN: hook.targetArn,
    RoleARN: hook.roleArn,
    NotificationMetadata: hook.metadata,
    HeartbeatTimeout: hook.heartbeatTimeout,
    GlobalTimeout: globalTimeout(hook),
    DefaultResult: hook.defaultResult,
  }
}

function required(name: string | undefined, field: string): string {
  if (name !== undefined && /^[A-Za-z0-9\-_/]{1,255}$/.test(name)) return name
  throw validationError(`Value '${name ?? ''}' at '${field}' must satisfy [A-Za-z0-9\\-_\\/]+`)
}

function oneOf(allowed: readonly string[], value: string | undefined, field: string): string {
  if (value !== undefined && allowed.includes(value)) return value
  throw validationError(`Value '${value ?? ''}' at '${field}' must be one of ${allowed.join(', ')}`)
}

function heartbeat(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 30 && seconds <= 7200) return seconds
  throw validationError('Heartbeat timeout must be between 30 and 7200 seconds.')
}

function cannotPublish(target: string, role: string | undefined): AwsError {
  return validationError(
    `Unable to publish test message to notification target ${target} using IAM role ${role ?? 'null'}. ` +
      'Please check your target and role configuration and try to put lifecycle hook again.',
  )
}
