/**
 * Machines that are kept: one whose obstacle is mended goes once more through its hook. A new termination begins, and the ordinary pass
 * flushes, proves and lets go, or it is kept again.
 */
import { type Asked, ask } from '../aws/ask.ts'
import { type Invocation, listInvocations } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import { placeOf } from '../termination/gather.ts'
import { whyNotKept } from '../termination/hook.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import type { ScalingInstance } from '../termination/scaling-instances.ts'
import { type Agent, agentsOf } from './agents.ts'
import { type Budget, eachGroup, type Found, idsOf, isTimeLeft } from './found.ts'
import { decideKept, type KeptDecision, type KeptMachine, type LastLook } from './ladder.ts'
import { siblingsOf } from './siblings.ts'
import { type Terminations, terminationsOf } from './terminations.ts'

/** Agents first: a machine that stays silent for weeks costs two questions a sweep. */
export async function retryKept(
  guard: Guard,
  { waiting, retained }: Found,
  remainingMs: () => number,
  budget: Budget,
): Promise<void> {
  const agents = new Map<string, Agent>()
  const terminations = new Map<string, Terminations>()
  await eachGroup(guard, retained, remainingMs, async ({ aws }, { members }) => {
    for (const [instanceId, agent] of await agentsOf(aws, idsOf(members))) agents.set(instanceId, agent)
  })
  const clones = guard.policy.recovery.rungs.includes('clone')
  const triable = retained.filter(({ instanceId }) => clones || agents.has(instanceId))
  if (triable.length === 0) return
  // Those of any group that were tried before and are on their way now; where it cannot be told, all that wait.
  budget.left -= waiting.length
  await eachGroup(guard, [...waiting, ...triable], remainingMs, async ({ aws }, { groupName, members }) => {
    const found = await terminationsOf(aws, groupName, idsOf(members))
    for (const [instanceId, one] of found) terminations.set(instanceId, one)
    budget.left += waiting.filter((one) => one.groupName === groupName && !found.has(one.instanceId)).length
  })
  await eachGroup(guard, triable, remainingMs, async (limited, { members }) => {
    for (const standing of members) {
      if (budget.left <= 0 || !isTimeLeft(limited)) return
      const { instanceId } = standing
      const known = { agent: agents.get(instanceId), terminations: terminations.get(instanceId) }
      if (await tryAgain(limited, standing, known)) budget.left--
    }
  })
}

/** What was asked of many machines at once. */
type Known = Pick<KeptMachine, 'agent' | 'terminations'>

async function tryAgain(guard: Guard, standing: ScalingInstance, known: Known): Promise<boolean> {
  const { aws, journal } = guard
  const { instanceId, groupName } = standing
  const subject = { rung: 'retry', instanceId, groupName } as const
  try {
    const decision = await considerKept(guard, standing, known)
    if (decision.do !== 'retry') return false
    journal({ event: 'recovery', ...subject, reason: decision.reason })
    await aws.terminateInstanceInAutoScalingGroup({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: false,
    })
  } catch (error) {
    journal({ event: 'recovery-failed', ...subject, ...described(error) })
  }
  // Whatever the answer was, it may be on its way.
  return true
}

/** What will be done about a kept machine, before it is done. */
async function considerKept(eyes: Guard, standing: ScalingInstance, known: Known): Promise<KeptDecision> {
  const { clock, policy } = eyes
  const { lifecycleState } = standing
  const seen = { ...known, now: clock.now(), lifecycleState, lastLook: undefined }
  const decision = decideKept(seen, policy.recovery)
  if (decision.do !== 'look') return decision
  const { lastLook, ...where } = await lookOnce(eyes, standing)
  return decideKept({ ...seen, ...where, lastLook }, policy.recovery)
}

/** Just before: a person may have let the machine go, or taken away what keeps it. */
async function lookOnce(
  { aws, clock, policy, random }: Guard,
  { instanceId, groupName }: ScalingInstance,
): Promise<{ readonly lastLook: LastLook; readonly lifecycleState: string }> {
  const flushes = await listInvocations(aws, policy.documentName, instanceId, clock.now())
  const place = await ask(() => placeOf({ aws, policy }, { groupName, instanceId }))
  const unread = await whyUnread({ aws, policy }, place)
  const isAlone =
    policy.recovery.rungs.includes('clone') && (await siblingsOf({ aws, random }, groupName)).length === 0
  const lifecycleState = (await whereabouts(aws, instanceId))?.lifecycleState ?? 'in no group'
  const notKeptAgain = await whyNotKept(aws, groupName, policy)
  return { lifecycleState, lastLook: { ...flushedIn(flushes), unread, notKeptAgain, isAlone } }
}

/** An action is flushed by its token, or as adopted; where it was both, it must not count twice. */
function flushedIn(flushes: readonly Invocation[]): Pick<LastLook, 'flushed' | 'lastFlushAt'> {
  const owners = flushes.flatMap(({ belongsTo }) => belongsTo ?? [])
  const tokens = new Set(owners.map((owner) => ('token' in owner ? owner.token : undefined)))
  const adopted = new Set(owners.map((owner) => ('token' in owner ? undefined : owner.adoptedAt)))
  for (const named of [tokens, adopted]) named.delete(undefined)
  const requested = flushes.filter(({ belongsTo }) => belongsTo).map(({ flush }) => flush.requestedAt)
  return { flushed: Math.max(tokens.size, adopted.size), lastFlushAt: Math.max(0, ...requested) }
}

async function whyUnread(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  place: Asked<string | undefined>,
): Promise<string | undefined> {
  if (place.is === 'refused') return place.why
  const Prefix = place.answer
  if (Prefix === undefined) return 'the group belongs to no Elastic Beanstalk environment'
  const listed = await ask(() => aws.listObjectsV2({ Bucket: policy.archive.bucket, Prefix, MaxKeys: 1 }))
  return listed.is === 'refused' ? listed.why : undefined
}
