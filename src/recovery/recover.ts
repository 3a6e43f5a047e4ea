/**
 * The scheduled look at machines that are held and whose agent is silent, which are rebooted, or their disk is copied; and at those that are kept. One of these
 * whose obstacle is mended goes once more through its hook: a new termination begins, and the ordinary pass flushes, proves and lets go,
 * or it is kept again. Only the sweep does this, so that nobody else does meanwhile.
 */

import { type Asked, ask } from '../aws/ask.ts'
import { reasonOf } from '../aws/failures.ts'
import { type Invocation, listInvocations } from '../flush/commands.ts'
import { type Guard, guardUntil } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { Rung } from '../rungs.ts'
import { keepsAbandoned } from '../termination/hook.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { placeOf } from '../termination/observe.ts'
import { terminationsBegan } from '../termination/scaling-activities.ts'
import { type Agent, agentsOf } from './agents.ts'
import { advance, copyDisk, discard, isOver, siblingsOf } from './clone.ts'
import { type Copy, copiesOf } from './copies.ts'
import { consoleOf, lookAtHeld, reboot } from './held.ts'
import { decideHeld, decideKept, type KeptDecision, type KeptMachine, type LastLook } from './ladder.ts'
import { type Terminations, terminationsOf } from './terminations.ts'

/** An instance of a guarded group, as the sweep found it. */
export interface Standing {
  readonly instanceId: string
  readonly groupName: string
  readonly lifecycleState: string
}

/** How long the reads of one group and its tries may take. */
const LONGEST_SECONDS = 60

export interface Found {
  readonly waiting: readonly Standing[]
  readonly retained: readonly Standing[]
}

/** What is left of the recoveries that may run at once, in all groups together. */
interface Budget {
  left: number
}

/** What can be done is done, group by group; one that fails does not stop the others. */
export async function recover(guard: Guard, found: Found, remainingMs: () => number): Promise<void> {
  const { rungs, atOnce } = guard.policy.recovery
  const known = rungs.includes('clone') ? await knownCopies(guard, remainingMs) : undefined
  const copies = known ?? []
  const able = known ? guard : without(guard, 'clone')
  const budget = { left: atOnce - copies.length }
  if (able.policy.recovery.rungs.some((rung) => rung !== 'retry'))
    await eachGroup(able, found.waiting, remainingMs, (limited, group) =>
      recoverHeld(limited, group, { copies, budget }),
    )
  if (copies.length > 0) await clearAway(guard, copies, remainingMs)
  if (rungs.includes('retry')) await retryKept(able, found, remainingMs, budget)
}

function without(guard: Guard, rung: Rung): Guard {
  const { policy } = guard
  const rungs = policy.recovery.rungs.filter((one) => one !== rung)
  return { ...guard, policy: { ...policy, recovery: { ...policy.recovery, rungs } } }
}

/** The instances of one group. */
interface Group {
  readonly groupName: string
  readonly members: readonly Standing[]
}

async function eachGroup(
  guard: Guard,
  standing: readonly Standing[],
  remainingMs: () => number,
  work: (limited: Guard, group: Group) => Promise<void>,
): Promise<void> {
  for (const [groupName, members] of Map.groupBy(standing, (one) => one.groupName)) {
    if (remainingMs() < guard.policy.passSeconds * 1000) return
    const endsAt = guard.clock.now() + Math.min(LONGEST_SECONDS * 1000, remainingMs())
    try {
      await work(guardUntil(guard, endsAt), { groupName, members })
    } catch (error) {
      guard.journal({ event: 'group-failed', groupName, ...described(error) })
    }
  }
}

interface Means {
  readonly copies: readonly Copy[]
  readonly budget: Budget
}

/** What is held long enough is looked at; what a pass of its own is about to prove, or has flushed, is left. */
async function recoverHeld(guard: Guard, { groupName, members }: Group, means: Means): Promise<void> {
  const { aws, clock, journal } = guard
  const ids = idsOf(members)
  const began = await terminationsBegan(aws, groupName, ids, clock.now())
  for (const instanceId of ids) {
    const heldSince = began.get(instanceId)
    if (heldSince === undefined) continue
    const copy = means.copies.find((one) => one.instanceId === instanceId && one.actionBegan === heldSince)
    try {
      if (copy) await advance(guard, groupName, copy, means.copies)
      else await recoverSilent(guard, { instanceId, groupName, heldSince }, means.budget)
    } catch (error) {
      const rung = copy ? 'clone' : 'reboot'
      journal({ event: 'recovery-failed', rung, instanceId, groupName, ...described(error) })
    }
  }
}

/** A machine that is held, and since when. */
interface Held {
  readonly instanceId: string
  readonly groupName: string
  readonly heldSince: number
}

