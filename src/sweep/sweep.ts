/**
 * The scheduled look at everything our hooks hold. An action whose message was lost is adopted: found by its instance's state,
 * driven by the same pass as any other, once in every sweep until it ends.
 */
import pMap from 'p-map'
import { ask } from '../aws/ask.ts'
import { type SharedFacts, sharingHooks } from '../aws/ask-once.ts'
import { countCalls } from '../aws/count-calls.ts'
import { queued } from '../aws/queued.ts'
import { enrolAndTell } from '../enrolment/enrol.ts'
import { grouped } from '../grouped.ts'
import { type Guard, guardUntil, LONGEST_PASS_SECONDS, passTimes } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { LifecycleAction } from '../model.ts'
import type { Found } from '../recovery/found.ts'
import { markDisks } from '../recovery/mark-disks.ts'
import { recover } from '../recovery/recover.ts'
import { shuffled } from '../shuffled.ts'
import { hasHook, hookTimes } from '../termination/hook.ts'
import { adoptedAction } from '../termination/lifecycle-actions.ts'
import { reconcile } from '../termination/reconcile.ts'
import { terminationsBegan } from '../termination/scaling-activities.ts'
import type { ScalingInstance } from '../termination/scaling-instances.ts'
import { tell } from '../termination/tell.ts'
import { waitingAndRetained } from './waiting.ts'

const CONCURRENT_PASSES = 5
/** Of the function's time: finding out what waits, and looking at it; the rest is for enrolment. */
const SHARE_OF_LISTING = 0.25
const SHARE_OF_HELD = 0.75
/** Of what is left then; telling it takes time, too. */
const SHARE_OF_ENROLMENT = 0.9
const DEAD_LETTERS_MS = 5000

export async function sweep(guard: Guard, remainingMs: () => number): Promise<void> {
  const { clock } = guard
  const listedBy = clock.now() + SHARE_OF_LISTING * remainingMs()
  const heldUntil = clock.now() + SHARE_OF_HELD * remainingMs()
  let staying: readonly ScalingInstance[] = []
  try {
    const found = await waitingAndRetained(guardUntil(guard, listedBy).aws)
    staying = found.staying
    await sweepHeld(guard, found, () => Math.min(remainingMs(), heldUntil - clock.now()))
  } finally {
    // Enrolment is last, so that its trouble keeps no action waiting; and comes whatever happened, since their trouble is none of its own.
    const limited = guardUntil(guard, clock.now() + SHARE_OF_ENROLMENT * remainingMs())
    const guarded = await enrolAndTell(limited, { trigger: 'sweep' })
    await markDisks(limited, guarded, staying, remainingMs)
  }
}

async function sweepHeld(
  guard: Guard,
  { waiting, retained }: Found,
  remainingMs: () => number,
): Promise<void> {
  const { journal, random } = guard
  const names = [...grouped([...waiting, ...retained], ({ groupName }) => groupName).keys()]
  const groups = shuffled(names, random)
  const counts = { held: 0, adopted: 0, failed: 0, deferred: 0, oldestHeldSeconds: 0 }
  const kept: ScalingInstance[] = []
  const held: ScalingInstance[] = []
  const shared: SharedFacts = new Map()
  for (const groupName of groups) {
    const ofGroup = <One extends ScalingInstance>(one: One) => one.groupName === groupName
    try {
      const { aws } = asking(guard, shared, remainingMs())
      if (!(await hasHook(aws, groupName, guard.policy))) continue
      kept.push(...retained.filter(ofGroup))
      held.push(...waiting.filter(ofGroup))
      await sweepGroup(guard, shared, waiting.filter(ofGroup), counts, remainingMs)
    } catch (error) {
      journal({ event: 'group-failed', groupName, ...described(error) })
    }
  }
  const { deferred, ...told } = counts
  if (deferred > 0) journal({ event: 'passes-deferred', messages: deferred, remainingMs: remainingMs() })
  const keptIds = kept.map(({ instanceId }) => instanceId)
  const letters = await ask(() => countDeadLetters(guard), true)
  const deadLetters = letters.is === 'answered' ? letters.answer : undefined
  journal({ event: 'sweep', ...told, retained: keptIds, deadLetters })
  await recover(guard, { waiting: held, retained: kept }, remainingMs)
  // Last, so that trouble with the letters neither hides what is kept nor stops its recovery.
  if (letters.is === 'refused') throw new Error(`SQS does not tell of dead letters: ${letters.why}`)
}

