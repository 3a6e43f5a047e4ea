/** What AWS says of one lifecycle action now, asked afresh: held? flushed? in S3? What the decision cannot hinge on is not asked. */
import { type Asked, ask } from '../aws/ask.ts'
import { groupOf } from '../aws/group-of.ts'
import { belongs, type Invocation, listInvocations } from '../flush/commands.ts'
import { newestFirst } from '../flush/newest-first.ts'
import type { Guard } from '../guard.ts'
import { type Hold, isKept, type LifecycleAction, type Observation, type Trigger } from '../model.ts'
import type { Policy } from '../policy.ts'
import { isBeyond } from './beyond.ts'
import { heldSeconds } from './deadline.ts'
import { provenOutcome } from './decide.ts'
import { CLOCKS_DIFFER_MS, ofThisPause } from './earlier-pause.ts'
import { copiedAtOf } from './evidence.ts'
import { gathered, salvagesOf } from './gather.ts'
import { holdOfFlushed, holdOfUnflushed, SETTLING_SECONDS } from './hold.ts'
import { hookTimes, notifiesAnother } from './hook.ts'
import { type Heartbeat, type Whereabouts, whereabouts } from './lifecycle-actions.ts'
import { withMachineAndHook } from './machine-and-hook.ts'
import { NotOurs } from './not-ours.ts'
import { AT_ANY_TIME, bootOf, replacedDisk } from './replaced-disk.ts'
import { troubleOf } from './trouble-of.ts'

/** The youngest age at which Auto Scaling could end an action by itself (0.8 of 100 × the smallest heartbeat, 30 s). */
const EARLIEST_DEADLINE_SECONDS = 2400

type Eyes = Pick<Guard, 'aws' | 'clock' | 'policy' | 'endsAt'>

/** What woke a pass, as far as it was woken. */
export interface Waking {
  readonly wokenBy?: Trigger | undefined
  /** When its message was sent to the queue, epoch milliseconds: a message that comes once more is sent anew. */
  readonly sentAt?: number | undefined
  /** What was listed on the way to the action. */
  readonly listed?: readonly Invocation[] | undefined
}

/** What is known before anything is read. */
export interface Glance extends Waking {
  /** When the heartbeat was sent. */
  readonly askedAt: number
  readonly heartbeat: Heartbeat
  /** Whether our hook holds the instance itself; asked before the first flush. */
  readonly isHeldItself: () => Promise<boolean>
}

export async function observe(eyes: Eyes, action: LifecycleAction, glance: Glance): Promise<Observation> {
  const { aws, clock, policy } = eyes
  const now = clock.now()
  const ageSeconds = (now - action.startedAt) / 1000
  const isLate = ageSeconds >= policy.patienceSeconds
  const asked = await invocationsOf(eyes, action, glance, isLate)
  const all = asked.is === 'answered' ? asked.answer : []
  const named = all.filter((invocation) => belongs(invocation, action))
  const isHeld = glance.heartbeat === 'held'
  const listed = { ours: named, all, isLate }
  const ours = isHeld ? await ofThisPause({ aws, clock }, action, listed, glance.sentAt) : named
  const gather = (some: readonly Invocation[]) =>
    gathered(eyes, action, glance.heartbeat, { ours: some, all, isLate })
  const own = await gather(ours)
  const salvages = provenOutcome(own)
    ? { is: 'answered' as const, answer: [] }
    : await salvagesOf(eyes, action)
  const found = salvages.is === 'answered' ? salvages.answer : []
  const where = wasHeldBefore([...ours, ...found], glance)
    ? undefined
    : await firstHold(aws, action, glance, ageSeconds)
  const hold = where ? where.hold : holdOfFlushed(glance.heartbeat)
  const { troubles, ...evidence } = found.length > 0 ? await gather(newestFirst([...ours, ...found])) : own
  const refused = [troubleOf('list its flushes', asked), troubleOf('list its flushes', salvages)]
  const seen: Observation = {
    now,
    action,
    hold,
    lifecycleState: where?.lifecycleState,
    machine: 'unknown',
    agent: 'unknown',
    troubles: [...refused, ...troubles].filter((one) => one !== undefined),
    wokenBy: glance.wokenBy,
    busyWith: all.find(isBusy(ours))?.flush,
    ...evidence,
    hook: undefined,
  }
  return refuseAnothers(policy, await withMore(eyes, seen, isLate))
}

/** What was flushed, or salvaged, was held before; but by what another pass flushes meanwhile, a heartbeat could not know it yet. */
function wasHeldBefore(flushed: readonly Invocation[], { heartbeat, askedAt }: Glance): boolean {
  return flushed.some(({ flush }) => heartbeat === 'held' || flush.requestedAt < askedAt - CLOCKS_DIFFER_MS)
}

/** What is only asked where the decision can hinge on it. */
async function withMore({ aws, policy }: Eyes, seen: Observation, isLate: boolean): Promise<Observation> {
  const { hold, flushes, action, troubles } = seen
  const isDone = provenOutcome(seen) !== undefined
  if (hold === 'over') return await withWhatBecameOfIt(aws, seen, isDone)
  const age = heldSeconds(seen)
  if (isDone || (hold === 'pending' && age <= SETTLING_SECONDS)) return seen
  const earliest = Math.min(policy.patienceSeconds, EARLIEST_DEADLINE_SECONDS)
  if (hold === 'held' && (flushes.length > 0 || troubles.length > 0 || age >= earliest))
    return await withMachineAndHook({ aws, policy }, seen, isLate)
  // Our hook may have been set to less than we deployed, and that counts from the first look on (S3).
  const times = await ask(() => hookTimes(aws, action), isLate)
  return times.is === 'answered' ? { ...seen, hook: times.answer } : seen
}