/** A reboot that is refused leads on to the next rung: it would be refused again. */
async function recoverSilent(guard: Guard, held: Held, budget: Budget): Promise<void> {
  const { clock, policy, journal } = guard
  const { heldSince, ...subject } = held
  // Agents that fall silent everywhere at once are SSM's trouble more likely than theirs.
  if (budget.left <= 0) return
  const seen = { now: clock.now(), heldSince, agent: undefined, look: undefined }
  if (decideHeld(seen, policy.recovery).do !== 'look') return
  const action = { ...subject, hookName: policy.hookName, token: undefined, startedAt: heldSince }
  const { look, agent } = await lookAtHeld(guard, action)
  const decision = decideHeld({ ...seen, agent, look }, policy.recovery)
  if (decision.do === 'clone') return await clone(guard, held, decision.reason, budget)
  if (decision.do !== 'reboot') return
  budget.left--
  try {
    const console = await consoleOf(guard.aws, held.instanceId)
    journal({ event: 'recovery', rung: 'reboot', ...subject, reason: decision.reason, console })
    await reboot(guard, held.instanceId)
  } catch (error) {
    journal({ event: 'recovery-failed', rung: 'reboot', ...subject, ...described(error) })
    const next = decideHeld({ ...seen, agent, look: { ...look, isRebootRefused: true } }, policy.recovery)
    if (next.do === 'clone') await clone(guard, held, next.reason, budget)
  }
}

async function clone(guard: Guard, held: Held, why: string, budget: Budget): Promise<void> {
  const { heldSince, ...subject } = held
  budget.left--
  const reason = `${why}: a snapshot of its disk is made`
  guard.journal({ event: 'recovery', rung: 'clone', ...subject, reason })
  await copyDisk(guard, { instanceId: held.instanceId, actionBegan: heldSince })
}

/** `undefined`: AWS does not tell, so that none is made and none is thrown away. */
async function knownCopies(guard: Guard, remainingMs: () => number): Promise<Copy[] | undefined> {
  const { clock, policy, journal } = guard
  const endsAt = clock.now() + Math.min(LONGEST_SECONDS * 1000, remainingMs())
  try {
    return await copiesOf(guardUntil(guard, endsAt).aws, policy.hookName)
  } catch (error) {
    const failed = [`they cannot be listed: ${reasonOf(error)}`]
    journal({ event: 'copies', copies: 0, oldestSeconds: 0, deleted: [], failed })
    return undefined
  }
}

/** What nobody needs any more costs money, and is told until it is gone. */
async function clearAway(guard: Guard, copies: readonly Copy[], remainingMs: () => number): Promise<void> {
  const { clock, policy, journal } = guard
  const oldest = Math.min(...copies.flatMap(madeAt))
  const deleted: string[] = []
  const failed: string[] = []
  for (const copy of copies) {
    if (remainingMs() < policy.passSeconds * 1000) break
    try {
      const limited = guardUntil(guard, clock.now() + Math.min(LONGEST_SECONDS * 1000, remainingMs()))
      deleted.push(...(await discard(limited, copy, await isOver(limited, copy))))
    } catch (error) {
      failed.push(`${copy.instanceId}: ${reasonOf(error)}`)
    }
  }
  const oldestSeconds = (clock.now() - oldest) / 1000
  journal({ event: 'copies', copies: copies.length, oldestSeconds, deleted, failed })
}

function madeAt({ snapshots, volumes }: Copy): number[] {
  return [...snapshots.map((one) => one.startedAt), ...volumes.map((one) => one.createdAt)]
}

/** Agents first: a machine that stays silent for weeks costs one question a sweep. */
async function retryKept(
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
      if (budget.left <= 0) return
      const { instanceId } = standing
      const known = { agent: agents.get(instanceId), terminations: terminations.get(instanceId) }
      if (await tryAgain(limited, standing, known)) budget.left--
    }
  })
}

function idsOf(standing: readonly Standing[]): string[] {
  return standing.map(({ instanceId }) => instanceId)
}

/** What was asked of many machines at once. */
type Known = Pick<KeptMachine, 'agent' | 'terminations'>

async function tryAgain(guard: Guard, standing: Standing, known: Known): Promise<boolean> {
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
async function considerKept(eyes: Guard, standing: Standing, known: Known): Promise<KeptDecision> {
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
  { instanceId, groupName }: Standing,
): Promise<{ readonly lastLook: LastLook; readonly lifecycleState: string }> {
  const action = { groupName, instanceId, hookName: policy.hookName, token: undefined, startedAt: 0 }
  const flushes = await listInvocations(aws, policy.documentName, instanceId, clock.now())
  const place = await ask(() => placeOf({ aws, policy }, action))
  const unread = await whyUnread({ aws, policy }, place)
  const lifecycleState = (await whereabouts(aws, instanceId))?.lifecycleState ?? 'in no group'
  const notKeptAgain = await keepsAbandoned(aws, groupName, policy)
  const isAlone =
    policy.recovery.rungs.includes('clone') && (await siblingsOf({ aws, random }, groupName, [])).length === 0
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
