/**
 * One pass for one lifecycle action: heartbeat → observe → decide → perform. A pass knows nothing of earlier ones: all state is
 * in AWS (is it held? was it flushed? is it in S3?), so a pass can be lost, repeated or run twice at once.
 */

import { prove } from '../archive/archives.ts'
import { prefixOf } from '../archive/destination.ts'
import { NoEnvironment } from '../archive/prefix.ts'
import { belongs, type Invocation, listInvocations } from '../flush/commands.ts'
import { startFlush, terminationFlush, withReport } from '../flush/flushes.ts'
import type { Guard } from '../guard.ts'
import type { Decision, Hold, LifecycleAction, Manifest, Observation, Proof } from '../model.ts'
import type { Policy } from '../policy.ts'
import { decide } from './decide.ts'
import { holdOfFlushed, holdOfUnflushed } from './hold.ts'
import { hookFacts } from './hook.ts'
import { complete, heartbeat, type Whereabouts, whereabouts } from './lifecycle-actions.ts'
import { machineState } from './machine-state.ts'
import type { Did, Pass } from './pass.ts'
import { endEvent } from './tell.ts'

/** The message speaks of something that is no action of Auto Scaling's. Nothing is done to the instance (S4). */
export class NotOurs extends Error {
  override name = 'NotOurs'
}

/** The youngest age at which Auto Scaling could end an action by itself (0.8 of 100 × the smallest heartbeat, 30 s). */
const EARLIEST_DEADLINE_SECONDS = 2400

export async function reconcile(
  guard: Guard,
  action: LifecycleAction,
  listed?: readonly Invocation[],
): Promise<Pass> {
  // Heartbeat first, so that a failing read cannot cost us the hold (S3).
  const heartbeaten = await heartbeat(guard.aws, action)
  const seen = await observe(guard, action, heartbeaten, listed)
  const decision = decide(seen, guard.policy)
  const did = await perform(guard, seen, decision)
  return did === 'unreachable' || did === 'unplaced'
    ? await reconsider(guard, seen, did)
    : concluded(guard.policy, { seen, decision, did })
}

/** No flush could be started: whether the machine is gone, and for how long we have tried, decides what that means. */
async function reconsider(
  guard: Guard,
  before: Observation,
  agent: 'unreachable' | 'unplaced',
): Promise<Pass> {
  const seen: Observation = { ...(await withTrouble(guard, before)), agent }
  const decision = decide(seen, guard.policy)
  const did = decision.do === 'flush' ? agent : await perform(guard, seen, decision)
  return concluded(guard.policy, { seen, decision, did })
}

/**
 * Everything this pass can see of the action; reads, and changes nothing. Asks only for what the decision can hinge on, which
 * keeps a good end at 8 calls.
 */
export async function observe(
  { aws, clock, policy }: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  action: LifecycleAction,
  heartbeaten: 'held' | 'none',
  listed?: readonly Invocation[],
): Promise<Observation> {
  const now = clock.now()
  const all = listed ?? (await listInvocations(aws, policy.documentName, action.instanceId, now))
  const ours = all.filter((invocation) => belongs(invocation, action))
  const ageSeconds = (now - action.startedAt) / 1000

  const flushed = ours.length > 0
  const where = flushed ? undefined : await whereabouts(aws, action.instanceId)
  const lifecycleState = where?.lifecycleState
  const hold = flushed ? holdOfFlushed(heartbeaten) : firstHold(action, where, heartbeaten, ageSeconds)

  const [newest, ...older] = ours
  const report = newest && (await withReport(aws, policy, newest, action.instanceId))
  const flushes = report ? [report, ...older.map(({ flush }) => ({ ...flush, report: undefined }))] : []
  const manifest = report?.report?.kind === 'manifest' ? report.report.manifest : undefined
  const proof = manifest && (await proofOf({ aws, policy }, action, manifest))

  const seen: Observation = {
    now,
    action,
    hold,
    lifecycleState,
    machine: 'unknown',
    agent: 'unknown',
    flushes,
    proof,
    hook: undefined,
  }
  const isProven = proof?.gaps.length === 0 && manifest?.live.length === 0
  if (isProven || hold === 'pending') return seen
  if (hold === 'over') return flushed ? { ...seen, lifecycleState: await stateOf(aws, action) } : seen
  const isTroubled =
    flushes.length > 0 || ageSeconds >= Math.min(policy.patienceSeconds, EARLIEST_DEADLINE_SECONDS)
  return isTroubled ? await withTrouble({ aws }, seen) : seen
}

