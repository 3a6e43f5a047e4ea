/**
 * Everything one pass can see of an action; reads, and changes nothing. It asks only for what the decision can hinge on, which keeps
 * a good end at 9 calls. What AWS refuses for a reason that lasts is seen, too; what will pass by itself is thrown.
 */
import { prove } from '../archive/archives.ts'
import { prefixOf } from '../archive/destination.ts'
import { NoEnvironment } from '../archive/prefix.ts'
import { type Asked, ask } from '../aws/ask.ts'
import { belongs, type Invocation, listInvocations, listSalvages, newestFirst } from '../flush/commands.ts'
import { withReport } from '../flush/flushes.ts'
import { salvageDocumentOf } from '../flush/salvage-document.ts'
import type { Guard } from '../guard.ts'
import {
  type Flush,
  type Hold,
  isKept,
  type LifecycleAction,
  type Observation,
  type Proof,
  type Trigger,
  type Trouble,
} from '../model.ts'
import type { Policy } from '../policy.ts'
import { besides } from './beside.ts'
import { type Evidence, newestOf, owedManifest } from './evidence.ts'
import { holdOfFlushed, holdOfUnflushed } from './hold.ts'
import { hookTimes, notifiesAnother } from './hook.ts'
import { type Heartbeat, type Whereabouts, whereabouts } from './lifecycle-actions.ts'
import { bootedSince, replacedDisk } from './replaced-disk.ts'
import { troubleOf, withTrouble } from './with-trouble.ts'

/** The message speaks of something that is no action of Auto Scaling's. Nothing is done to the instance (S4). */
export class NotOurs extends Error {
  override name = 'NotOurs'
}

/** The youngest age at which Auto Scaling could end an action by itself (0.8 of 100 × the smallest heartbeat, 30 s). */
const EARLIEST_DEADLINE_SECONDS = 2400

type Eyes = Pick<Guard, 'aws' | 'clock' | 'policy' | 'endsAt'>

/** What is known before anything is read. */
export interface Glance {
  readonly heartbeat: Heartbeat
  /** Whether our hook holds the instance itself; asked before the first flush. */
  readonly isHeldItself: () => Promise<boolean>
  readonly listed?: readonly Invocation[] | undefined
  readonly wokenBy?: Trigger | undefined
}