/** Of an action that is over: whether its machine is kept, and still has the disk that it had. */
async function withWhatBecameOfIt(
  aws: Guard['aws'],
  seen: Observation,
  isDone: boolean,
): Promise<Observation> {
  const { flushes, wokenBy, action, troubles } = seen
  // Where the last flush's own event finds the action over, all may have arrived after it was given up.
  // And a machine that is kept has gone on since its disk was copied.
  const isSalvaged = copiedAtOf(seen) !== undefined
  const isLastWord = isDone && wokenBy !== 'command-status' && !isSalvaged
  const where = flushes.length > 0 && !isLastWord ? await stateOf(aws, action, isSalvaged) : undefined
  const lifecycleState = where?.is === 'answered' ? where.answer : seen.lifecycleState
  const untold = where && troubleOf('ask where it is', where)
  const more = untold ? [...troubles, untold] : troubles
  const isDoubtful = isDone || isKept(lifecycleState)
  const boot = isDone ? bootOf(seen) : AT_ANY_TIME
  const replaced = isDoubtful && (await replacedDisk(aws, seen, boot))
  return { ...seen, lifecycleState, troubles: more, ...replaced }
}

/**
 * S4: a rule brings us the actions of every hook of our name. One that nothing was flushed for yet is another deployment's where the
 * hook notifies another queue; one that was flushed has begun as ours.
 */
function refuseAnothers({ queueUrl }: Policy, seen: Observation): Observation {
  const { wokenBy, flushes, hold, hook, action } = seen
  if (wokenBy !== 'event' || flushes.length > 0) return seen
  // Until it can be asked, nothing is begun; the message stays, and the hook's own comes, too, where it is ours.
  if (!hook && hold === 'held')
    throw new Error(`nobody tells whose hook ${action.hookName} of group ${action.groupName} is`)
  if (!hook || !notifiesAnother(hook, queueUrl)) return seen
  throw new NotOurs(
    `hook ${action.hookName} of group ${action.groupName} notifies ${hook.notifies}, not our queue`,
  )
}

async function invocationsOf(
  { aws, clock, policy }: Eyes,
  { instanceId }: LifecycleAction,
  { listed }: Glance,
  isLate: boolean,
): Promise<Asked<readonly Invocation[]>> {
  if (listed) return { is: 'answered', answer: listed }
  return await ask(() => listInvocations(aws, policy.documentName, instanceId, clock.now()), isLate)
}

/** A flush of another action of this instance still has it, and two at once would only wait for each other. */
function isBusy(ours: readonly Invocation[]) {
  return (one: Invocation) =>
    one.belongsTo !== undefined && one.flush.status === 'running' && !ours.includes(one)
}

/** `undefined`: nobody has it any more. Where that is the right to call a copy of its disk all that there was, its group must agree. */
async function stateOf(
  aws: Guard['aws'],
  { instanceId, groupName }: LifecycleAction,
  mayGoOn: boolean,
): Promise<Asked<string | undefined>> {
  return await ask(async () => {
    const where = await whereabouts(aws, instanceId)
    if (where || !mayGoOn) return where?.lifecycleState
    const group = await groupOf(aws, groupName)
    return group?.Instances?.find((one) => one.InstanceId === instanceId)?.LifecycleState
  })
}

/**
 * S4: before anything is done to an instance for the first time, Auto Scaling must agree that our hook holds this very one. Where it
 * does not, the instance's state says whether it is not yet, or over.
 */
async function firstHold(
  aws: Guard['aws'],
  action: LifecycleAction,
  { heartbeat, isHeldItself }: Glance,
  ageSeconds: number,
): Promise<{ readonly hold: Hold; readonly lifecycleState: string | undefined }> {
  if (heartbeat === 'held' && (await isHeldItself())) return { hold: 'held', lifecycleState: undefined }
  const asked = await ask(() => whereabouts(aws, action.instanceId))
  // What may not be asked is no answer without the instance: another hook may hold it, and ours be next.
  if (asked.is === 'refused' && heartbeat === 'none')
    return { hold: (await isBeyond(aws, action, ageSeconds)) ? 'over' : 'pending', lifecycleState: undefined }
  const where: Whereabouts | undefined = asked.is === 'answered' ? asked.answer : undefined
  const { instanceId, groupName } = action
  if (where && where.groupName !== groupName)
    throw new NotOurs(`${instanceId} is in group ${where.groupName}, not in ${groupName}`)
  const lifecycleState = where?.lifecycleState
  // Where the token is active, it was asked above. An adopted action is known by its instance alone.
  const mayBeAnothers =
    heartbeat === 'none' && action.token !== undefined && lifecycleState?.endsWith(':Wait')
  const isHeldForAnother = mayBeAnothers === true && (await isHeldItself())
  const hold = holdOfUnflushed({ heartbeat, isHeldItself: isHeldForAnother, lifecycleState, ageSeconds })
  if (hold !== 'unfounded') return { hold, lifecycleState }
  throw new NotOurs(`Auto Scaling knows no such action: ${instanceId} is ${lifecycleState ?? 'in no group'}`)
}
