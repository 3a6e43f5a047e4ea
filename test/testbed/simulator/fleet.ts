import type { PutLifecycleHookCommandInput } from '@aws-sdk/client-auto-scaling'
import {
  type AutoScaling,
  createAutoScaling,
  type Effect,
  type Timings,
} from '../../../testbed/auto-scaling/auto-scaling.ts'
import type { AutoScalingOptions, IdKind } from '../../../testbed/auto-scaling/state.ts'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** Ids that count up, in the shapes AWS gives them; volumes are counted apart. */
export function countingIds(): (kind: IdKind) => string {
  const prefixes: Partial<Record<IdKind, string>> = { instance: 'i', volume: 'vol', snapshot: 'snap' }
  let count = 0
  let volumes = 0
  return (kind) => {
    const tail = String(kind === 'volume' ? ++volumes : ++count).padStart(12, '0')
    return kind in prefixes ? `${prefixes[kind]}-00000${tail}` : `00000000-0000-4000-8000-${tail}`
  }
}

/** A model with a clock of its own: machines start at once, effects are kept. */
export class Fleet {
  now = Date.UTC(2026, 0, 2, 3)
  readonly effects: Effect[] = []
  readonly model: AutoScaling

  constructor(
    timings: Partial<Timings> = {},
    unreachable: readonly string[] = [],
    more: Pick<AutoScalingOptions, 'forceDeleteRunsHooks'> = {},
  ) {
    this.model = createAutoScaling({
      region: 'eu-west-1',
      accountId: '000000000000',
      newId: countingIds(),
      timings: { shutdownMs: 30 * second, noticeMs: minute, unhealthyMs: minute, ...timings },
      canNotify: (arn) => !unreachable.includes(arn),
      ...more,
    })
  }

  /** A group in service. `retain` sets the instance lifecycle policy. */
  group(name = 'web', { size = 2, min = 0, max = 10, retain = false, loadBalanced = false } = {}): this {
    this.model.call(this.now, 'CreateAutoScalingGroup', {
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: min,
      MaxSize: max,
      DesiredCapacity: size,
      ...(loadBalanced ? { TargetGroupARNs: ['arn:aws:elasticloadbalancing:target'] } : {}),
      InstanceLifecyclePolicy: {
        RetentionTriggers: { TerminateHookAbandon: retain ? 'retain' : 'terminate' },
      },
    })
    this.pass(0)
    return this
  }

  hook(more: Partial<PutLifecycleHookCommandInput> = {}): this {
    this.model.call(this.now, 'PutLifecycleHook', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: 'flush',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      NotificationTargetARN: 'arn:aws:sqs:eu-west-1:000000000000:guard',
      RoleARN: 'arn:aws:iam::000000000000:role/notifier',
      HeartbeatTimeout: 300,
      ...more,
    })
    this.pass(0)
    return this
  }

  /** Time goes by. Every launch that it asks for succeeds at once. */
  pass(ms: number): this {
    this.now += ms
    for (let more = this.model.advance(this.now); more.length > 0; more = this.model.advance(this.now)) {
      this.effects.push(...more)
      for (const effect of more)
        if (effect.do === 'launch') this.model.machineStarted(this.now, effect.instanceId)
    }
    return this
  }

  terminate(instanceId: string, decrement = true): this {
    this.model.call(this.now, 'TerminateInstanceInAutoScalingGroup', {
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: decrement,
    })
    return this.pass(0)
  }

  complete(instanceId: string, result = 'CONTINUE', hook = 'flush'): this {
    this.model.call(this.now, 'CompleteLifecycleAction', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: hook,
      InstanceId: instanceId,
      LifecycleActionResult: result,
    })
    return this.pass(0)
  }

  heartbeat(instanceId: string): this {
    this.model.call(this.now, 'RecordLifecycleActionHeartbeat', {
      AutoScalingGroupName: 'web',
      LifecycleHookName: 'flush',
      InstanceId: instanceId,
    })
    return this.pass(0)
  }

  ids(): string[] {
    return this.members().map(({ InstanceId }) => InstanceId ?? '')
  }

  /** The instance's LifecycleState, or `undefined` when no group has it any more. Of the warm pool, too. */
  state(instanceId: string): string | undefined {
    const asked = { InstanceIds: [instanceId] }
    return this.model.call(this.now, 'DescribeAutoScalingInstances', asked).AutoScalingInstances?.[0]
      ?.LifecycleState
  }

  machine(instanceId: string): string | undefined {
    return this.model.instances().find(({ id }) => id === instanceId)?.machine
  }

  members() {
    return (
      this.model
        .call(this.now, 'DescribeAutoScalingGroups', {})
        .AutoScalingGroups?.flatMap((group) => group.Instances ?? []) ?? []
    )
  }

  /** The newest scaling activity. */
  activity() {
    return this.model.call(this.now, 'DescribeScalingActivities', { AutoScalingGroupName: 'web' })
      .Activities?.[0]
  }

  /** Bodies sent to hook targets. */
  notifications(): Record<string, string>[] {
    return this.effects.flatMap((effect) => (effect.do === 'notify' ? [JSON.parse(effect.body)] : []))
  }

  events(detailType: string) {
    return this.effects.flatMap((effect) =>
      effect.do === 'publish' && effect.event['detail-type'] === detailType ? [effect.event] : [],
    )
  }

  did(what: Effect['do'], instanceId: string): boolean {
    return this.effects.some(
      (effect) => effect.do === what && 'instanceId' in effect && effect.instanceId === instanceId,
    )
  }
}

/** The code and text of the error that `call` throws. */
export function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`
  }
  return 'no error'
}