export async function observe(eyes: Eyes, action: LifecycleAction, glance: Glance): Promise<Observation> {
  const { aws, clock, policy } = eyes
  const now = clock.now()
  const ageSeconds = (now - action.startedAt) / 1000
  const isLate = ageSeconds >= policy.patienceSeconds
  const asked = await listed(eyes, action, glance, isLate)
  const all = asked.is === 'answered' ? asked.answer : []
  const ours = all.filter((invocation) => belongs(invocation, action))
  const flushed = ours.length > 0
  const where = flushed ? undefined : await firstHold(aws, action, glance, ageSeconds)
  const hold = where ? where.hold : holdOfFlushed(glance.heartbeat)

  const gather = (some: readonly Invocation[]) => gathered(eyes, action, glance, { ours: some, all, isLate })
  const own = await gather(ours)
  const salvages = isProven(own) ? { is: 'answered' as const, answer: [] } : await salvagesOf(eyes, action)
  const found = salvages.is === 'answered' ? salvages.answer : []
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

/** What flushes show, and whether S3 has what they named. */
interface Gathered extends Evidence {
  readonly proof: Proof | undefined
  readonly troubles: readonly (Trouble | undefined)[]
}

async function gathered(
  eyes: Eyes,
  action: LifecycleAction,
  { heartbeat }: Glance,
  {
    ours,
    all,
    isLate,
  }: Readonly<{ ours: readonly Invocation[]; all: readonly Invocation[]; isLate: boolean }>,
): Promise<Gathered> {
  const { instanceId } = action
  const reported = await ask(async () => {
    const flushes = await reports(eyes, ours, instanceId)
    const flushedBeside: Flush[] = []
    for (const other of ours.length > 0 ? await besides(eyes, action, heartbeat, ours, all) : [])
      flushedBeside.push(await withEarlierReport(eyes, other, instanceId))
    return { flushes, ...(flushedBeside.length > 0 && { flushedBeside }) }
  }, isLate)
  const bare = () => ours.map(({ flush }): Flush => ({ ...flush, report: undefined }))
  const evidence: Evidence = reported.is === 'answered' ? reported.answer : { flushes: bare() }
  const proven = await ask(() => proofOf(eyes, action, evidence), isLate)
  const proof = proven.is === 'answered' ? proven.answer : undefined
  const troubles = [troubleOf('list its flushes', reported), troubleOf('ask where its logs go', proven)]
  return { ...evidence, proof, troubles }
}

function isProven(found: Pick<Observation, 'flushes' | 'flushedBeside' | 'proof'>): boolean {
  return found.proof?.gaps.length === 0 && isClean(found)
}

/** Where its machine stays dead, another one may have archived what is on a copy of its disk: none does while the agent had no time to answer. */
async function salvagesOf(
  { aws, clock, policy }: Eyes,
  action: LifecycleAction,
): Promise<Asked<readonly Invocation[]>> {
  const { rungs, rebootAfterSeconds } = policy.recovery
  const now = clock.now()
  if (!rungs.includes('clone') || now - action.startedAt < 1000 * rebootAfterSeconds)
    return { is: 'answered', answer: [] }
  const documentName = salvageDocumentOf(policy.hookName)
  const listed = await ask(() => listSalvages(aws, documentName, action.instanceId, now))
  if (listed.is === 'refused') return listed
  return { is: 'answered', answer: listed.answer.filter((one) => belongs(one, action)) }
}

/** What is only asked where the decision can hinge on it. */
async function withMore({ aws, policy }: Eyes, seen: Observation, isLate: boolean): Promise<Observation> {
  const { hold, flushes, wokenBy, action, troubles } = seen
  const isDone = isProven(seen)
  const flushed = flushes.length > 0
  if (hold === 'over') {
    // Where the last flush's own event finds the action over, all may have arrived after it was given up.
    const isLastWord = isDone && wokenBy !== 'command-status'
    const lifecycleState = flushed && !isLastWord ? await stateOf(aws, action) : seen.lifecycleState
    const isDoubtful = isDone ? bootedSince(seen, policy) : isKept(lifecycleState)
    return { ...seen, lifecycleState, ...(isDoubtful && (await replacedDisk(aws, seen, policy))) }
  }
  if (isDone || hold === 'pending') return seen
  const earliest = Math.min(policy.patienceSeconds, EARLIEST_DEADLINE_SECONDS)
  const age = (seen.now - action.startedAt) / 1000
  if (flushed || troubles.length > 0 || age >= earliest)
    return await withTrouble({ aws, policy }, seen, isLate)
  // Our hook may have been set to less than we deployed, and that counts from the first look on (S3).
  const times = await ask(() => hookTimes(aws, action), isLate)
  return times.is === 'answered' ? { ...seen, hook: times.answer } : seen
}

/**
 * S4: a rule brings us the actions of every hook of our name. One that nothing was flushed for yet is another deployment's where the
 * hook notifies another queue; one that was flushed has begun as ours.
 */
function refuseAnothers({ queueUrl }: Policy, seen: Observation): Observation {
  const { wokenBy, flushes, hook, action } = seen
  if (wokenBy !== 'event' || flushes.length > 0 || !hook || !notifiesAnother(hook, queueUrl)) return seen
  throw new NotOurs(
    `hook ${action.hookName} of group ${action.groupName} notifies ${hook.notifies}, not our queue`,
  )
}

function isClean(evidence: Evidence): boolean {
  const owed = owedManifest(evidence)
  if (!owed) return false
  return owed.live.length === 0 && owed.unaccounted.length === 0 && owed.writers.length === 0
}

async function listed(
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

/** The flushes with what they reported, newest first: what an earlier one named stays owed, so all are read. */
async function reports(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  ours: readonly Invocation[],
  instanceId: string,
): Promise<Flush[]> {
  const counts = newestOf(ours.map(({ flush }) => flush))
  const newest = ours.find(({ flush }) => flush === counts)
  const first = newest && (await withReport(aws, policy, newest, instanceId))
  const flushes: Flush[] = []
  for (const invocation of ours) {
    // A newest flush that says nothing proves nothing, whatever earlier ones said.
    const isNeeded = first?.report?.kind === 'manifest'
    if (first && invocation === newest) flushes.push(first)
    else if (!isNeeded) flushes.push({ ...invocation.flush, report: undefined })
    else flushes.push(await withEarlierReport({ aws, policy }, invocation, instanceId))
  }
  return flushes
}

/** S1: what an earlier flush named is owed, so that a report which is there and may not be read is none that says nothing. */
async function withEarlierReport(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  invocation: Invocation,
  instanceId: string,
): Promise<Flush> {
  const flush = await withReport(aws, policy, invocation, instanceId)
  if (flush.report?.kind === 'unreadable' && flush.report.refusal !== undefined) throw flush.report.refusal
  return flush
}

async function proofOf(
  { aws, clock, policy, endsAt }: Eyes,
  action: LifecycleAction,
  evidence: Evidence,
): Promise<Proof | undefined> {
  const owed = owedManifest(evidence)
  if (!owed) return undefined
  const prefix = await placeOf({ aws, policy }, action)
  return prefix === undefined ? undefined : await prove({ aws, clock, endsAt }, policy.archive, prefix, owed)
}

/** `undefined`: the prefix cannot be filled, because the group belongs to no environment, or is gone and its tags with it. */
export async function placeOf(
  { aws, policy }: { readonly aws: Guard['aws']; readonly policy: Policy },
  action: LifecycleAction,
): Promise<string | undefined> {
  try {
    return await prefixOf(aws, policy.archive.prefix, action)
  } catch (error) {
    if (error instanceof NoEnvironment) return undefined
    throw error
  }
}

async function stateOf(aws: Guard['aws'], { instanceId }: LifecycleAction): Promise<string | undefined> {
  const asked = await ask(() => whereabouts(aws, instanceId))
  return asked.is === 'answered' ? asked.answer?.lifecycleState : undefined
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
  const where: Whereabouts | undefined = asked.is === 'answered' ? asked.answer : undefined
  const { instanceId, groupName } = action
  if (where && where.groupName !== groupName)
    throw new NotOurs(`${instanceId} is in group ${where.groupName}, not in ${groupName}`)
  const lifecycleState = where?.lifecycleState
  // Where the token is active, it was asked above. An adopted action is known by its instance alone.
  const mayBeAnothers =
    heartbeat === 'none' && action.token !== undefined && lifecycleState?.endsWith(':Wait')
  const held = { isHeldItself: mayBeAnothers === true && (await isHeldItself()) }
  const hold = holdOfUnflushed({ heartbeaten: heartbeat, ...held, lifecycleState, ageSeconds })
  if (hold !== 'unfounded') return { hold, lifecycleState }
  throw new NotOurs(`Auto Scaling knows no such action: ${instanceId} is ${lifecycleState ?? 'in no group'}`)
}
