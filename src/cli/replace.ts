/**
 * `replace <instance>`: replaces an instance, the only one of its group too, without loss and without downtime: a second one is
 * brought into service first, and only then the old one is terminated through Auto Scaling, hook and all.
 */

import {
  AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  SetDesiredCapacityCommand,
  type TagDescription,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { Command } from 'commander'
import { hasHook } from '../termination/hook.ts'
import type { Deployment } from './deployment.ts'
import { follow } from './following.ts'
import { instanceId } from './instance-id.ts'
import { minutes } from './minutes.ts'
import {
  type Changes,
  type GroupFacts,
  planReplacement,
  REPLACING,
  type Replacement,
  type Replacing,
  readReplacing,
  replacementLines,
  undoLines,
  writeReplacing,
} from './replacement.ts'
import {
  type Clients,
  groupOf,
  lookUnlessInterrupted,
  type Patience,
  servesWithout,
  trafficOf,
  untilServing,
} from './serving.ts'
import { NotSo, type Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

const POLL_MS = 5000

interface ReplaceOptions extends Where {
  readonly unguarded: boolean
  readonly wait: number
  readonly dryRun: boolean
}

export function replaceCommand(surroundings: Surroundings): Command {
  const { terminal, interruption } = surroundings
  return withWhere(new Command('replace'))
    .description('replace an instance without loss and without downtime')
    .argument('<instance>', 'the instance id', instanceId)
    .option('--unguarded', 'replace it even if nothing holds it until its logs are in S3', false)
    .option('--wait <minutes>', 'how long the second instance may take', minutes, 30)
    .option('--dry-run', 'only say what would be done', false)
    .action(async (instance: string, options: ReplaceOptions) => {
      const deployment = await surroundings.reach(options)
      const { aws, policy } = deployment
      const clients = {
        autoScaling: new AutoScalingClient({}),
        loadBalancing: new ElasticLoadBalancingV2Client({}),
      }
      const facts = await factsOf(clients.autoScaling, instance, (groupName) =>
        hasHook(aws, groupName, policy),
      )
      const plan = planReplacement(instance, facts, { ...options, hook: policy.hookName })
      for (const line of replacementLines(plan)) terminal.print(`${options.dryRun ? 'would ' : ''}${line}`)
      if (options.dryRun) return
      await replace(clients, plan, { waitMs: options.wait * 60_000, pollMs: POLL_MS, signal: interruption })
      if (!plan.guarded) return
      await tellEnd(deployment, surroundings, instance, options.wait * 60_000)
    })
}

/** Follows the instance to its end; what was proven is in the journal and in its receipt. */
async function tellEnd(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  waitMs: number,
): Promise<void> {
  const { terminal, typed } = surroundings
  const ended = await follow(deployment, surroundings, instance, waitMs)
  switch (ended) {
    case 'left':
      terminal.print(`${instance} is let go. What was proven:  ${typed(`receipt ${instance}`)}`)
      return
    case 'kept':
      terminal.print(`${instance} is kept: its logs are not proven.  ${typed(`explain ${instance}`)}`)
      throw new NotSo()
    case 'in service':
    case 'interrupted':
    case 'timed out':
      terminal.print(
        `${instance} is on its way out (${ended}); the guard goes on with it.  ${typed(`explain ${instance}`)}`,
      )
  }
}

/** Whether the guard's hook would hold an instance of the group: the same question as everywhere. */
export type IsGuarded = (groupName: string) => Promise<boolean>

/** The group of an instance as it is now; `undefined` when it is in none. */
export async function factsOf(
  client: AutoScalingClient,
  instanceId: string,
  isGuarded: IsGuarded,
): Promise<GroupFacts | undefined> {
  const { AutoScalingInstances } = await client.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
  )
  const instance = AutoScalingInstances?.[0]
  const groupName = instance?.AutoScalingGroupName ?? (await groupReplacing(client, instanceId))
  if (groupName === undefined) return undefined
  const group = await groupOf(client, groupName)
  return {
    groupName,
    desired: group?.DesiredCapacity ?? 0,
    maximum: group?.MaxSize ?? 0,
    lifecycleState: instance?.LifecycleState ?? 'gone',
    guarded: await isGuarded(groupName),
    replacing: replacingOf(group?.Tags),
    traffic: trafficOf(group),
  }
}

/** The group that an instance was in which is gone by now, where its replacement broke off. */
async function groupReplacing(client: AutoScalingClient, instanceId: string): Promise<string | undefined> {
  const Filters = [{ Name: 'tag-key', Values: [REPLACING] }]
  const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand({ Filters }))
  return AutoScalingGroups.find((group) => replacingOf(group.Tags)?.instanceId === instanceId)
    ?.AutoScalingGroupName
}

function replacingOf(tags: readonly TagDescription[] = []): Replacing | undefined {
  return readReplacing(tags.find(({ Key }) => Key === REPLACING)?.Value ?? '')
}

/** Throws an Error that says what was changed until then and what to type to undo it. */
export async function replace(clients: Clients, plan: Replacement, patience: Patience): Promise<void> {
  const changes: Changes = { maximum: false, desired: false }
  try {
    await carryOut(clients, plan, patience, changes)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error([why, ...undoLines(plan, changes)].join('\n'), { cause })
  }
}

/** A change is noted before it is asked for: an answer can be lost, and undoing twice does no harm. */
async function carryOut(
  clients: Clients,
  { groupName, instanceId, desired, raisesMaximumFrom, desiredNow, isOut, traffic }: Replacement,
  patience: Patience,
  changes: Changes,
): Promise<void> {
  const { autoScaling: client } = clients
  const group = { AutoScalingGroupName: groupName }
  const tag = { ResourceId: groupName, ResourceType: 'auto-scaling-group', Key: REPLACING }
  const Value = writeReplacing({ instanceId, desired, maximum: raisesMaximumFrom ?? desired + 1 })
  const look = servesWithout(clients, { groupName, instanceId, traffic })
  // Who may not ask the load balancer is told so before anything is changed.
  if (!isOut) await lookUnlessInterrupted(look, patience.signal)
  await client.send(new CreateOrUpdateTagsCommand({ Tags: [{ ...tag, Value, PropagateAtLaunch: false }] }))
  const lower = async () => {
    if (raisesMaximumFrom !== undefined)
      await client.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: raisesMaximumFrom }))
    await client.send(new DeleteTagsCommand({ Tags: [tag] }))
  }
  if (isOut) {
    // Somebody else ended it and another came for it, or only the answer was lost: ours is one too many, or none.
    if (desiredNow === desired + 1)
      await client.send(
        new SetDesiredCapacityCommand({ ...group, DesiredCapacity: desired, HonorCooldown: false }),
      )
    return await lower()
  }
  if (raisesMaximumFrom !== undefined) {
    changes.maximum = true
    await client.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: desired + 1 }))
  }
  changes.desired = true
  // Whoever wants more by now wants it for a reason.
  if (desiredNow < desired + 1)
    await client.send(
      new SetDesiredCapacityCommand({ ...group, DesiredCapacity: desired + 1, HonorCooldown: false }),
    )
  await untilServing(look, desired, patience)
  await client.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: true,
    }),
  )
  changes.desired = false
  await lower()
}
