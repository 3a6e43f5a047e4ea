/**
 * `replace <instance>`: replaces an instance, the only one of its group too, without loss and without downtime: a second one is
 * brought into service first, and only then the old one is terminated through Auto Scaling, hook and all.
 */

import { setTimeout as pause } from 'node:timers/promises'
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { Command } from 'commander'
import { instanceId } from './instance-id.ts'

/** A replacement as data: known before anything is done, so that a dry run costs nothing. */
export interface Replacement {
  readonly groupName: string
  readonly instanceId: string
  readonly desired: number
  /** The group's maximum must make room for the second instance, for as long as there are two. */
  readonly raisesMaximumFrom: number | undefined
}

export interface GroupFacts {
  readonly groupName: string
  readonly desired: number
  readonly maximum: number
  readonly lifecycleState: string
}

/** Throws an Error that says why there is nothing to replace. */
export function planReplacement(instanceId: string, group: GroupFacts | undefined): Replacement {
  if (!group) throw new Error(`${instanceId} is in no Auto Scaling group, so none can replace it.`)
  const { groupName, desired, maximum, lifecycleState } = group
  if (lifecycleState !== 'InService') {
    throw new Error(
      `${instanceId} is ${lifecycleState}, not InService: it is being replaced already, or not serving.`,
    )
  }
  return { groupName, instanceId, desired, raisesMaximumFrom: desired >= maximum ? maximum : undefined }
}

export function replacementLines({
  groupName,
  instanceId,
  desired,
  raisesMaximumFrom,
}: Replacement): string[] {
  const raise =
    raisesMaximumFrom === undefined
      ? []
      : [`raise the maximum of ${groupName} from ${raisesMaximumFrom} to ${desired + 1}`]
  const lower = raisesMaximumFrom === undefined ? [] : [`set the maximum back to ${raisesMaximumFrom}`]
  return [
    ...raise,
    `raise the desired capacity of ${groupName} from ${desired} to ${desired + 1}`,
    `wait until ${desired + 1} instances are in service`,
    `terminate ${instanceId} through Auto Scaling, back to ${desired}; the guard holds it until its logs are in S3`,
    ...lower,
  ]
}

const POLL_MS = 5000

export function replaceCommand(): Command {
  return new Command('replace')
    .description('replace an instance without loss and without downtime')
    .argument('<instance>', 'the instance id', instanceId)
    .option('--dry-run', 'only say what would be done', false)
    .action(async (instance: string, { dryRun }: { dryRun: boolean }) => {
      const client = new AutoScalingClient({})
      const plan = planReplacement(instance, await factsOf(client, instance))
      for (const line of replacementLines(plan)) console.log(`${dryRun ? 'would ' : ''}${line}`)
      if (!dryRun) await replace(client, plan)
    })
}

async function factsOf(client: AutoScalingClient, instanceId: string): Promise<GroupFacts | undefined> {
  const { AutoScalingInstances } = await client.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
  )
  const instance = AutoScalingInstances?.[0]
  if (!instance?.AutoScalingGroupName) return undefined
  const group = await groupOf(client, instance.AutoScalingGroupName)
  return {
    groupName: instance.AutoScalingGroupName,
    desired: group?.DesiredCapacity ?? 0,
    maximum: group?.MaxSize ?? 0,
    lifecycleState: instance.LifecycleState ?? 'unknown',
  }
}

async function groupOf(client: AutoScalingClient, groupName: string) {
  const { AutoScalingGroups } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  )
  return AutoScalingGroups?.[0]
}

async function replace(client: AutoScalingClient, plan: Replacement): Promise<void> {
  const { groupName, desired, raisesMaximumFrom } = plan
  const group = { AutoScalingGroupName: groupName }
  if (raisesMaximumFrom !== undefined)
    await client.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: desired + 1 }))
  await client.send(
    new SetDesiredCapacityCommand({ ...group, DesiredCapacity: desired + 1, HonorCooldown: false }),
  )
  await inService(client, groupName, desired + 1)
  await client.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: plan.instanceId,
      ShouldDecrementDesiredCapacity: true,
    }),
  )
  if (raisesMaximumFrom !== undefined)
    await client.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: raisesMaximumFrom }))
  console.log(
    `${plan.instanceId} is on its way out. What becomes of it:  npm run guard -- explain ${plan.instanceId}`,
  )
}

async function inService(client: AutoScalingClient, groupName: string, count: number): Promise<void> {
  for (;;) {
    const instances = (await groupOf(client, groupName))?.Instances ?? []
    const serving = instances.filter(
      ({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus === 'Healthy',
    )
    if (serving.length >= count) return
    await pause(POLL_MS)
  }
}
