/** What the flushes of an action show, and whether S3 has what they named: its evidence, a salvage's among it. */
import { prove } from '../archive/archives.ts'
import { prefixOf } from '../archive/destination.ts'
import { NoEnvironment } from '../archive/prefix.ts'
import { type Asked, ask } from '../aws/ask.ts'
import { belongs, type Invocation, listSalvages } from '../flush/commands.ts'
import { withReport } from '../flush/with-report.ts'
import type { Guard } from '../guard.ts'
import type { Flush, LifecycleAction, Manifest, Proof, Trouble } from '../model.ts'
import { besides } from './beside.ts'
import { type Evidence, flushThatCounts, owedManifest } from './evidence.ts'
import type { Heartbeat } from './lifecycle-actions.ts'
import { troubleOf } from './trouble-of.ts'

type Eyes = Pick<Guard, 'aws' | 'clock' | 'policy' | 'endsAt'>

/** What flushes show, and whether S3 has what they named. */
export interface Gathered extends Evidence {
  readonly proof: Proof | undefined
  readonly troubles: readonly (Trouble | undefined)[]
}

export async function gathered(
  eyes: Eyes,
  action: LifecycleAction,
  heartbeat: Heartbeat,
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
    for (const other of await besides(eyes, action, heartbeat, ours, all))
      flushedBeside.push(await withToldReport(eyes, other, instanceId))
    return { flushes, ...(flushedBeside.length > 0 && { flushedBeside }) }
  }, isLate)
  const bare = () => ours.map(({ flush }): Flush => ({ ...flush, report: undefined }))
  const evidence: Evidence = reported.is === 'answered' ? reported.answer : { flushes: bare() }
  const { proof, troubles } = await proofOf(eyes, action, owedManifest(evidence), isLate)
  return {
    ...evidence,
    proof,
    troubles: [troubleOf('read what its flushes reported', reported), ...troubles],
  }
}

/** Where its machine stays dead, another one may have archived what is on a copy of its disk: none does while the agent had no time to answer. */
export async function salvagesOf(
  { aws, clock, policy }: Eyes,
  action: LifecycleAction,
): Promise<Asked<readonly Invocation[]>> {
  const { rungs, rebootAfterSeconds } = policy.recovery
  const now = clock.now()
  if (!rungs.includes('clone') || now - action.startedAt < 1000 * rebootAfterSeconds)
    return { is: 'answered', answer: [] }
  const listed = await ask(() => listSalvages(aws, policy.hookName, action.instanceId, now))
  if (listed.is === 'refused') return listed
  return { is: 'answered', answer: listed.answer.filter((one) => belongs(one, action)) }
}

/** The flushes with what they reported, newest first: what an earlier one named stays owed, so all are read. */
async function reports(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  ours: readonly Invocation[],
  instanceId: string,
): Promise<Flush[]> {
  const counting = flushThatCounts(ours.map(({ flush }) => flush))
  const counts = ours.find(({ flush }) => flush === counting)
  const told = counts && (await withToldReport({ aws, policy }, counts, instanceId))
  // Where that one says nothing, nothing is proven, whatever the others said.
  const areNeeded = told?.report?.kind === 'manifest'
  const flushes: Flush[] = []
  for (const invocation of ours) {
    if (told && invocation === counts) flushes.push(told)
    else if (!areNeeded) flushes.push({ ...invocation.flush, report: undefined })
    else flushes.push(await withToldReport({ aws, policy }, invocation, instanceId))
  }
  return flushes
}

/**
 * A report that is there and may not be read is none that says nothing: what an earlier flush named is owed (S1), and no flush would tell
 * what the newest one did.
 */
async function withToldReport(
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
  owed: Manifest | undefined,
  isLate: boolean,
): Promise<Pick<Gathered, 'proof' | 'troubles'>> {
  if (!owed) return { proof: undefined, troubles: [] }
  const place = await ask(() => placeOf({ aws, policy }, action), isLate)
  const prefix = place.is === 'answered' ? place.answer : undefined
  if (prefix === undefined) return { proof: undefined, troubles: [troubleOf('ask where its logs go', place)] }
  const proven = await ask(() => prove({ aws, clock, endsAt }, policy.archive, prefix, owed), isLate)
  const proof = proven.is === 'answered' ? proven.answer : undefined
  return { proof, troubles: [troubleOf('compare its logs with S3', proven)] }
}

/** `undefined`: the prefix cannot be filled, because the group belongs to no environment, or is gone and its tags with it. */
export async function placeOf(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  instance: Pick<LifecycleAction, 'groupName' | 'instanceId'>,
): Promise<string | undefined> {
  try {
    return await prefixOf(aws, policy.archive.prefix, instance)
  } catch (error) {
    if (error instanceof NoEnvironment) return undefined
    throw error
  }
}
