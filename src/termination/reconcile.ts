/**
 * One pass for one lifecycle action: heartbeat → observe → decide → perform. A pass knows nothing of earlier ones: all state is
 * in AWS (is it held? was it flushed? is it in S3?), so a pass can be lost, repeated or run twice at once.
 */
import { ask } from '../aws/ask.ts'
import { askingOnce } from '../aws/ask-once.ts'
import { isPassing } from '../aws/failures.ts'
import { type Started, startFlush, terminationFlush } from '../flush/start-flush.ts'
import type { Guard } from '../guard.ts'
import type { Decision, LifecycleAction, Observation } from '../model.ts'
import type { Policy } from '../policy.ts'
import { isBeyond } from './beyond.ts'
import { heldSeconds } from './deadline.ts'
import { decide } from './decide.ts'
import { placeOf } from './gather.ts'
import { isShort } from './hook.ts'
import { letDiskGo } from './let-disk-go.ts'
import { complete, type Heartbeat, heartbeat, holderOf, isHeldItself } from './lifecycle-actions.ts'
import { withMachineAndHook } from './machine-and-hook.ts'
import { NotOurs } from './not-ours.ts'
import { observe, type Waking } from './observe.ts'
import type { Did, Pass } from './pass.ts'
import { endEvent } from './tell.ts'
import { isGoodEnd, writeReceipt } from './write-receipt.ts'

type Means = Pick<Guard, 'aws' | 'policy'>

export async function reconcile(anyPass: Guard, action: LifecycleAction, waking: Waking = {}): Promise<Pass> {
  const guard = { ...anyPass, aws: askingOnce(anyPass.aws) }
  const { aws } = guard
  // Heartbeat first, so that a failing read cannot cost us the hold (S3).
  const glance = {
    ...waking,
    askedAt: guard.clock.now(),
    heartbeat: await firstHeartbeat(guard, action),
    isHeldItself: async () => action.token === undefined || (await isHeldItself(aws, action)),
  }
  const intent = await consider(guard, await observe(guard, action, glance))
  return intent.prefix === undefined ? await carryOut(guard, intent) : await flush(guard, intent)
}

async function flush(guard: Guard, { seen, decision, prefix }: FlushIntent): Promise<Pass> {
  const { aws, policy } = guard
  const { action } = seen
  // S4: the first flush was only meant once our hook was known to hold the instance; later ones ask again, since a token may be another's.
  const holder = seen.flushes.length > 0 ? await holderOf(aws, action) : 'itself'
  if (holder !== 'itself') return passOf(policy, seen, decision, supersededBy(action, holder))
  const request = terminationFlush(action, prefix, decision.upload)
  const asked = await ask(() => startFlush(aws, policy, request), isLate(seen, policy))
  const started: Started = asked.is === 'answered' ? asked.answer : asked
  if (started.is === 'started') return passOf(policy, seen, decision, 'done')
  if (started.is === 'unreachable') return await carryOut(guard, await withoutAgent(guard, seen))
  const trouble = { what: 'send a flush' as const, why: started.why }
  const later = { ...seen, agent: started.is, troubles: [...seen.troubles, trouble] }
  return await carryOut(guard, await reconsider(guard, later))
}

/**
 * A heartbeat may be refused for a reason that lasts, or Auto Scaling may call the action over in words that we do not know. Nothing is done
 * to what may not be held, so the pass fails; but where the instance is beyond our hook, the action is over, and its end must be told.
 */
async function firstHeartbeat({ aws, clock }: Guard, action: LifecycleAction): Promise<Heartbeat> {
  try {
    return await heartbeat(aws, action)
  } catch (error) {
    const ageSeconds = (clock.now() - action.startedAt) / 1000
    if (isPassing(error) || !(await isBeyond(aws, action, ageSeconds))) throw error
    return 'none'
  }
}

/** What a pass means to do. */
export type Intent = FlushIntent | OtherIntent

interface FlushIntent {
  readonly seen: Observation
  readonly decision: Extract<Decision, { do: 'flush' }>
  /** Where it puts the logs. */
  readonly prefix: string
}

interface OtherIntent {
  readonly seen: Observation
  readonly decision: Decision
  readonly prefix: undefined
}

