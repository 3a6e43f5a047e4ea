/** Elastic Load Balancing as far as a command asks it: the health of the targets that Auto Scaling has registered. */
import type {
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  TargetDescription,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AutoScaling, Effect } from '../../auto-scaling/auto-scaling.ts'
import { AwsError } from '../../aws-error.ts'
import type { Operation } from '../wire/operation.ts'

/** What a load balancer says of an instance that is registered with it. */
export type TargetHealthOf = (instanceId: string) => TargetHealth

export interface TargetGroups {
  readonly operations: Readonly<Record<string, Operation>>
  /** Follows what Auto Scaling registers. A target that drains is gone at once. */
  follow(effect: Effect): void
}

const notRegistered: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
}

/** A target group exists where a group of Auto Scaling is attached to it. */
export function createTargetGroups(
  model: () => AutoScaling,
  now: () => number,
  healthOf: TargetHealthOf,
): TargetGroups {
  const registered = new Map<string, string>()
  const attachedTo = (arn: string) => {
    const { AutoScalingGroups = [] } = model().call(now(), 'DescribeAutoScalingGroups', {})
    return AutoScalingGroups.filter(({ TargetGroupARNs, TrafficSources }) =>
      [...(TargetGroupARNs ?? []), ...(TrafficSources ?? []).map((one) => one.Identifier)].includes(arn),
    ).map(({ AutoScalingGroupName }) => AutoScalingGroupName)
  }
  const DescribeTargetHealth = ({
    TargetGroupArn = '',
    Targets,
  }: DescribeTargetHealthCommandInput): Omit<DescribeTargetHealthCommandOutput, '$metadata'> => {
    const groups = attachedTo(TargetGroupArn)
    if (groups.length === 0)
      throw new AwsError('TargetGroupNotFound', `Target groups '${TargetGroupArn}' not found`)
    const ids = [...registered].filter(([, groupName]) => groups.includes(groupName)).map(([id]) => id)
    const asked: readonly Partial<TargetDescription>[] = Targets ?? ids.map((Id) => ({ Id }))
    return {
      TargetHealthDescriptions: asked.map(({ Id = '', Port = 80 }) => ({
        Target: { Id, Port },
        TargetHealth: ids.includes(Id) ? healthOf(Id) : notRegistered,
      })),
    }
  }
  return {
    operations: { DescribeTargetHealth },
    follow: (effect) => {
      if (effect.do === 'register') registered.set(effect.instanceId, effect.groupName)
      if (effect.do === 'deregister') registered.delete(effect.instanceId)
    },
  }
}
