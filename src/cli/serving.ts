/**
 * Which instances of a group serve. In service is not enough: Auto Scaling says so of an instance whose load balancer has not passed
 * a health check of it yet, and what is replaced then drops requests.
 */

import { setTimeout as pause } from 'node:timers/promises'
import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'

/** Auto Scaling, and the load balancers that its groups are behind. */
export interface Clients {
  readonly autoScaling: AutoScalingClient
  readonly loadBalancing: ElasticLoadBalancingV2Client
}

/** Where a group's requests come from. */
export interface Traffic {
  /** ARNs of Elastic Load Balancing's target groups. */
  readonly targetGroups: readonly string[]
  /** Classic load balancers and VPC Lattice: nobody asks them here. */
  readonly unasked: readonly string[]
}

export function trafficOf(group: AutoScalingGroup | undefined): Traffic {
  const { TargetGroupARNs = [], LoadBalancerNames = [], TrafficSources = [] } = group ?? {}
  const sources = TrafficSources.map(({ Identifier = '' }) => Identifier)
  const all = [...new Set([...TargetGroupARNs, ...LoadBalancerNames, ...sources])]
  const isTargetGroup = (source: string) => /^arn:[^:]+:elasticloadbalancing:.*:targetgroup\//.test(source)
  return {
    targetGroups: all.filter(isTargetGroup),
    unasked: all.filter((source) => !isTargetGroup(source)),
  }
}

/** Answers how many serve at this moment. */
export type Look = (signal: AbortSignal) => Promise<number>

/** How many instances serve besides the one that is to go: its own health is why it goes, perhaps. */
export function servesWithout(
  clients: Clients,
  { groupName, instanceId, traffic }: { groupName: string; instanceId: string; traffic: Traffic },
): Look {
  return async (signal) => {
    const group = await groupOf(clients.autoScaling, groupName, signal)
    const inService = (group?.Instances ?? []).filter(
      (one) =>
        one.InstanceId !== instanceId && one.LifecycleState === 'InService' && one.HealthStatus === 'Healthy',
    )
    let serving = inService.map(({ InstanceId = '' }) => InstanceId)
    for (const TargetGroupArn of traffic.targetGroups) {
      const { TargetHealthDescriptions = [] } = await clients.loadBalancing.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
        { abortSignal: signal },
      )
      serving = serving.filter((id) => isServing(id, TargetHealthDescriptions))
    }
    return serving.length
  }
}

/**
 * Whether a target group sends an instance requests, on each port that it has of it. One of which all targets are `unused` has no
 * load balancer, and says nothing of anybody; `unavailable` is said where health checks are off.
 */
export function isServing(instanceId: string, targets: readonly TargetHealthDescription[]): boolean {
  if (targets.length > 0 && targets.every(({ TargetHealth }) => TargetHealth?.State === 'unused')) return true
  const own = targets.filter(({ Target }) => Target?.Id === instanceId)
  return (
    own.length > 0 &&
    own.every(({ TargetHealth }) => ['healthy', 'unavailable'].includes(TargetHealth?.State ?? ''))
  )
}

export async function groupOf(client: AutoScalingClient, groupName: string, abortSignal?: AbortSignal) {
  const { AutoScalingGroups } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
    { ...(abortSignal ? { abortSignal } : {}) },
  )
  return AutoScalingGroups?.[0]
}

/** How long the second instance may take, and who may break off the wait for it. */
export interface Patience {
  readonly waitMs: number
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** Throws when so many do not serve in time, or the wait is broken off. */
export async function untilServing(
  look: Look,
  count: number,
  { waitMs, pollMs, signal }: Patience,
): Promise<void> {
  const until = Date.now() + waitMs
  for (;;) {
    const serving = await lookUnlessInterrupted(look, signal)
    if (serving >= count) return
    if (Date.now() >= until)
      throw new Error(
        `Nothing was terminated: after ${Math.round(waitMs / 60_000)} min ${serving} of ${count} other instances serve.`,
      )
    await pause(pollMs, undefined, { signal }).catch(() => undefined) // seen above
  }
}

/** A call that hangs is broken off too. */
export async function lookUnlessInterrupted(look: Look, signal: AbortSignal): Promise<number> {
  try {
    signal.throwIfAborted()
    return await look(signal)
  } catch (cause) {
    throw signal.aborted ? new Error('Interrupted: nothing was terminated.', { cause }) : cause
  }
}
