import { seededRandom } from '../../random.ts'
import { countEvents, eventIdsAnywhere, eventIdsOnDisk, type Ledger } from '../demo/event-ledger.ts'
import { hasLeft } from '../demo/group.ts'
import { waitFor } from '../demo/patience.ts'
import type { Instance } from '../instance.ts'
import { unlessStopped } from '../interruption.ts'
import { startTraffic } from '../traffic.ts'
import { openStage, type Stage } from './comparison-stage.ts'
import type { Installed, Side, Told } from './side.ts'
import type { Trial } from './trials.ts'

/** What one side made of one trial. */
export interface Outcome {
  readonly ledger: Pick<Ledger, 'accepted' | 'inS3' | 'kept' | 'lost'>
  /** What became of the instance; `held`: its hook still holds it, long after it should not. */
  readonly instance: 'gone' | 'kept' | 'held'
  readonly told: Told
}

/** One trial with both sides. */
export interface Comparison {
  readonly trial: Trial
  readonly ours: Outcome
  readonly theirs: Outcome
}

const EVENTS_PER_SECOND = 11
const POLL_MS = 200
/** Beyond the time after which Auto Scaling would go on by itself: who sends heartbeats for so long holds it for good. */
const BEYOND_HEARTBEAT_SECONDS = 240

/** Each trial with both sides at once, each of them in an AWS of its own. Where one cannot go on, none does. `ended` hears of each as it ends. */
export async function compareAll(
  trials: readonly Trial[],
  sides: { readonly ours: Side; readonly theirs: Side },
  seconds: number,
  stopped: AbortSignal,
  ended: (trial: Trial, side: keyof typeof sides, instance: Outcome['instance']) => void,
): Promise<Comparison[]> {
  const failing = new AbortController()
  const until = AbortSignal.any([stopped, failing.signal])
  const attempt = async (trial: Trial, side: keyof typeof sides) => {
    try {
      const outcome = await live(trial, sides[side], seconds, until)
      ended(trial, side, outcome.instance)
      return outcome
    } catch (error) {
      failing.abort(error)
      throw error
    }
  }
  const attempts = trials.map(async (trial): Promise<Comparison> => {
    const [ours, theirs] = await Promise.allSettled([attempt(trial, 'ours'), attempt(trial, 'theirs')])
    if (ours.status === 'fulfilled' && theirs.status === 'fulfilled')
      return { trial, ours: ours.value, theirs: theirs.value }
    throw until.reason
  })
  await Promise.allSettled(attempts)
  return await Promise.all(attempts)
}

async function live(trial: Trial, side: Side, seconds: number, stopped: AbortSignal): Promise<Outcome> {
  const stage = await openStage(side, trial)
  try {
    // Not broken off: what it still wrote would stay behind.
    const installed = await side.install(stage)
    return await unlessStopped(play(stage, trial, installed, seconds), stopped)
  } finally {
    await stage.stop()
  }
}

async function play(stage: Stage, trial: Trial, installed: Installed, seconds: number): Promise<Outcome> {
  const { group, room } = stage
  await group.when((states) => [...states.values()].includes('InService'))
  const [instanceId = ''] = await group.inService()
  const instance = room.find(instanceId)
  if (instance === undefined) throw new Error(`there is no machine ${instanceId}`)
  const accepted = await visit(instance, seconds)
  trial.befall?.(instance)
  await group.setDesiredCapacity(0)
  const became = await wait(stage, instanceId, installed.heartbeatSeconds + BEYOND_HEARTBEAT_SECONDS)
  const told = await installed.told()
  return {
    ledger: await takeStock(stage, accepted, became === 'gone' ? undefined : instance),
    instance: became,
    told,
  }
}

/** Events come, until each is on the disk: what is lost later was there to be saved. */
async function visit(instance: Instance, seconds: number): Promise<ReadonlySet<string>> {
  const events = EVENTS_PER_SECOND * seconds
  const random = seededRandom(1)
  const traffic = startTraffic({ url: instance.url, eventsPerSecond: EVENTS_PER_SECOND, events, random })
  try {
    await waitFor(
      `${events} events on the disk`,
      async () => new Set(eventIdsOnDisk(instance.disk)).size === events || undefined,
      { stands: async () => `${traffic.accepted.size} are accepted`, patienceMs: seconds * 1000 + 120_000 },
    )
    return traffic.accepted
  } finally {
    await traffic.stop()
  }
}

async function wait({ group }: Stage, instanceId: string, seconds: number): Promise<Outcome['instance']> {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const state = (await group.states()).get(instanceId)
    if (hasLeft(state)) return state === undefined ? 'gone' : 'kept'
    if (Date.now() >= until) return 'held'
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Reads everything in the bucket, and the disk of an instance that is still there, as an operator would. */
async function takeStock(
  { s3, bucket }: Stage,
  accepted: ReadonlySet<string>,
  instance: Instance | undefined,
): Promise<Outcome['ledger']> {
  await instance?.stopCollector()
  const kept = instance === undefined ? [] : eventIdsOnDisk(instance.disk)
  const {
    accepted: all,
    inS3,
    kept: onDisk,
    lost,
  } = countEvents(accepted, await eventIdsAnywhere(s3, bucket), kept)
  return { accepted: all, inS3, kept: onDisk, lost }
}
