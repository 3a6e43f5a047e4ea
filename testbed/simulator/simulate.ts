/** One seed: chaos, then healing, then everything must come to rest. */
import { MOST_RETRIES } from '../../src/recovery/ladder.ts'
import { LATEST_MS } from './bus.ts'
import { createCheckers } from './checkers/all.ts'
import { isHindered } from './checkers/copies-are-cleared.ts'
import { describeFaults, type Wanted } from './fault-mix.ts'
import { hour, minute } from './setting.ts'
import { type Violation, World } from './world.ts'

export interface Result {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** The fault mix in words. */
  readonly mix: string
  readonly counts: {
    readonly actions: number
    readonly instances: number
    readonly invocations: number
    readonly calls: number
    readonly virtualHours: number
  }
  /** How many actions ended how, as they were told. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The day, line by line, where it was asked for. */
  readonly trace: readonly string[]
}

export interface SimulateOptions extends Wanted {
  readonly isTraced: boolean
}

export async function simulate(
  seed: number,
  options: SimulateOptions = { isTraced: false },
): Promise<Result> {
  const world = new World(seed, options)
  world.watchWith(createCheckers(world))
  const { time, trace, region } = world
  const startedAt = time.now
  trace?.note('world', `seed ${seed}: ${describeFaults(world.mix)}`)
  trace?.note('world', JSON.stringify(world.setting))
  world.begin()
  await time.run(world.healsAt, () => false)
  world.heal()
  await time.run(time.now + triesMs(world), () => isSettled(world))
  // From here on nothing is tried again, so that what was begun must come to its end.
  const { recovery } = world.setting.policy
  const rungs = recovery.rungs.filter((rung) => rung === 'clone' || rung === 'bin')
  world.setting.policy = { ...world.setting.policy, recovery: { ...recovery, rungs } }
  const comesToRest = () => time.run(time.now + restBoundMs(world), () => isAtRest(world))
  let isResting = await comesToRest()
  // What a person had put on standby comes back to its group, and may be one too many there.
  for (let times = 0; times < MOST_RESTS && isResting; times++) {
    // One more look of the sweep, which names what is kept; and what lies in the Recycle Bin has its time.
    const looksMs = 2 * world.setting.sweepEveryMs
    await time.run(time.now + looksMs, () => false)
    for (let look = 0; look < MOST_LOOKS && region.copies.count > 0; look++)
      await time.run(time.now + looksMs, () => false)
    if (region.openActions().size === 0) break
    isResting = await comesToRest()
  }
  if (isResting) {
    world.show('atRest')
  } else {
    world.violation('L1', `not at rest: ${unrest(world).join('; ')}`)
  }
  return {
    seed,
    violations: world.violations,
    mix: describeFaults(world.mix),
    counts: {
      ...world.counts,
      actions: world.region.actions.size,
      instances: world.region.machines.size,
      virtualHours: (time.now - startedAt) / hour,
    },
    outcomes: outcomesOf(world),
    trace: trace?.lines ?? [],
  }
}

/** A disk out of the bin is snapshot, volume, attachment, two salvages and their proof; each may be refused a few times. */
const MOST_LOOKS = 30

/** Once more for each time that something began when all had come to rest. */
const MOST_RESTS = 5

const LONGEST_HEARTBEAT_SECONDS = 7200

/** L1: patience, one last flush, and a few looks. Where nothing is retained and machines are held, until Auto Scaling's own end. */
function restBoundMs({ setting, mix }: World): number {
  const { policy } = setting
  const isHeld = policy.withoutRetention === 'hold'
  // What no activity names, and what no heartbeat tells of, is left to the hook's own time-out.
  const isLeftToHook =
    mix['activity-is-missing'] > 0 || mix['activity-is-late'] > 0 || mix['heartbeats-are-denied-for-good'] > 0
  const longestSeconds = isHeld
    ? 0.8 * Math.min(48 * 3600, 100 * policy.heartbeatTimeoutSeconds)
    : Math.max(policy.patienceSeconds, isLeftToHook ? LONGEST_HEARTBEAT_SECONDS : 0)
  const lateSeconds = mix['message-is-very-late'] > 0 ? LATEST_MS / 1000 : 0
  const looksSeconds = 3 * Math.max(policy.lookAgainSeconds, policy.queueVisibilitySeconds)
  return (longestSeconds + lateSeconds + looksSeconds) * 1000 + setting.sweepEveryMs * 2 + 45 * minute
}

/** All tries of a kept machine, and what each may take; no time at all where none is tried again. */
function triesMs(world: World): number {
  const { rungs, retryAfterSeconds } = world.setting.policy.recovery
  if (rungs.length === 0) return 0
  const waitSeconds = retryAfterSeconds * (1 + 4 + 16)
  return waitSeconds * 1000 + MOST_RETRIES * restBoundMs(world)
}

/** Nothing is kept that the guard might try again. */
function isSettled(world: World): boolean {
  const clones = world.setting.policy.recovery.rungs.includes('clone')
  return (
    isAtRest(world) &&
    !world.region.model.instances().some(({ id, member, lifecycleState }) => {
      const machine = world.region.machines.get(id)
      return (
        member &&
        lifecycleState === 'Terminating:Retained' &&
        machine &&
        (clones || machine.canRun) &&
        machine.retries < MOST_RETRIES
      )
    })
  )
}

function isAtRest(world: World): boolean {
  return (
    world.bus.isEmpty &&
    world.queue.isEmpty &&
    world.functions.areIdle &&
    world.region.openActions().size === 0 &&
    (world.region.copies.count === 0 || isHindered(world))
  )
}

function unrest(world: World): string[] {
  const { now } = world.time
  const actions = [...world.region.openActions()].map(
    ({ instance, startedAt }) => `${instance.id} held for ${Math.round((now - startedAt) / minute)} min`,
  )
  const messages = world.queue
    .all()
    .map(({ truth, receives }) => `${JSON.stringify(truth)} received ${receives} times`)
  const { count } = world.region.copies
  return [...actions, ...messages, ...(count > 0 ? [`${count} snapshots and volumes are left`] : [])]
}

function outcomesOf({ journal }: World): Record<string, number> {
  const outcomes: Record<string, number> = {}
  for (const { event } of journal) {
    if (event.event === 'action-ended') outcomes[event.outcome] = (outcomes[event.outcome] ?? 0) + 1
  }
  return outcomes
}
