/** A replacement carried out, and undone: step by step, each of which may be the last that this process makes. */
import { isAnswer, isPassing } from '../aws/failures.ts'
import { groupOf } from '../aws/group-of.ts'
import type { OperatorApi } from '../aws/operator-api.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { unlessInterrupted } from './interruption.ts'
import { machinesNamed } from './machines-named.ts'
import { wordsOf } from './next-step.ts'
import {
  type Changes,
  REPLACING,
  type Replacement,
  type Undoing,
  undoLines,
  writeReplacing,
} from './replacement.ts'
import { interrupted, othersOf, type ServingApi, untilServing } from './serving.ts'
import type { Surroundings } from './surroundings.ts'

export type ReplacingApi = ServingApi &
  Pick<
    OperatorApi,
    | 'describeAutoScalingInstances'
    | 'describeInstances'
    | 'createOrUpdateTags'
    | 'deleteTags'
    | 'setDesiredCapacity'
    | 'updateAutoScalingGroup'
    | 'terminateInstanceInAutoScalingGroup'
  >

/** Throws an Error that says what was changed until then and what to type to undo it. */
export async function replace(
  aws: ReplacingApi,
  plan: Replacement,
  waitMs: number,
  surroundings: Surroundings,
): Promise<void> {
  const { isResumed, desired, desiredNow } = plan
  const changes: Changes = { tag: isResumed, maximum: false, desired: isResumed && desiredNow > desired }
  try {
    await carryOut(aws, plan, waitMs, surroundings, changes)
  } catch (cause) {
    throw new Error([wordsOf(cause), ...undoLines(plan, changes, surroundings.typed)].join('\n'), { cause })
  }
}

async function carryOut(
  aws: ReplacingApi,
  plan: Replacement,
  waitMs: number,
  surroundings: Surroundings,
  changes: Changes,
): Promise<void> {
  const { groupName, instanceId, desired, raisesMaximumFrom, desiredNow, isOut } = plan
  const { interruption } = surroundings
  const look = () => othersOf(aws, plan)
  // Who may not ask the load balancer is told so before anything is changed.
  if (!isOut) await unlessInterrupted(look(), interruption, interrupted())
  const Value = writeReplacing({ instanceId, desired, maximum: raisesMaximumFrom ?? desired + 1 })
  const Tags = [{ ...tagOf(groupName), Value, PropagateAtLaunch: false }]
  await changing(changes, 'tag', () => aws.createOrUpdateTags({ Tags }))
  if (isOut) {
    // Somebody else ended it and another came for it, or only the answer was lost: ours is one too many, or none.
    if (desiredNow === desired + 1) await setDesired(aws, groupName, desired)
    return await lower(aws, plan)
  }
  if (raisesMaximumFrom !== undefined)
    await changing(changes, 'maximum', () => setMaximum(aws, groupName, desired + 1))
  // Whoever wants more by now wants it for a reason.
  await changing(changes, 'desired', async () => {
    if (desiredNow < desired + 1) await setDesired(aws, groupName, desired + 1)
  })
  await untilServing(look, desired, waitMs, surroundings)
  // Who typed the same at the same time may have been quicker: let go twice, the group would be smaller than it was.
  if ((await whereabouts(aws, instanceId))?.lifecycleState === 'InService')
    await aws.terminateInstanceInAutoScalingGroup({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: await isOneMoreWanted(aws, plan),
    })
  changes.desired = false
  await lower(aws, plan)
}

/** Ours. Whoever wants another number by now wants it for a reason. */
async function isOneMoreWanted(aws: ReplacingApi, { groupName, desired }: Replacement): Promise<boolean> {
  const one = desired + 1
  return ((await groupOf(aws, groupName))?.DesiredCapacity ?? one) === one
}

/** A change is noted before it is asked for, since an answer can be lost and undoing twice does no harm; what is refused was not made. */
async function changing(
  changes: Changes,
  what: keyof Changes,
  change: () => Promise<unknown>,
): Promise<void> {
  const before = changes[what]
  changes[what] = true
  try {
    await change()
  } catch (error) {
    if (isAnswer(error) && !isPassing(error)) changes[what] = before
    throw error
  }
}

/** Takes back what a replacement that broke off has changed; the tag goes last, so that whatever breaks this off can be typed again. */
export async function undo(aws: ReplacingApi, undoing: Undoing): Promise<void> {
  const { groupName, desired, lowersDesired } = undoing
  if (lowersDesired) {
    const extra = await newestBeyond(aws, groupName, desired, undoing.instanceId)
    // Only lowered, the group would choose who goes, and that may be the one that serves.
    if (extra === undefined) await setDesired(aws, groupName, desired)
    else
      await aws.terminateInstanceInAutoScalingGroup({
        InstanceId: extra,
        ShouldDecrementDesiredCapacity: true,
      })
  }
  await lower(aws, undoing)
}

/** The instance that came last, where there is one too many. */
async function newestBeyond(
  aws: ReplacingApi,
  groupName: string,
  desired: number,
  kept: string,
): Promise<string | undefined> {
  const members = ((await groupOf(aws, groupName))?.Instances ?? []).filter(({ LifecycleState = '' }) =>
    /^(Pending|InService)/.test(LifecycleState),
  )
  if (members.length <= desired) return undefined
  const ids = members.flatMap(({ InstanceId }) => (InstanceId && InstanceId !== kept ? [InstanceId] : []))
  const machines = [...(await machinesNamed(aws, ids)).values()]
  return machines.toSorted((a, b) => (b.LaunchTime?.getTime() ?? 0) - (a.LaunchTime?.getTime() ?? 0)).at(0)
    ?.InstanceId
}

/** The maximum, where it is still what we have made of it. */
async function lower(
  aws: ReplacingApi,
  { groupName, desired, raisesMaximumFrom }: Pick<Undoing, 'groupName' | 'desired' | 'raisesMaximumFrom'>,
): Promise<void> {
  if (raisesMaximumFrom !== undefined && (await groupOf(aws, groupName))?.MaxSize === desired + 1)
    await setMaximum(aws, groupName, raisesMaximumFrom)
  await aws.deleteTags({ Tags: [tagOf(groupName)] })
}

async function setMaximum(aws: ReplacingApi, groupName: string, MaxSize: number): Promise<void> {
  await aws.updateAutoScalingGroup({ AutoScalingGroupName: groupName, MaxSize })
}

async function setDesired(aws: ReplacingApi, groupName: string, DesiredCapacity: number): Promise<void> {
  await aws.setDesiredCapacity({
    AutoScalingGroupName: groupName,
    DesiredCapacity,
    HonorCooldown: false,
  })
}

function tagOf(groupName: string) {
  return { ResourceId: groupName, ResourceType: 'auto-scaling-group', Key: REPLACING }
}
