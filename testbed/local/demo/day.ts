import { type ActionHistory, readHistory } from '../../../src/journal/history.ts'
import type { JournalLine } from '../../../src/journal/journal-line.ts'
import { oneLine } from '../../../src/visible.ts'
import { seededRandom } from '../../random.ts'
import { PUBLISH_PREFIX } from '../instance/disk.ts'
import { unlessStopped } from '../interruption.ts'
import { startTraffic, type Traffic } from '../traffic.ts'
import type { DemoOptions } from './demo-options.ts'
import { BUCKET } from './deployment.ts'
import { archivedEventIds, countEvents, eventIdsOnDisk, type Ledger } from './event-ledger.ts'
import { hasLeft } from './group.ts'
import { waitFor } from './patience.ts'
import { CLOSING, SCENARIOS } from './scenarios.ts'
import { type Stage, setStage } from './stage.ts'

/** Who tells the people what goes on. */
export interface Narrator {
  /** Something happened. */
  tell(what: string): void
  /** How things stand. */
  status(accepted: number, what: string): void
}

/** How the day went. */
export interface Day {
  readonly ledger: Ledger
  /** What the guard did, action by action. */
  readonly actions: readonly { readonly history: ActionHistory; readonly scenario: string }[]
}

const EVENTS_PER_SECOND = 60
const POLL_MS = 100

/** Plays the scenarios one after the other on a stage of their own, which is gone afterwards, whatever happens. */
export async function playDay(options: DemoOptions, narrator: Narrator, stopped: AbortSignal): Promise<Day> {
  const { instances, guarded, seed } = options
  const random = seededRandom(seed)
  const journal: JournalLine[] = []
  narrator.tell(
    `an AWS, ${instances === 1 ? 'an instance' : `${instances} instances`} and a load balancer start on this machine`,
  )
  const stage = await setStage({
    instances,
    guarded,
    random,
    onProblem: (problem) => narrator.tell(`problem: ${problem}`),
    onJournal: (line) => {
      journal.push(line)
      tellEnd(line, narrator)
    },
    onKill: () => narrator.tell('  killed: the flush is asked for, but the Lambda never reads the answer'),
  })
  const traffic = startTraffic({ url: stage.url, eventsPerSecond: EVENTS_PER_SECOND, random })
  try {
    const scenarios = await unlessStopped(playScenarios(stage, traffic, options, narrator), stopped)
    const ledger = await takeStock(stage, traffic)
    const actions = readHistory(journal).map((history) => ({
      history,
      scenario: scenarios.get(history.instanceId) ?? CLOSING,
    }))
    return { ledger, actions }
  } finally {
    await traffic.stop()
    await stage.stop()
  }
}

/** Answers the scenario of each instance that one happened to. */
async function playScenarios(
  stage: Stage,
  traffic: Traffic,
  { only, instances }: DemoOptions,
  narrator: Narrator,
): Promise<ReadonlyMap<string, string>> {
  const happenedTo = new Map<string, string>()
  let now = ''
  const showing = setInterval(() => narrator.status(traffic.accepted.size, now), POLL_MS)
  const say = (what: string) => {
    now = what
    narrator.tell(what)
  }
  try {
    say('visitors come, and after an hour (here 10 s) the first logs are published')
    await waitFor('the first logs in S3', async () => {
      const published = await archivedEventIds(stage.s3, BUCKET, PUBLISH_PREFIX)
      return published.length > 0 ? published : undefined
    })
    for (const { name, title, happen, takesLong } of SCENARIOS) {
      if (only !== undefined && name !== only) continue
      say(`${name}: ${title}`)
      const instanceId = await happen(stage)
      happenedTo.set(instanceId, name)
      await stage.group.when(
        (states) =>
          (takesLong || hasLeft(states.get(instanceId))) &&
          [...states.values()].filter((state) => state === 'InService').length === instances,
      )
    }
    // A group that is scaled to nothing has no machine that could salvage a disk.
    await stage.group.when((states) => [...happenedTo.keys()].every((id) => hasLeft(states.get(id))))
    say(`${CLOSING}: visitors stay away, and the group is scaled to nothing`)
    await traffic.stop()
    await stage.group.setDesiredCapacity(0)
    await stage.group.when((states) => [...states.values()].every(hasLeft))
    await stage.quiet()
    return happenedTo
  } finally {
    clearInterval(showing)
  }
}

/**
 * Reads the archive, and the disks of retained instances. Their collectors are stopped first, as an operator would do it who
 * recovers a machine: what they still had in memory is on that machine too.
 */
async function takeStock(stage: Stage, traffic: Traffic): Promise<Ledger> {
  const kept: string[] = []
  for (const instanceId of (await stage.group.states()).keys()) {
    const machine = stage.machine(instanceId)
    await machine.stopCollector()
    kept.push(...eventIdsOnDisk(machine.disk))
  }
  return countEvents(traffic.accepted, await archivedEventIds(stage.s3, BUCKET, PUBLISH_PREFIX), kept)
}

function tellEnd({ event }: JournalLine, narrator: Narrator): void {
  if (event.event === 'recovery')
    narrator.tell(oneLine(`  ${event.instanceId} ${event.rung}: ${event.reason}`))
  if (event.event !== 'action-ended' || event.by !== 'completed') return
  narrator.tell(oneLine(`  ${event.instanceId} ${event.outcome}: ${event.reason}`))
}