async function proofOf(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  action: LifecycleAction,
  manifest: Manifest,
): Promise<Proof | undefined> {
  const prefix = await placeOf({ aws, policy }, action)
  return prefix === undefined ? undefined : await prove(aws, policy.archive, prefix, manifest)
}

/** `undefined`: the prefix cannot be filled, because the group belongs to no environment, or is gone and its tags with it. */
async function placeOf(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  action: LifecycleAction,
): Promise<string | undefined> {
  try {
    return await prefixOf(aws, policy.archive.prefix, action)
  } catch (error) {
    if (error instanceof NoEnvironment) return undefined
    throw error
  }
}

/** What is only asked when there is no proof: is the machine still there, and what happens if we give up? */
async function withTrouble({ aws }: Pick<Guard, 'aws'>, seen: Observation): Promise<Observation> {
  const [machine, hook] = await Promise.all([
    machineState(aws, seen.action.instanceId, (seen.now - seen.action.startedAt) / 1000),
    hookFacts(aws, seen.action),
  ])
  return { ...seen, machine, hook }
}

async function stateOf(aws: Guard['aws'], { instanceId }: LifecycleAction): Promise<string | undefined> {
  return (await whereabouts(aws, instanceId))?.lifecycleState
}

/** S4: before anything is done to an instance for the first time, Auto Scaling must agree that this action is its own. */
function firstHold(
  { instanceId, groupName }: LifecycleAction,
  where: Whereabouts | undefined,
  heartbeaten: 'held' | 'none',
  ageSeconds: number,
): Hold {
  if (where && where.groupName !== groupName) {
    throw new NotOurs(`${instanceId} is in group ${where.groupName}, not in ${groupName}`)
  }
  const hold = holdOfUnflushed({ heartbeaten, lifecycleState: where?.lifecycleState, ageSeconds })
  if (hold !== 'unfounded') return hold
  throw new NotOurs(
    `Auto Scaling knows no such action: ${instanceId} is ${where?.lifecycleState ?? 'in no group'}`,
  )
}

async function perform(
  { aws, policy, journal }: Pick<Guard, 'aws' | 'policy' | 'journal'>,
  seen: Observation,
  decision: Decision,
): Promise<Did> {
  const { action } = seen
  // S5: an adopted action has no message by which a later pass would find it over, and this call may be the last that this pass makes.
  if (!action.token && 'outcome' in decision && decision.outcome === 'lost') journal(endEvent(seen, decision))
  switch (decision.do) {
    case 'settle':
    case 'wait':
      return 'done'
    case 'continue':
      return (await complete(aws, action, 'CONTINUE')) === 'done' ? 'done' : 'superseded'
    case 'abandon':
      return (await complete(aws, action, 'ABANDON')) === 'done' ? 'done' : 'superseded'
    case 'flush': {
      const prefix = await placeOf({ aws, policy }, action)
      if (prefix === undefined) return 'unplaced'
      const started = await startFlush(aws, policy, terminationFlush(action, prefix, decision.upload))
      return started === 'unreachable' ? 'unreachable' : 'done'
    }
  }
}

function concluded(policy: Policy, did: Pick<Pass, 'seen' | 'decision' | 'did'>): Pass {
  if (did.did === 'superseded') return { ...did, over: false, lookAgainSeconds: policy.pendingSeconds }
  switch (did.decision.do) {
    case 'settle':
    case 'continue':
    case 'abandon':
      return { ...did, over: true, lookAgainSeconds: undefined }
    case 'wait':
      return { ...did, over: false, lookAgainSeconds: did.decision.seconds }
    case 'flush':
      return { ...did, over: false, lookAgainSeconds: afterFlush(policy, did.seen) }
  }
}

/** The queue's own visibility timeout is long enough for nearly every flush, and costs no call. A shorter hook needs sooner looks. */
function afterFlush(policy: Policy, { hook }: Observation): number | undefined {
  const isInTime = !hook || policy.queueVisibilitySeconds <= hook.heartbeatTimeoutSeconds / 2
  return isInTime ? undefined : hook.heartbeatTimeoutSeconds / 3
}