/** What will be done about what was seen, before it is done: `explain` says the same as the next pass, because it asks here. */
export async function consider(means: Means, seen: Observation): Promise<Intent> {
  const decision = decide(seen, means.policy)
  if (decision.do !== 'flush') return { seen, decision, prefix: undefined }
  const asked = await ask(() => placeOf(means, seen.action), isLate(seen, means.policy))
  if (asked.is === 'answered' && asked.answer !== undefined) return { seen, decision, prefix: asked.answer }
  const trouble = asked.is === 'refused' ? [{ what: 'ask where its logs go' as const, why: asked.why }] : []
  const agent = asked.is === 'refused' ? 'refused' : 'unplaced'
  return await reconsider(means, { ...seen, agent, troubles: [...seen.troubles, ...trouble] })
}

/** What is meant where the agent does not answer, which nothing but a command tells. */
export async function withoutAgent(means: Means, seen: Observation): Promise<OtherIntent> {
  return await reconsider(means, { ...seen, agent: 'unreachable' })
}

/** No flush could be started: whether the machine is gone, and for how long we have tried, decides what that means. */
async function reconsider({ aws, policy }: Means, before: Observation): Promise<OtherIntent> {
  const seen = await withMachineAndHook({ aws, policy }, before, isLate(before, policy))
  return { seen, decision: decide(seen, policy), prefix: undefined }
}

/** Patience is over: what fails is a reason, and is not waited for. */
function isLate(seen: Observation, { patienceSeconds }: Policy): boolean {
  return heldSeconds(seen) >= patienceSeconds
}

async function carryOut(guard: Guard, { seen, decision }: OtherIntent): Promise<Pass> {
  return passOf(guard.policy, seen, decision, await perform(guard, seen, decision))
}

async function perform(guard: Guard, seen: Observation, decision: Decision): Promise<Did> {
  const { aws, journal } = guard
  const { action, now } = seen
  // S5: an adopted action has no message by which a later pass would find it over, and this call may be the last that this pass makes.
  const isGivenUp = decision.do === 'abandon' || (decision.do === 'continue' && decision.outcome === 'lost')
  if (!action.token && isGivenUp) journal(endEvent(seen, decision))
  switch (decision.do) {
    case 'settle':
    case 'wait':
      return 'done'
    case 'continue':
      if (isGoodEnd(decision)) {
        await writeReceipt(guard, seen, decision)
        await letDiskGo(guard, action)
      }
      return await end(aws, action, 'CONTINUE', now)
    case 'abandon':
      return await end(aws, action, 'ABANDON', now)
    // Not meant without a place: what keeps a flush from being started is seen, and decided upon.
    case 'flush':
      return 'unplaced'
  }
}

async function end(
  aws: Guard['aws'],
  action: LifecycleAction,
  result: 'CONTINUE' | 'ABANDON',
  now: number,
): Promise<Did> {
  const came = await complete(aws, action, result, now)
  return came === 'done' ? 'done' : supersededBy(action, came)
}

/** Throws NotOurs where the message pairs the instance with another's token. */
function supersededBy({ instanceId, token }: LifecycleAction, holder: 'none' | 'foreign'): 'superseded' {
  if (holder === 'none') return 'superseded'
  throw new NotOurs(`token ${token} is another instance's: our hook does not hold ${instanceId}`)
}

/** Whether the action is over by that, or when to look again. */
function passOf(policy: Policy, seen: Observation, decision: Decision, did: Did): Pass {
  const pass = { seen, decision, did }
  if (did === 'superseded') return { ...pass, over: false, lookAgainSeconds: policy.pendingSeconds }
  switch (decision.do) {
    case 'settle':
    case 'continue':
    case 'abandon':
      return { ...pass, over: true, lookAgainSeconds: undefined }
    case 'wait':
      return { ...pass, over: false, lookAgainSeconds: decision.seconds }
    case 'flush':
      return { ...pass, over: false, lookAgainSeconds: afterFlush(policy, seen) }
  }
}

/** The queue's own visibility timeout is long enough for nearly every flush, and costs no call. A shorter hook needs sooner looks. */
function afterFlush(policy: Policy, { hook }: Observation): number | undefined {
  const seconds = hook?.heartbeatTimeoutSeconds
  return seconds !== undefined && isShort(seconds, policy) ? seconds / 3 : undefined
}