/** For what is asked about a group before its passes: that takes no longer than a pass may. */
function asking(guard: Guard, shared: SharedFacts, remainingMs: number): Guard {
  const sharing = { ...guard, aws: sharingHooks(guard.aws, shared) }
  return guardUntil(sharing, guard.clock.now() + Math.min(remainingMs, LONGEST_PASS_SECONDS * 1000))
}

interface Counts {
  held: number
  adopted: number
  failed: number
  deferred: number
  oldestHeldSeconds: number
}

async function sweepGroup(
  guard: Guard,
  shared: SharedFacts,
  waiting: readonly ScalingInstance[],
  counts: Counts,
  remainingMs: () => number,
): Promise<void> {
  const { policy, clock } = guard
  const ageSeconds = ({ startedAt }: LifecycleAction) => (clock.now() - startedAt) / 1000
  const held = await actionsOf(asking(guard, shared, remainingMs()), waiting)
  counts.held += waiting.length
  counts.oldestHeldSeconds = Math.max(counts.oldestHeldSeconds, ...held.map(ageSeconds))
  // Younger actions have a message that will be seen by itself; a second pass would only cost calls. A hook may have been set to less
  // than we deployed, and must not run out before.
  const times = held[0] && (await hookTimes(asking(guard, shared, remainingMs()).aws, held[0]))
  const adoptAfter = Math.min(
    policy.adoptAfterSeconds,
    (times?.heartbeatTimeoutSeconds ?? Number.POSITIVE_INFINITY) / 3,
  )
  const orphans = held.filter((action) => ageSeconds(action) >= adoptAfter)
  await pMap(
    shuffled(orphans, guard.random),
    async (action) => {
      if (remainingMs() < policy.passSeconds * 1000) counts.deferred++
      else if (await adopt(guard, shared, action, remainingMs())) counts.adopted++
      else counts.failed++
    },
    { concurrency: CONCURRENT_PASSES },
  )
}

/** One pass; one that fails does not stop the others. */
async function adopt(
  guard: Guard,
  shared: SharedFacts,
  action: LifecycleAction,
  remainingMs: number,
): Promise<boolean> {
  const startedAt = guard.clock.now()
  const { aws: counted, calls } = countCalls(guard.aws)
  const aws = sharingHooks(counted, shared)
  const cost = () => ({ trigger: 'sweep' as const, durationMs: guard.clock.now() - startedAt, calls })
  try {
    const limited = guardUntil({ ...guard, aws }, passTimes(startedAt, remainingMs).endsAt)
    tell(guard.journal, await reconcile(limited, action, { wokenBy: 'sweep' }), cost())
    return true
  } catch (error) {
    const { instanceId, token } = action
    guard.journal({ event: 'pass-failed', instanceId, token, ...described(error), ...cost() })
    return false
  }
}

/**
 * The actions of one group's waiting instances, as far as a scaling activity names them: of one that none names nobody could say which
 * flushes are its own (S1). It is adopted by a later sweep if an activity shows up, and otherwise kept by the hook's own time-out.
 */
async function actionsOf(
  { aws, policy, clock }: Guard,
  waiting: readonly ScalingInstance[],
): Promise<LifecycleAction[]> {
  const [first] = waiting
  if (!first) return []
  const ask = (ids: readonly string[]) => terminationsBegan(aws, first.groupName, ids, clock.now())
  const ids = waiting.map(({ instanceId }) => instanceId)
  const began = await ask(ids)
  // One answer that leaves one out is none: its hold may run out before the next sweep (S3).
  const leftOut = ids.filter((id) => !began.has(id))
  const later = leftOut.length > 0 ? await ask(leftOut) : began
  return waiting.flatMap((one) => {
    const startedAt = began.get(one.instanceId) ?? later.get(one.instanceId)
    return startedAt === undefined ? [] : adoptedAction(one, policy.hookName, startedAt)
  })
}

async function countDeadLetters(guard: Guard): Promise<number> {
  const { aws, policy } = guardUntil(guard, guard.clock.now() + DEAD_LETTERS_MS)
  return await queued(aws, policy.deadLetterQueueUrl)
}
