/** Gathers what the checks look at. A question that fails is a fact too, whatever the reason: nobody knows then. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import { prefixOf } from '../../archive/destination.ts'
import { list, newestAt } from '../../archive/listing.ts'
import type { Asked } from '../../aws/ask.ts'
import { groupOf } from '../../aws/group-of.ts'
import { hookOf } from '../../termination/hook.ts'
import type { Deployment } from '../deployment.ts'
import { known } from '../known.ts'
import { machinesNamed } from '../machines-named.ts'
import { trafficOf } from '../serving.ts'
import { Refusal } from '../surroundings.ts'
import type { AgentFacts, GroupFacts, InstanceFacts } from './facts.ts'
import { DELAY } from './load-balancer.ts'
import { rightsOf } from './rights.ts'

const INSTANCES_PER_CALL = 50

/** Throws a Refusal where there is no such group. */
export async function gatherGroup(
  deployment: Deployment,
  groupName: string,
  notifierRoleArn: string | undefined,
  now: number,
): Promise<GroupFacts> {
  const { aws, policy } = deployment
  const asked = await known(() => groupOf(aws, groupName))
  if (asked.is === 'answered' && asked.answer === undefined)
    throw new Refusal(`There is no Auto Scaling group ${groupName} in ${policy.region}.`)
  const group = asked as Asked<AutoScalingGroup>
  const hook = await known(() => hookOf(aws, { groupName, hookName: policy.hookName }))
  const members = (group.is === 'answered' ? (group.answer.Instances ?? []) : []).flatMap(
    ({ InstanceId, LifecycleState = '' }) =>
      InstanceId && !/Terminat|Retained/.test(LifecycleState) ? [{ InstanceId, LifecycleState }] : [],
  )
  const instances = await gatherInstances(deployment, groupName, members)
  const drainingSeconds = await drainingOf(deployment, group)
  return { now, policy, groupName, group, drainingSeconds, hook, notifierRoleArn, instances }
}

async function drainingOf(
  { inspection }: Deployment,
  group: Asked<AutoScalingGroup>,
): Promise<GroupFacts['drainingSeconds']> {
  const found = new Map<string, Asked<number | undefined>>()
  const { targetGroups } = trafficOf(group.is === 'answered' ? group.answer : undefined)
  for (const TargetGroupArn of targetGroups)
    found.set(
      TargetGroupArn,
      await known(async () => {
        const { Attributes = [] } = await inspection.describeTargetGroupAttributes({ TargetGroupArn })
        const seconds = Number(Attributes.find(({ Key }) => Key === DELAY)?.Value ?? Number.NaN)
        return Number.isFinite(seconds) ? seconds : undefined
      }),
    )
  return found
}

interface Member {
  readonly InstanceId: string
  readonly LifecycleState: string
}

async function gatherInstances(
  deployment: Deployment,
  groupName: string,
  members: readonly Member[],
): Promise<InstanceFacts[]> {
  const { aws, inspection, policy } = deployment
  const rights = rightsOf(deployment)
  const facts: InstanceFacts[] = []
  for (let from = 0; from < members.length; from += INSTANCES_PER_CALL) {
    const some = members.slice(from, from + INSTANCES_PER_CALL)
    const ids = some.map(({ InstanceId }) => InstanceId)
    const machines = await known(() => machinesNamed(aws, ids))
    const agents = await known(() => agentsOf(deployment, ids))
    for (const { InstanceId: instanceId, LifecycleState: lifecycleState } of some) {
      const machine = one(machines, instanceId)
      const prefix = await known(() => prefixOf(aws, policy.archive.prefix, { groupName, instanceId }))
      facts.push({
        ...{ instanceId, lifecycleState, machine },
        agent: one(agents, instanceId),
        isProtected: await known(async () => {
          const Attribute = 'disableApiTermination'
          const answer = await inspection.describeInstanceAttribute({ InstanceId: instanceId, Attribute })
          return answer.DisableApiTermination?.Value === true
        }),
        rights: await chained(machine, (found) =>
          chained(prefix, (place) => rights(found?.IamInstanceProfile?.Arn, place)),
        ),
        newestObjectAt: await chained(prefix, (place) => newestObjectAt(deployment, place)),
      })
    }
  }
  return facts
}

function one<Fact>(asked: Asked<ReadonlyMap<string, Fact>>, instanceId: string): Asked<Fact | undefined> {
  return asked.is === 'answered' ? { is: 'answered', answer: asked.answer.get(instanceId) } : asked
}

/** A question that rests on another's answer. */
async function chained<First, Second>(
  first: Asked<First>,
  next: (answer: First) => Promise<Asked<Second>>,
): Promise<Asked<Second>> {
  return first.is === 'answered' ? await next(first.answer) : first
}

async function agentsOf({ aws }: Deployment, ids: string[]): Promise<ReadonlyMap<string, AgentFacts>> {
  const found = new Map<string, AgentFacts>()
  let next: string | undefined
  do {
    const page = await aws.describeInstanceInformation({
      Filters: [{ Key: 'InstanceIds', Values: ids }],
      MaxResults: 50,
      ...(next && { NextToken: next }),
    })
    for (const { InstanceId, PingStatus, AgentVersion } of page.InstanceInformationList ?? [])
      if (InstanceId) found.set(InstanceId, { ping: PingStatus ?? 'unknown', version: AgentVersion ?? '' })
    next = page.NextToken
  } while (next)
  return found
}

async function newestObjectAt(
  { aws, policy }: Deployment,
  prefix: string,
): Promise<Asked<number | undefined>> {
  const listing = await known(() => list(aws, policy.archive.bucket, prefix, Number.POSITIVE_INFINITY))
  if (listing.is === 'refused') return listing
  const { objects, unread } = listing.answer
  if (unread !== undefined) return { is: 'refused', why: unread }
  return { is: 'answered', answer: newestAt(objects) }
}
