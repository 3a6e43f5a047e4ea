/**
 * The scheduled look at everything our hooks hold. An action whose message was lost is adopted: found by its instance's state,
 * driven by the same pass as any other, once in every sweep until it ends.
 */
import pMap from 'p-map'
import { tell } from './account.ts'
import { countCalls } from './aws/counted.ts'
import { hasHook, type Standing, terminationsBegan, waitingAndRetained } from './aws/waiting.ts'
import type { LifecycleAction } from './core/model.ts'
import { described } from './failure.ts'
import type { Guard } from './guard.ts'
import { reconcile } from './reconcile.ts'

const CONCURRENT_PASSES = 5

export async function sweep(guard: Guard, remainingMs: () => number): Promise<void> {
  const { aws, policy, clock, journal } = guard
  const now = clock.now()
  const { waiting, retained } = await waitingAndRetained(aws)
  const isGuarded = await guardedGroups(guard, [...waiting, ...retained])
  const held = (
    await pMap(groupsOf(waiting.filter(isGuarded)), (group) => actionsOf(guard, group), { concurrency: 2 })
  ).flat()
  // Younger actions have a message that will be seen by itself; a second pass would only cost calls.
  const orphans = held.filter(({ startedAt }) => now - startedAt >= policy.adoptAfterSeconds * 1000)

  let failed = 0
  let deferred = 0
  await pMap(
    orphans,
    async (action) => {
      if (remainingMs() < policy.passSeconds * 1000) deferred++
      else if (!(await adopt(guard, action))) failed++
    },
    { concurrency: CONCURRENT_PASSES },
  )
  if (deferred > 0) journal({ event: 'passes-deferred', messages: deferred, remainingMs: remainingMs() })
  journal({
    event: 'sweep',
    held: held.length,
    adopted: orphans.length - deferred,
    failed,
    retained: retained.filter(isGuarded).map(({ instanceId }) => instanceId),
    deadLetters: await countDeadLetters(guard),
    oldestHeldSeconds: Math.max(0, ...held.map(({ startedAt }) => (now - startedAt) / 1000)),
  })
}

/** One pass; one that fails does not stop the others. */
async function adopt(guard: Guard, action: LifecycleAction): Promise<boolean> {
  const startedAt = guard.clock.now()
  const { aws, calls } = countCalls(guard.aws)
  const cost = () => ({ trigger: 'sweep' as const, durationMs: guard.clock.now() - startedAt, calls })
  try {
    tell(guard.journal, await reconcile({ ...guard, aws }, action), cost())
    return true
  } catch (error) {
    const { instanceId, token } = action
    guard.journal({ event: 'pass-failed', instanceId, token, ...described(error), ...cost() })
    return false
  }
}

async function guardedGroups(
  { aws, policy }: Guard,
  standings: readonly Standing[],
): Promise<(one: Standing) => boolean> {
  const names = [...new Set(standings.map(({ groupName }) => groupName))]
  const guarded = new Set<string>()
  for (const name of names) if (await hasHook(aws, name, policy.hookName)) guarded.add(name)
  return ({ groupName }) => guarded.has(groupName)
}

function groupsOf(waiting: readonly Standing[]): Standing[][] {
  return [...Map.groupBy(waiting, ({ groupName }) => groupName).values()]
}

/**
 * The actions of one group's waiting instances. One that no scaling activity names began, for all we know, this moment: it is
 * adopted by a later sweep only if an activity shows up, and otherwise kept by the hook's own time-out.
 */
async function actionsOf(
  { aws, policy, clock }: Guard,
  waiting: readonly Standing[],
): Promise<LifecycleAction[]> {
  const [first] = waiting
  if (!first) return []
  const instanceIds = waiting.map(({ instanceId }) => instanceId)
  const began = await terminationsBegan(aws, first.groupName, instanceIds, clock.now())
  return waiting.map(({ groupName, instanceId }) => {
    const startedAt = began.get(instanceId) ?? clock.now()
    return { groupName, instanceId, hookName: policy.hookName, token: undefined, startedAt }
  })
}

async function countDeadLetters({ aws, policy }: Guard): Promise<number> {
  const answer = await aws.getQueueAttributes({
    QueueUrl: policy.deadLetterQueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages'],
  })
  return Number(answer.Attributes?.ApproximateNumberOfMessages ?? 0)
}
