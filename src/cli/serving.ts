/**
 * Which instances of a group serve. In service is not enough: Auto Scaling says so of an instance whose load balancer has not passed
 * a health check of it yet, and what is replaced then drops requests.
 */

import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { groupOf } from '../aws/group-of.ts'
import type { OperatorApi } from '../aws/operator-api.ts'
import { counted } from './counted.ts'
import { unlessInterrupted } from './interruption.ts'
import type { Surroundings } from './surroundings.ts'

const POLL_MS = 5000

export const interrupted = () => new Error('Interrupted: nothing was terminated.')

/** Auto Scaling, and the load balancers that its groups are behind. */
export type ServingApi = Pick<OperatorApi, 'describeAutoScalingGroups' | 'describeTargetHealth'>

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

/** The instances of a group besides the one that is to go, at this moment. */
export interface Others {
  readonly serving: number
  /** Of each other one, what it waits for. */
  readonly waiting: readonly string[]
}

/** Who serves besides the one that is to go: its own health is why it goes, perhaps. */
export async function othersOf(
  aws: ServingApi,
  { groupName, instanceId, traffic }: { groupName: string; instanceId: string; traffic: Traffic },
): Promise<Others> {
  const group = await groupOf(aws, groupName)
  const others = (group?.Instances ?? []).filter((one) => one.InstanceId !== instanceId)
  const waiting = new Map<string, string>()
  for (const { InstanceId = '', LifecycleState, HealthStatus } of others) {
    if (LifecycleState !== 'InService') waiting.set(InstanceId, LifecycleState ?? 'unknown')
    else if (HealthStatus !== 'Healthy') waiting.set(InstanceId, HealthStatus ?? 'unknown')
  }
  for (const TargetGroupArn of traffic.targetGroups) {
    const { TargetHealthDescriptions = [] } = await aws.describeTargetHealth({ TargetGroupArn })
    for (const { InstanceId = '' } of others) {
      if (waiting.has(InstanceId) || isServing(InstanceId, TargetHealthDescriptions)) continue
      const found = TargetHealthDescriptions.find(({ Target }) => Target?.Id === InstanceId)
      const state = found?.TargetHealth?.State ?? 'not registered'
      waiting.set(InstanceId, `${state} in ${TargetGroupArn.split('/').at(1)}`)
    }
  }
  return {
    serving: others.length - waiting.size,
    waiting: [...waiting].map(([instance, why]) => `${instance} ${why}`),
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

/** Throws when so many do not serve in time, or the wait is broken off. Each change is told once. */
export async function untilServing(
  look: () => Promise<Others>,
  count: number,
  waitMs: number,
  { clock, pause, terminal, interruption }: Surroundings,
): Promise<void> {
  const until = clock.now() + waitMs
  let told = ''
  for (;;) {
    const { serving, waiting } = await unlessInterrupted(look(), interruption, interrupted())
    if (serving >= count) return
    const state = `${serving} of ${counted(count, 'other instance')} ${count === 1 ? 'serves' : 'serve'}`
    const line = [state, ...waiting].join(', ')
    if (clock.now() >= until)
      throw new Error(`Nothing was terminated: after ${Math.round(waitMs / 60_000)} min ${line}.`)
    if (line !== told) terminal.complain(`waiting: ${line}`)
    told = line
    await pause(POLL_MS)
  }
}
